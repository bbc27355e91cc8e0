-- How often visitors were asked by themselves, and how often they put it off, by the shop's own day. There are no rows behind
-- these numbers: who it was is nobody's business.
create table check_in_count (
  shop text not null,
  day integer not null,
  moment text not null,
  shown bigint not null,
  dismissed bigint not null,
  primary key (shop, day, moment)
)
