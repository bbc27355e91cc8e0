-- How many responses a shop got, kept in the transaction that stores them. `day` is the shop's own.
create table response_count (
  shop text not null,
  day integer not null,
  moment text not null,
  rating integer not null,
  responses bigint not null,
  primary key (shop, day, moment, rating)
)
