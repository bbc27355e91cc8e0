-- The product under which it is counted, likewise.
alter table response add column counted_product text not null default ''
