-- What is erased is gone from the index's pages, too.
insert into conversation_words (conversation_words, rank) values ('secure-delete', 1)
