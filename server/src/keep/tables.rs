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
pub static TABLES: [Table; 11] = [
    table("shop", 1, &[text("shop"), text("name"), text("settings"), bigint("created_at_ms")]),
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
        ],
    ),
    table("response_reason", 3, &[text("shop"), text("response"), text("reason"), integer("place")]),
    table(
        "response_count",
        4,
        &[text("shop"), integer("day"), text("moment"), integer("rating"), bigint("responses")],
    ),
    table(
        "owner",
        1,
        &[text("owner"), text("email"), text("name"), text("password_hash"), bigint("created_at_ms")],
    ),
    table("shop_owner", 2, &[text("shop"), text("owner")]),
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

/// What stays where it is: notes about the database itself, and what is only true for half an hour.
pub const NOT_CARRIED: [&str; 4] = ["_sqlx_migrations", "house_note", "house_work", "wrong_password"];
