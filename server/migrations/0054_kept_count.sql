-- How many responses of each rating there were, kept in the transaction that stores or changes them. `what` is what is
-- counted, `key` which of it; a row is about `span` days of the shop's own, from `day` on, which is counted from
-- 1970-01-01. Spans of more than one day are sums of those of one day, for days that are over.
create table kept_count (
  shop text not null,
  what text not null,
  span integer not null,
  day integer not null,
  key text not null,
  r1 bigint not null,
  r2 bigint not null,
  r3 bigint not null,
  r4 bigint not null,
  r5 bigint not null,
  primary key (shop, what, span, day, key)
)
