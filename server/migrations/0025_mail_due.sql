create index mail_due on mail (due_at_ms) where state = 'waiting'
