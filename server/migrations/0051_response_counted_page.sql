-- The page under which it is counted: its path, `*` where the shop had too many pages by then, empty for none.
alter table response add column counted_page text not null default ''
