create index conversation_by_place on conversation (shop, place)
