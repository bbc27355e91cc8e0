create index conversation_alarm on conversation (alarm_at_ms) where alarm_at_ms is not null
