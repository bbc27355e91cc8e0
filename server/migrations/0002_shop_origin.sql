-- Where a shop's tag may stand, and when it was last seen there.
create table shop_origin (
  shop text not null,
  origin text not null,
  added_at_ms bigint not null,
  seen_at_ms bigint,
  primary key (shop, origin),
  foreign key (shop) references shop (shop)
)
