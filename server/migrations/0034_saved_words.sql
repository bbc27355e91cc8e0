-- Words that a shop says often.
create table saved_words (
  shop text not null,
  saved text not null,
  title text not null,
  words text not null,
  place integer not null,
  primary key (shop, saved),
  foreign key (shop) references shop (shop)
)
