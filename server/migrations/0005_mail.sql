-- E-mail: the outbox, the shops' own mail servers, and addresses that want none.

-- An e-mail to be sent, stored in the transaction of its cause. Its text is made when it is sent, so that what people
-- wrote is not stored twice.
create table mail (
  shop text not null,
  mail text not null,                 -- its Message-ID
  kind text not null,
  response text not null,             -- the response it is about
  message text not null,              -- the message it is about; for state `together` the mail that it is part of
  person text not null,               -- recipient of the shop: a user id; empty for a visitor
  address text not null,
  state text not null,                -- waiting, sent, failed, dropped, held (may have been sent already), together
  attempts integer not null,
  due_at_ms bigint not null,
  created_at_ms bigint not null,
  finished_at_ms bigint,              -- when it was sent or dropped
  last_error text not null,
  primary key (shop, mail),
  foreign key (shop) references shop (shop)
);

create index mail_due on mail (due_at_ms) where state = 'waiting';

create index mail_waiting on mail (shop, due_at_ms) where state = 'waiting';

create index mail_by_response on mail (shop, response);

create index mail_finished on mail (shop, finished_at_ms);

-- A shop's own mail server.
create table mail_server (
  shop text not null,
  host text not null,
  port integer not null,
  security text not null,             -- tls, starttls or none
  user_name text not null,
  password_sealed text not null,      -- encrypted with a key that is kept outside the database
  from_address text not null,
  reply_to text not null,
  changed_at_ms bigint not null,
  primary key (shop),
  foreign key (shop) references shop (shop)
);

-- Addresses that want no more e-mail from a shop.
create table mail_opt_out (
  shop text not null,
  address_hash text not null,
  scope text not null,                -- questions or everything
  created_at_ms bigint not null,
  primary key (shop, address_hash, scope),
  foreign key (shop) references shop (shop)
);
