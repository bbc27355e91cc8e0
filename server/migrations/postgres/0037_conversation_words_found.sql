create index conversation_words_found on conversation_words using gin (words)
