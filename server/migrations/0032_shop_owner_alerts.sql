alter table shop_owner add column alerts boolean not null default true
