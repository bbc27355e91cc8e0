alter table shop_owner add column weekly boolean not null default true
