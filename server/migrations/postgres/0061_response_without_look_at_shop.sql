-- PostgreSQL would look for the shop of every single response and lock its row each time: a tenth of what a batch takes. A
-- response is only stored for a shop that was found, and none is ever removed. SQLite, where looking costs nothing to speak of,
-- holds the same program to it.
alter table response drop constraint if exists response_shop_fkey
