alter table owner add column photo text not null default ''
