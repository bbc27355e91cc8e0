create index conversation_by_stage on conversation (shop, stage, changed_at_ms)
