-- One row a span: up to which day, not with it, sums of that span are kept. No row: counts were never kept here.
create table count_mark (
  span integer not null primary key,
  until_day integer not null
)
