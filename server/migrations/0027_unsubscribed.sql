-- Addresses, by their hash, that want no more e-mail of a kind from a shop: questions, or everything.
create table unsubscribed (
  shop text not null,
  address_hash text not null,
  what text not null,
  at_ms bigint not null,
  primary key (shop, address_hash, what),
  foreign key (shop) references shop (shop)
)
