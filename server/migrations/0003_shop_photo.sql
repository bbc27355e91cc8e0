-- The photo of the person who asks, under the hash of its content.
create table shop_photo (
  shop text not null,
  photo text not null,
  media_type text not null,
  content_base64 text not null,
  primary key (shop, photo),
  foreign key (shop) references shop (shop)
)
