-- Somebody who may join the people of a shop, by the hash of what their link holds.
create table invitation (
  shop text not null,
  token_hash text not null,
  email text not null,
  role text not null,
  invited_by text not null,
  made_at_ms bigint not null,
  ends_at_ms bigint not null,
  used_at_ms bigint,
  primary key (shop, token_hash),
  foreign key (shop) references shop (shop)
)
