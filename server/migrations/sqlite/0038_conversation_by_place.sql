create index conversation_by_place on conversation (place)
