alter table owner add column language text not null default 'en'
