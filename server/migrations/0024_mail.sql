-- E-mail that is to be sent, written with its cause; its id is its Message-ID. What it says is made when it is sent, so that
-- nobody's words lie here twice. `person` is who of the shop it goes to, empty for a visitor. States: waiting, sent,
-- failed, held (it may have been sent already), dropped.
create table mail (
  shop text not null,
  mail text not null,
  kind text not null,
  response text not null,
  message text not null,
  person text not null,
  address text not null,
  state text not null,
  tries integer not null,
  due_at_ms bigint not null,
  made_at_ms bigint not null,
  done_at_ms bigint,
  trouble text not null,
  primary key (shop, mail),
  foreign key (shop) references shop (shop)
)
