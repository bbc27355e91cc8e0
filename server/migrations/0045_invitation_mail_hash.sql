alter table invitation add column mail_hash text not null default ''
