-- One row to write to when somebody asks whether anything can be written.
create table house_note (
  note text not null primary key,
  asked bigint not null
)
