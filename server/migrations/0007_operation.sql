-- The program's records about the database itself.

-- One row that the readiness check writes to.
create table write_probe (
  probe text not null primary key,
  writes bigint not null
);

insert into write_probe (probe, writes) values ('ready', 0);

-- A move or restore into this database that is under way. While there is a row, no collector serves.
create table maintenance_job (
  job text not null primary key,      -- move or restore
  source text not null,               -- the other database's address, without a password
  started_at_ms bigint not null
);
