create index mail_by_response on mail (shop, response)
