create index visitor_key_by_response on visitor_key (shop, response)
