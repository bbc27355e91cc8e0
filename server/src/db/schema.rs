//! Every table and its columns, for backup and move, in an order in which they can be filled.
//!
//! A test compares this list with the schema, so that no later table is forgotten.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnType {
    Text,
    Integer,
    Bigint,
    Boolean,
}

#[derive(Debug, Clone, Copy)]
pub struct Column {
    pub name: &'static str,
    pub kind: ColumnType,
}

#[derive(Debug)]
pub struct Table {
    pub name: &'static str,
    /// The columns of the primary key come first.
    pub columns: &'static [Column],
    pub key: usize,
    /// Whether its rows grant access, so that they must not come back with a backup.
    pub grants_access: bool,
}

impl Table {
    pub fn key(&self) -> &'static [Column] {
        self.columns.split_at(self.key).0
    }
}

const fn text(name: &'static str) -> Column {
    Column { name, kind: ColumnType::Text }
}

const fn integer(name: &'static str) -> Column {
    Column { name, kind: ColumnType::Integer }
}

const fn bigint(name: &'static str) -> Column {
    Column { name, kind: ColumnType::Bigint }
}

const fn boolean(name: &'static str) -> Column {
    Column { name, kind: ColumnType::Boolean }
}

const fn table(name: &'static str, key: usize, columns: &'static [Column]) -> Table {
    Table { name, columns, key, grants_access: false }
}

/// Each after the tables it refers to.
pub static TABLES: [Table; 22] = [
    table(
        "shop",
        1,
        &[
            text("shop"),
            text("name"),
            text("settings"),
            bigint("created_at_ms"),
            bigint("weekly_mail_due_at_ms"),
        ],
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
            text("product"),
            text("tracked_page"),
            text("tracked_product"),
            text("language"),
            text("device"),
            integer("day"),
            integer("hour"),
            bigint("created_at_ms"),
            bigint("changed_at_ms"),
        ],
    ),
    table(
        "check_in_count",
        3,
        &[text("shop"), integer("day"), text("moment"), bigint("shown"), bigint("dismissed")],
    ),
    table("response_reason", 3, &[text("shop"), text("response"), text("reason"), integer("position")]),
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
            bigint("next_check_at_ms"),
            bigint("shop_notified_at_ms"),
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
            bigint("search_rowid"),
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
            bigint("created_at_ms"),
            bigint("expires_at_ms"),
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
            integer("attempts"),
            bigint("due_at_ms"),
            bigint("created_at_ms"),
            bigint("finished_at_ms"),
            text("last_error"),
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
    table("mail_opt_out", 3, &[text("shop"), text("address_hash"), text("scope"), bigint("created_at_ms")]),
    table(
        "change_marker",
        2,
        &[
            text("shop"),
            text("marker"),
            integer("day"),
            text("cause"),
            text("words"),
            text("person"),
            bigint("created_at_ms"),
        ],
    ),
    table(
        "saved_reply",
        2,
        &[text("shop"), text("reply"), text("title"), text("words"), integer("position")],
    ),
    table(
        "user_account",
        1,
        &[
            text("user_id"),
            text("email"),
            text("name"),
            text("password_hash"),
            bigint("created_at_ms"),
            text("language"),
            text("photo"),
        ],
    ),
    table("user_photo", 2, &[text("user_id"), text("photo"), text("media_type"), text("content_base64")]),
    table(
        "shop_member",
        2,
        &[text("shop"), text("user_id"), text("role"), boolean("alerts"), boolean("weekly_mail")],
    ),
    Table {
        name: "invitation",
        columns: &[
            text("shop"),
            text("token_hash"),
            text("email"),
            text("role"),
            text("invited_by"),
            bigint("created_at_ms"),
            bigint("expires_at_ms"),
            bigint("used_at_ms"),
            text("mail_hash"),
        ],
        key: 2,
        grants_access: true,
    },
    Table {
        name: "share_link",
        columns: &[
            text("shop"),
            text("token_hash"),
            text("label"),
            text("created_by"),
            bigint("created_at_ms"),
            bigint("expires_at_ms"),
        ],
        key: 2,
        grants_access: true,
    },
    Table {
        name: "session",
        columns: &[text("token_hash"), text("user_id"), bigint("created_at_ms"), bigint("seen_at_ms")],
        key: 1,
        grants_access: true,
    },
    Table {
        name: "one_time_link",
        columns: &[
            text("token_hash"),
            text("user_id"),
            bigint("created_at_ms"),
            bigint("expires_at_ms"),
            bigint("used_at_ms"),
        ],
        key: 1,
        grants_access: true,
    },
    Table {
        name: "trusted_device",
        columns: &[text("token_hash"), text("user_id"), bigint("created_at_ms")],
        key: 1,
        grants_access: true,
    },
];

/// Tables that a backup leaves out: notes about the database itself, short-lived rows, and the counters and the
/// search index, which are rebuilt (SQLite keeps the latter in tables of its own).
pub const NOT_CARRIED: [&str; 12] = [
    "_sqlx_migrations",
    "write_probe",
    "maintenance_job",
    "login_attempt",
    "presence",
    "daily_counter",
    "counter_rollup",
    "conversation_words",
    "conversation_words_config",
    "conversation_words_data",
    "conversation_words_docsize",
    "conversation_words_idx",
];
