-- Further ways of a visitor into their conversation, by the hash of a secret: another device, a private link, or the one
-- thing that an unsubscribe link can do.
create table visitor_key (
  shop text not null,
  key_hash text not null,
  response text not null,
  kind text not null,
  made_at_ms bigint not null,
  ends_at_ms bigint not null,
  primary key (shop, key_hash),
  foreign key (shop, response) references response (shop, id)
)
