-- Which words stand in which conversation: made of the conversations, and can be made again. `rowid` is the place.
create virtual table conversation_words using fts5 (words, content = '', contentless_delete = 1, tokenize = 'ascii')
