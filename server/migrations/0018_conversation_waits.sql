create index conversation_waits on conversation (shop, waits_since_at_ms) where waits_since_at_ms is not null
