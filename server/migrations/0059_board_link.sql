-- Links by which somebody without an account sees the numbers of a shop, by the hash of what they hold.
create table board_link (
  shop text not null,
  token_hash text not null,
  label text not null,
  made_by text not null,
  made_at_ms bigint not null,
  ends_at_ms bigint not null,
  primary key (shop, token_hash),
  foreign key (shop) references shop (shop)
)
