-- Whose shop it is.
create table shop_owner (
  shop text not null,
  owner text not null,
  primary key (shop, owner),
  foreign key (shop) references shop (shop),
  foreign key (owner) references owner (owner)
)
