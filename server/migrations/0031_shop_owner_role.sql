alter table shop_owner add column role text not null default 'owner'
