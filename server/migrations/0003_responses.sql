-- Responses of visitors, and the reasons that they picked.

-- A response. Empty text means that the visitor did not give it.
create table response (
  shop text not null,
  id text not null,                   -- UUIDv7, chosen by the widget, so that a repeated request stores it once
  receipt text not null,              -- short number that the visitor may quote
  secret_hash text not null,          -- hash of the secret that lets the visitor come back; empty once it is void
  first_body_hash text not null,      -- hash of the first request, which tells a repetition from another response
  moment text not null,               -- when in the visit the question was asked
  scale text not null,                -- scale of the question
  rating integer not null,            -- 1 to 5, 5 best
  comment text not null,
  email text not null,
  wants_reply boolean not null,
  order_number text not null,
  page_path text not null,
  page_title text not null,
  product text not null,              -- what the visitor looked at, as the shop's page names it
  tracked_page text not null,         -- page under which it is counted; `*` if the shop already had too many
  tracked_product text not null,      -- product under which it is counted; `*` likewise
  language text not null,             -- language of the question
  device text not null,
  day integer not null,               -- day under which it is counted
  hour integer not null,              -- hour of the shop's week: Monday 00:00 is 0, Sunday 23:00 is 167; -1: unknown
  created_at_ms bigint not null,
  changed_at_ms bigint not null,
  primary key (shop, id)
-- [sqlite]
  -- PostgreSQL would look up the shop of every response and lock its row, which takes a tenth of a batch's time. The
  -- program stores a response only for a shop that it has found, and never removes a shop. SQLite checks this at almost
  -- no cost, so that tests on SQLite show a violation.
  , foreign key (shop) references shop (shop)
-- [end]
);

create index response_by_time on response (shop, created_at_ms, rating);

-- The reasons that a visitor picked.
create table response_reason (
  shop text not null,
  response text not null,
  reason text not null,               -- code, from the shop's own list
  position integer not null,          -- 0 for the one picked first
  primary key (shop, response, reason),
  foreign key (shop, response) references response (shop, id)
);
