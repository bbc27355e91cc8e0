insert into house_note (note, asked) values ('ready', 0)
