-- What visitors sent. Empty text means "not told"; the secret and the first body are kept as hashes only.
-- `day` is the shop's own day, counted from 1970-01-01, under which the response is counted.
create table response (
  shop text not null,
  id text not null,
  receipt text not null,
  secret_hash text not null,
  first_body_hash text not null,
  moment text not null,
  scale text not null,
  rating integer not null,
  comment text not null,
  email text not null,
  wants_reply boolean not null,
  order_number text not null,
  page_path text not null,
  page_title text not null,
  language text not null,
  device text not null,
  day integer not null,
  created_at_ms bigint not null,
  changed_at_ms bigint not null,
  primary key (shop, id),
  foreign key (shop) references shop (shop)
)
