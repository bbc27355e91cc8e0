create index response_by_time on response (shop, created_at_ms, rating)
