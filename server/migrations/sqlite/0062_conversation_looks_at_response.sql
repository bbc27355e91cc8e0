-- Nor here, where it is the response of each conversation.
select 1
