-- Shops, their settings, and the sites on which their tags may stand.
--
-- In every table: keys are our own text and begin with the shop's key where a row belongs to a shop; `_at_ms` is an
-- instant in Unix milliseconds, UTC; `_ms` is a span in milliseconds; `day` is the shop's own day, counted from
-- 1970-01-01. Null means "not yet", empty text means "none". Hashes are SHA-256: no secret is stored.
--
-- Each file is one migration, run in one transaction, one statement at a time. Lines between `-- [sqlite]` or
-- `-- [postgres]` and `-- [end]` are for that database only. Only the comments of a released migration may change; any
-- other change needs a new file.

-- A shop.
create table shop (
  shop text not null primary key,     -- public key, as it stands in the shop's tag
  name text not null,
  settings text not null,             -- JSON of ShopSettings
  created_at_ms bigint not null,
  weekly_mail_due_at_ms bigint        -- when the next weekly mail is due; null before it was computed
);

create index shop_weekly_mail_due on shop (weekly_mail_due_at_ms);

-- The origins on which a shop's tag may stand.
create table shop_origin (
  shop text not null,
  origin text not null,               -- origin, or a pattern of origins, as AllowedOrigin
  added_at_ms bigint not null,
  seen_at_ms bigint,                  -- when the tag was last seen there
  primary key (shop, origin),
  foreign key (shop) references shop (shop)
);

-- The photo of the contact person.
create table shop_photo (
  shop text not null,
  photo text not null,                -- hash of the content
  media_type text not null,
  content_base64 text not null,
  primary key (shop, photo),
  foreign key (shop) references shop (shop)
);

-- Changes that a shop made, so that the summary can compare the time before with the time since.
create table change_marker (
  shop text not null,
  marker text not null,
  day integer not null,
  cause text not null,                -- code of the cause of complaints that the change should stop; empty for none
  words text not null,                -- what was changed
  person text not null,               -- who recorded it: a user id
  created_at_ms bigint not null,
  primary key (shop, marker)
);
