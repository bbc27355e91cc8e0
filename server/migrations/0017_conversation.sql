-- The private exchange that hangs on a complaint; shared::conversation knows its life. Empty text means none. Spans and
-- instants that are null have not come yet.
--   waits_since_at_ms  since when the visitor waits for an answer
--   alarm_at_ms        when somebody has to look at it again: to tell, to remind, to ask
--   told_at_ms         when the shop was told of this waiting; `reminders` is how often it was reminded since
--   read_at_ms         when somebody of the shop first opened it
--   answered_at_ms     when somebody of the shop first said something; `answered_open_ms` how long that took in opening hours
--   put_right_at_ms    when it was last put right; `ask_at_ms` when the visitor is to be asked, `asked_at_ms` when they were
--   place              where it stands in the search index
create table conversation (
  shop text not null,
  response text not null,
  stage text not null,
  moment text not null,
  opened_at_ms bigint not null,
  changed_at_ms bigint not null,
  waits_since_at_ms bigint,
  alarm_at_ms bigint,
  told_at_ms bigint,
  reminders integer not null,
  person text not null,
  read_at_ms bigint,
  answered_at_ms bigint,
  answered_open_ms bigint,
  put_right_at_ms bigint,
  remedy text not null,
  cause text not null,
  ask_at_ms bigint,
  asked_at_ms bigint,
  decided_at_ms bigint,
  aside text not null,
  place bigint not null,
  primary key (shop, response),
  foreign key (shop, response) references response (shop, id)
)
