create index mail_waiting on mail (shop, due_at_ms) where state = 'waiting'
