create index conversation_answered on conversation (shop, answered_at_ms, answered_open_ms) where answered_at_ms is not null
