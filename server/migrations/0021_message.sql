-- One thing said or done in a conversation. `sender` is visitor, person or house; `person` is who of the shop, under the
-- name they had then. What is internal never leaves the shop.
create table message (
  shop text not null,
  response text not null,
  message text not null,
  kind text not null,
  sender text not null,
  person text not null,
  name text not null,
  words text not null,
  detail text not null,
  is_internal boolean not null,
  sent_at_ms bigint not null,
  seen_at_ms bigint,
  primary key (shop, response, message),
  foreign key (shop, response) references conversation (shop, response)
)
