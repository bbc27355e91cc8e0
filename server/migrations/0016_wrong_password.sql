-- How often a wrong password was tried for an address, by the address's hash and the quarter of an hour.
create table wrong_password (
  address_hash text not null,
  quarter bigint not null,
  tries bigint not null,
  primary key (address_hash, quarter)
)
