-- Who of the shop has a conversation open at this moment, and whether they are writing in it.
create table presence (
  shop text not null,
  response text not null,
  person text not null,
  is_writing boolean not null,
  seen_at_ms bigint not null,
  primary key (shop, response, person)
)
