-- The lists of the inbox and what they are narrowed by, so that a page is found without reading what is not on it.
create index conversation_listed on conversation (shop, stage, changed_at_ms, response, waits_since_at_ms, moment, cause,
  person)
