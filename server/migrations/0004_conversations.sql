-- The private exchange that hangs on a complaint.

-- A conversation; shared::conversation knows its life.
create table conversation (
  shop text not null,
  response text not null,
  stage text not null,
  moment text not null,               -- that of the response
  opened_at_ms bigint not null,
  changed_at_ms bigint not null,      -- when anything was last said or done
  waits_since_at_ms bigint,           -- since when the visitor waits for a reply; null while they do not
  next_check_at_ms bigint,            -- when the scheduler looks at it again: to notify, to remind, to ask, to index
  shop_notified_at_ms bigint,         -- when the shop was notified of this waiting
  reminders integer not null,         -- how often it was reminded since
  person text not null,               -- who of the shop has it: a user id; empty for nobody
  read_at_ms bigint,                  -- when a person of the shop first opened it
  answered_at_ms bigint,              -- when a person of the shop first replied
  answered_open_ms bigint,            -- how long that took, in opening hours
  put_right_at_ms bigint,             -- when it was last put right
  remedy text not null,               -- how
  cause text not null,                -- code of the cause, from the shop's own list
  ask_at_ms bigint,                   -- when the visitor is to be asked "is it okay now?"
  asked_at_ms bigint,                 -- when they were asked, since it was last put right
  decided_at_ms bigint,               -- when they last said "okay" or "not yet"
  aside text not null,                -- why it was set aside
  search_rowid bigint not null,       -- its row in the search index; grows with time
  primary key (shop, response)
-- [sqlite]
  -- Not on PostgreSQL, for the same reason as in `response`: a conversation begins in the statement that adds its
  -- response, or where the response was just read.
  , foreign key (shop, response) references response (shop, id)
-- [end]
);

create index conversation_waits on conversation (shop, waits_since_at_ms) where waits_since_at_ms is not null;

create index conversation_next_check on conversation (next_check_at_ms) where next_check_at_ms is not null;

-- Those that wait, in the order of the inbox: first the reopened ones, then those that have waited longest.
create index conversation_waiting on conversation (shop, (case when stage = 'reopened' then 0 else 1 end),
  waits_since_at_ms, response, moment, cause, person) where waits_since_at_ms is not null;

-- The lists of the inbox and their filters, so that a page is found without reading what is not on it.
create index conversation_listed on conversation (shop, stage, changed_at_ms, response, waits_since_at_ms, moment,
  cause, person);

create index conversation_answered on conversation (shop, answered_at_ms, answered_open_ms)
  where answered_at_ms is not null;

-- [sqlite]
create index conversation_by_search_rowid on conversation (search_rowid);
-- [end]
-- [postgres]
create index conversation_by_search_rowid on conversation (shop, search_rowid);
-- [end]

-- One thing said or done in a conversation.
create table message (
  shop text not null,
  response text not null,
  message text not null,
  kind text not null,
  sender text not null,               -- visitor, person or house (the program itself)
  person text not null,               -- who of the shop: a user id
  name text not null,                 -- the name they had then
  words text not null,
  detail text not null,
  is_internal boolean not null,       -- whether it is for the people of the shop only
  sent_at_ms bigint not null,
  seen_at_ms bigint,                  -- when the other side saw it
  primary key (shop, response, message),
  foreign key (shop, response) references conversation (shop, response)
);

-- Further ways of a visitor into their conversation.
create table visitor_key (
  shop text not null,
  key_hash text not null,
  response text not null,
  kind text not null,                 -- device, link (makes a device's key) or unsubscribe
  created_at_ms bigint not null,
  expires_at_ms bigint not null,
  primary key (shop, key_hash),
  foreign key (shop, response) references response (shop, id)
);

create index visitor_key_by_response on visitor_key (shop, response);

-- Which people of the shop have a conversation open at this moment.
create table presence (
  shop text not null,
  response text not null,
  person text not null,               -- a user id
  is_writing boolean not null,
  seen_at_ms bigint not null,
  primary key (shop, response, person)
);

-- Replies that a shop gives often.
create table saved_reply (
  shop text not null,
  reply text not null,
  title text not null,
  words text not null,
  position integer not null,          -- order in the list
  primary key (shop, reply),
  foreign key (shop) references shop (shop)
);

-- The search index: which words stand in which conversation. It is made of the conversations and can be made again.
-- [sqlite]
-- Its rowid is `search_rowid` of the conversation.
create virtual table conversation_words using fts5 (words, content = '', contentless_delete = 1, tokenize = 'ascii');

-- What is erased is gone from the pages of the index, too.
insert into conversation_words (conversation_words, rank) values ('secure-delete', 1);
-- [end]
-- [postgres]
create table conversation_words (
  shop text not null,
  response text not null,
  words tsvector not null,
  primary key (shop, response)
);

create index conversation_words_found on conversation_words using gin (words);
-- [end]
