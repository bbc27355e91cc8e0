-- Whatever it found, conversation_listed finds, which begins with the same columns.
drop index conversation_by_stage
