-- When the next weekly mail about the shop is due; null until somebody looked.
alter table shop add column weekly_at_ms bigint
