create index shop_weekly on shop (weekly_at_ms)
