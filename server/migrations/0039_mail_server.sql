-- Through which mail server a shop writes, if it has one of its own. The password is sealed with a key that lies elsewhere
-- (seal.rs); empty means that there is none. `security` is tls, starttls or none.
create table mail_server (
  shop text not null,
  host text not null,
  port integer not null,
  security text not null,
  user_name text not null,
  password_sealed text not null,
  from_address text not null,
  reply_to text not null,
  changed_at_ms bigint not null,
  primary key (shop),
  foreign key (shop) references shop (shop)
)
