-- Work on the whole house that is under way, such as a move into this database. While there is a row, nobody serves.
create table house_work (
  work text not null primary key,
  source text not null,
  begun_at_ms bigint not null
)
