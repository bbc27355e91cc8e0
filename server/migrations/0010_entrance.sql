-- One-time links: with an owner they sign in, without one they open the first-run page.
create table entrance (
  token_hash text not null primary key,
  owner text,
  made_at_ms bigint not null,
  ends_at_ms bigint not null,
  used_at_ms bigint,
  foreign key (owner) references owner (owner)
)
