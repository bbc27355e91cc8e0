-- What a shop changed, and on which of its own days, so that the summary can tell how it was before and since. `cause` is what it
-- was meant to stop; empty for anything else.
create table marker (
  shop text not null,
  marker text not null,
  day integer not null,
  cause text not null,
  words text not null,
  person text not null,
  made_at_ms bigint not null,
  primary key (shop, marker)
)
