-- The same for conversations: one begins in the statement that adds its response, or where the response was just read.
alter table conversation drop constraint if exists conversation_shop_response_fkey
