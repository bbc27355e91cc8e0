-- A shop and everything its owner decided about it. `settings` is the JSON of shared::settings::ShopSettings.
create table shop (
  shop text not null primary key,
  name text not null,
  settings text not null,
  created_at_ms bigint not null
)
