-- The reasons picked, by code; `place` is the order they were picked in.
create table response_reason (
  shop text not null,
  response text not null,
  reason text not null,
  place integer not null,
  primary key (shop, response, reason),
  foreign key (shop, response) references response (shop, id)
)
