-- The hour of the shop's own week in which it came, from Monday 00:00 = 0 to Sunday 23:00 = 167; -1 where nobody noted it.
alter table response add column hour integer not null default -1
