-- A mail is done when it was sent or dropped. One that failed, is held, or waits (alone, or together with others whose one mail
-- `message` names) is not.
create index mail_done on mail (shop, done_at_ms)
