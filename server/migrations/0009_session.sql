-- Who is signed in, by the hash of what the cookie holds.
create table session (
  token_hash text not null primary key,
  owner text not null,
  created_at_ms bigint not null,
  seen_at_ms bigint not null,
  foreign key (owner) references owner (owner)
)
