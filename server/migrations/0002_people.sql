-- Members of shops and how they sign in. Accounts belong to the whole installation, not to one shop.

-- A person who can sign in.
create table user_account (
  user_id text not null primary key,
  email text not null unique,         -- in lower case
  name text not null,
  password_hash text not null,        -- Argon2, as a PHC string
  created_at_ms bigint not null,
  language text not null default 'en',
  photo text not null default ''      -- key in user_photo; empty for none
);

-- Photos of people.
create table user_photo (
  user_id text not null,
  photo text not null,                -- hash of the content
  media_type text not null,
  content_base64 text not null,
  primary key (user_id, photo),
  foreign key (user_id) references user_account (user_id)
);

-- The members of each shop.
create table shop_member (
  shop text not null,
  user_id text not null,
  role text not null default 'owner', -- owner, staff or reader
  alerts boolean not null default true,      -- whether they get alerts by e-mail
  weekly_mail boolean not null default true, -- whether they get the weekly mail
  primary key (shop, user_id),
  foreign key (shop) references shop (shop),
  foreign key (user_id) references user_account (user_id)
);

-- Sessions of people who are signed in.
create table session (
  token_hash text not null primary key, -- hash of the cookie's value
  user_id text not null,
  created_at_ms bigint not null,
  seen_at_ms bigint not null,         -- when it was last used
  foreign key (user_id) references user_account (user_id)
);

-- Links that work once: with a user they sign in, without one they open the page of the first start.
create table one_time_link (
  token_hash text not null primary key,
  user_id text,
  created_at_ms bigint not null,
  expires_at_ms bigint not null,
  used_at_ms bigint,
  foreign key (user_id) references user_account (user_id)
);

-- Devices on which a person has signed in before. Failed attempts from elsewhere never lock them out.
create table trusted_device (
  token_hash text not null primary key, -- hash of a cookie of its own
  user_id text not null,
  created_at_ms bigint not null,
  foreign key (user_id) references user_account (user_id)
);

-- How often a wrong password was tried.
create table login_attempt (
  address_hash text not null,         -- hash of the e-mail address
  quarter_hour bigint not null,       -- Unix time in units of 15 minutes
  failures bigint not null,
  primary key (address_hash, quarter_hour)
);

-- Invitations to work for a shop.
create table invitation (
  shop text not null,
  token_hash text not null,           -- hash of the secret in the link that the inviting person may pass on
  email text not null,                -- empty if any person with the link may join
  role text not null,                 -- the role it gives, as in shop_member
  invited_by text not null,           -- a user id; empty for none
  created_at_ms bigint not null,
  expires_at_ms bigint not null,
  used_at_ms bigint,
  mail_hash text not null default '', -- hash of the secret in the mailed link; empty for no mail
  primary key (shop, token_hash),
  foreign key (shop) references shop (shop)
);

-- Links that show the summary of a shop to people without an account.
create table share_link (
  shop text not null,
  token_hash text not null,
  label text not null,                -- for whom it is, in the shop's words
  created_by text not null,           -- a user id
  created_at_ms bigint not null,
  expires_at_ms bigint not null,
  primary key (shop, token_hash),
  foreign key (shop) references shop (shop)
);
