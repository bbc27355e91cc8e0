-- Which words stand in which conversation: made of the conversations, and can be made again.
create table conversation_words (
  shop text not null,
  response text not null,
  words tsvector not null,
  primary key (shop, response)
)
