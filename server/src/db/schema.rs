//! The tables in the order in which they can be filled, and their columns: what a backup holds and a move carries.
//!
//! A test compares this list with the tables there are, so that no later table is left behind.

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `text`
    Text,
    /// `integer`, 32 bits
    Integer,
    /// `bigint`, 64 bits
    Bigint,
    /// `boolean`
    Boolean,
}

/// A column.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// What it is called.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
}

/// A table.
#[derive(Debug)]
pub struct Table {
    /// What it is called.
    pub name: &'static str,
    /// Its columns; those of its primary key come first.
    pub columns: &'static [Column],
    /// How many columns its primary key has.
    pub key: usize,
    /// Whether its rows let somebody in, so that they must not come back with a backup.
    pub lets_in: bool,
}

impl Table {
    /// The columns of the primary key, in its order.
    pub fn key(&self) -> &'static [Column] {
        self.columns.split_at(self.key).0
    }
}

const fn text(name: &'static str) -> Column {
    Column { name, kind: Kind::Text }
}

const fn integer(name: &'static str) -> Column {
    Column { name, kind: Kind::Integer }
}

const fn bigint(name: &'static str) -> Column {
    Column { name, kind: Kind::Bigint }
}

const fn boolean(name: &'static str) -> Column {
    Column { name, kind: Kind::Boolean }
}

const fn table(name: &'static str, key: usize, columns: &'static [Column]) -> Table {
    Table { name, columns, key, lets_in: false }
}

/// Every table, each after those it refers to.
pub static TABLES: [Table; 22] = [
    table(
        "shop",
        1,
        &[text("shop"), text("name"), text("settings"), bigint("created_at_ms"), bigint("weekly_at_ms")],
    ),
    table("shop_origin", 2, &[text("shop"), text("origin"), bigint("added_at_ms"), bigint("seen_at_ms")]),
    table("shop_photo", 2, &[text("shop"), text("photo"), text("media_type"), text("content_base64")]),
    table(
        "response",
        2,
        &[
            text("shop"),
            text("id"),
            text("receipt"),
            text("secret_hash"),
            text("first_body_hash"),
            text("moment"),
            text("scale"),
            integer("rating"),
            text("comment"),
            text("email"),
            boolean("wants_reply"),
            text("order_number"),
            text("page_path"),
            text("page_title"),
            text("language"),
            text("device"),
            integer("day"),
            bigint("created_at_ms"),
            bigint("changed_at_ms"),
            integer("hour"),
            text("product"),
            text("counted_page"),
            text("counted_product"),
        ],
    ),
    table(
        "check_in_count",
        3,
        &[text("shop"), integer("day"), text("moment"), bigint("shown"), bigint("dismissed")],
    ),
    table("response_reason", 3, &[text("shop"), text("response"), text("reason"), integer("place")]),
    table(
        "conversation",
        2,
        &[
            text("shop"),
            text("response"),
            text("stage"),
            text("moment"),
            bigint("opened_at_ms"),
            bigint("changed_at_ms"),
            bigint("waits_since_at_ms"),
            bigint("alarm_at_ms"),
            bigint("told_at_ms"),
            integer("reminders"),
            text("person"),
            bigint("read_at_ms"),
            bigint("answered_at_ms"),
            bigint("answered_open_ms"),
            bigint("put_right_at_ms"),
            text("remedy"),
            text("cause"),
            bigint("ask_at_ms"),
            bigint("asked_at_ms"),
            bigint("decided_at_ms"),
            text("aside"),
            bigint("place"),
        ],
    ),
    table(
        "message",
        3,
        &[
            text("shop"),
            text("response"),
            text("message"),
            text("kind"),
            text("sender"),
            text("person"),
            text("name"),
            text("words"),
            text("detail"),
            boolean("is_internal"),
            bigint("sent_at_ms"),
            bigint("seen_at_ms"),
        ],
    ),
    table(
        "visitor_key",
        2,
        &[
            text("shop"),
            text("key_hash"),
            text("response"),
            text("kind"),
            bigint("made_at_ms"),
            bigint("ends_at_ms"),
        ],
    ),
    table(
        "mail",
        2,
        &[
            text("shop"),
            text("mail"),
            text("kind"),
            text("response"),
            text("message"),
            text("person"),
            text("address"),
            text("state"),
            integer("tries"),
            bigint("due_at_ms"),
            bigint("made_at_ms"),
            bigint("done_at_ms"),
            text("trouble"),
        ],
    ),
    table(
        "mail_server",
        1,
        &[
            text("shop"),
            text("host"),
            integer("port"),
            text("security"),
            text("user_name"),
            text("password_sealed"),
            text("from_address"),
            text("reply_to"),
            bigint("changed_at_ms"),
        ],
    ),
    table("unsubscribed", 3, &[text("shop"), text("address_hash"), text("what"), bigint("at_ms")]),
    table(
        "marker",
        2,
        &[
            text("shop"),
            text("marker"),
            integer("day"),
            text("cause"),
            text("words"),
            text("person"),
            bigint("made_at_ms"),
        ],
    ),
    table("saved_words", 2, &[text("shop"), text("saved"), text("title"), text("words"), integer("place")]),
    table(
        "owner",
        1,
        &[
            text("owner"),
            text("email"),
            text("name"),
            text("password_hash"),
            bigint("created_at_ms"),
            text("language"),
            text("photo"),
        ],
    ),
    table("owner_picture", 2, &[text("owner"), text("photo"), text("media_type"), text("content_base64")]),
    table(
        "shop_owner",
        2,
        &[text("shop"), text("owner"), text("role"), boolean("alerts"), boolean("weekly")],
    ),
    Table {
        name: "invitation",
        columns: &[
            text("shop"),
            text("token_hash"),
            text("email"),
            text("role"),
            text("invited_by"),
            bigint("made_at_ms"),
            bigint("ends_at_ms"),
            bigint("used_at_ms"),
            text("mail_hash"),
        ],
        key: 2,
        lets_in: true,
    },
    Table {
        name: "board_link",
        columns: &[
            text("shop"),
            text("token_hash"),
            text("label"),
            text("made_by"),
            bigint("made_at_ms"),
            bigint("ends_at_ms"),
        ],
        key: 2,
        lets_in: true,
    },
    Table {
        name: "session",
        columns: &[text("token_hash"), text("owner"), bigint("created_at_ms"), bigint("seen_at_ms")],
        key: 1,
        lets_in: true,
    },
    Table {
        name: "entrance",
        columns: &[
            text("token_hash"),
            text("owner"),
            bigint("made_at_ms"),
            bigint("ends_at_ms"),
            bigint("used_at_ms"),
        ],
        key: 1,
        lets_in: true,
    },
    Table {
        name: "known_device",
        columns: &[text("token_hash"), text("owner"), bigint("made_at_ms")],
        key: 1,
        lets_in: true,
    },
];

/// What stays where it is: notes about the database itself, what is only true for half an hour, and the counts and the
/// search index, which are made again (SQLite keeps the latter in tables of its own).
pub const NOT_CARRIED: [&str; 12] = [
    "_sqlx_migrations",
    "house_note",
    "house_work",
    "wrong_password",
    "presence",
    "kept_count",
    "count_mark",
    "conversation_words",
    "conversation_words_config",
    "conversation_words_data",
    "conversation_words_docsize",
    "conversation_words_idx",
];
