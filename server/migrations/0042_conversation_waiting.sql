-- Those who wait, in the order of the inbox: first whoever was let down twice, then whoever has waited longest.
create index conversation_waiting on conversation (shop, (case when stage = 'reopened' then 0 else 1 end),
  waits_since_at_ms, response, moment, cause, person) where waits_since_at_ms is not null
