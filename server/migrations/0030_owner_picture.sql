-- The photos of the people of a shop, under the hash of their content.
create table owner_picture (
  owner text not null,
  photo text not null,
  media_type text not null,
  content_base64 text not null,
  primary key (owner, photo),
  foreign key (owner) references owner (owner)
)
