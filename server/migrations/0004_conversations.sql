-- The private exchange that hangs on a complaint.

-- A conversation; `shared::conversation` says which stages follow each other.
create table conversation (
  shop text not null,
  response text not null,
  stage text not null,
  moment text not null,               -- the response's moment
  opened_at_ms bigint not null,
  changed_at_ms bigint not null,      -- when its last message or event was stored
  waits_since_at_ms bigint,           -- since when the visitor waits for a reply; null while they do not
  next_check_at_ms bigint,            -- when the scheduler looks at it again: to notify, to remind, to ask, to index
  shop_notified_at_ms bigint,         -- when the shop was notified of this waiting
  reminders integer not null,         -- how many reminders the shop has got since
  person text not null,               -- member to whom it is assigned: a user id; empty for none
  read_at_ms bigint,                  -- when a member of the shop first opened it
  answered_at_ms bigint,              -- when a member of the shop first replied
  answered_open_ms bigint,            -- first reply time, in opening hours
  put_right_at_ms bigint,             -- when it was last put right
  remedy text not null,               -- what the shop did to put it right
  cause text not null,                -- code of the cause, from the shop's own list
  ask_at_ms bigint,                   -- when the visitor is to be asked "is it okay now?"
  asked_at_ms bigint,                 -- when the visitor was asked, since it was last put right
  decided_at_ms bigint,               -- when the visitor last said "okay" or "not yet"
  aside text not null,                -- why it was set aside
  search_rowid bigint not null,       -- its row in the search index; grows with time
  primary key (shop, response)
-- [sqlite]
  -- PostgreSQL does not check this, for the same reason as in `response`: the program adds a conversation in the
  -- statement that adds its response, or after it has read the response.
  , foreign key (shop, response) references response (shop, id)
-- [end]
);

create index conversation_waits on conversation (shop, waits_since_at_ms) where waits_since_at_ms is not null;

create index conversation_next_check on conversation (next_check_at_ms) where next_check_at_ms is not null;

-- Waiting conversations in the order of the inbox: first the reopened ones, then those that have waited longest.
create index conversation_waiting on conversation (shop, (case when stage = 'reopened' then 0 else 1 end),
  waits_since_at_ms, response, moment, cause, person) where waits_since_at_ms is not null;

-- The lists of the inbox and their filters, so that a page is found without reading rows that are not on it.
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

-- A message or an event in a conversation.
create table message (
  shop text not null,
  response text not null,
  message text not null,
  kind text not null,
  sender text not null,               -- visitor, person or house (the program itself)
  person text not null,               -- member of the shop: a user id
  name text not null,                 -- that member's name at the time
  words text not null,
  detail text not null,
  is_internal boolean not null,       -- whether only the shop's members see it
  sent_at_ms bigint not null,
  seen_at_ms bigint,                  -- when the other side saw it
  primary key (shop, response, message),
  foreign key (shop, response) references conversation (shop, response)
);

-- Further secrets that open a conversation for its visitor.
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

-- Members of the shop who have a conversation open at this moment.
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

-- The search index: which words occur in which conversation. It can be rebuilt from the conversations.
-- [sqlite]
-- Its rowid is `search_rowid` of the conversation.
create virtual table conversation_words using fts5 (words, content = '', contentless_delete = 1, tokenize = 'ascii');

-- Erased words also disappear from the pages of the index file.
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
