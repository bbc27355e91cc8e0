-- Counters for the summary, updated in the transaction that stores or changes what they count.

-- How many responses of each rating there were. It can be rebuilt from the responses.
create table daily_counter (
  shop text not null,
  metric text not null,               -- what is counted: responses, a page, a reason, …
  span_days integer not null,         -- 1, or a longer span: the sum of its days, all of which are over
  day integer not null,               -- first day of the span
  key text not null,                  -- which page, which reason, …
  r1 bigint not null,                 -- responses with rating 1
  r2 bigint not null,
  r3 bigint not null,
  r4 bigint not null,
  r5 bigint not null,
  primary key (shop, metric, span_days, day, key)
);

-- How far the sums of longer spans go. Without rows, nothing was ever counted.
create table counter_rollup (
  span_days integer not null primary key,
  until_day integer not null          -- sums of this span are complete up to this day, exclusive
);

-- How often a trigger opened the question, and how often visitors dismissed it. No rows stand behind these numbers: the
-- program does not record which visitor it was.
create table check_in_count (
  shop text not null,
  day integer not null,
  moment text not null,
  shown bigint not null,
  dismissed bigint not null,
  primary key (shop, day, moment)
);
