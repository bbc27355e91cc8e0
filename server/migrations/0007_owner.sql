-- People who may sign in. Like the two tables below it belongs to the house, not to one shop.
create table owner (
  owner text not null primary key,
  email text not null unique,
  name text not null,
  password_hash text not null,
  created_at_ms bigint not null
)
