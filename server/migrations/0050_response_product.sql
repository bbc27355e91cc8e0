-- What was looked at, as the shop's page names it.
alter table response add column product text not null default ''
