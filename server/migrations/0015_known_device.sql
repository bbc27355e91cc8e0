-- Devices somebody has signed in on: by the hash of a cookie of their own. Wrong passwords from elsewhere never lock them.
create table known_device (
  token_hash text not null primary key,
  owner text not null,
  made_at_ms bigint not null,
  foreign key (owner) references owner (owner)
)
