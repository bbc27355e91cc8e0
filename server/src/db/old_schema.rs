//! The tables as they were before their present names: 62 steps that no release ever took. A database with them is
//! refused; a backup of one is read, its tables shown under their present names.

use crate::db::schema::{TABLES, Table};

/// Backups of earlier steps are not read.
pub(crate) const LAST_STEP: i64 = 62;

/// SHA-384 of the first of the old steps, in hexadecimal; both databases had the same text.
const FIRST_STEP: &str = "a34b833d48e901441c45e244e6c7cbfc295be6e5a00860a09d027364920e7306\
    355f6d069f2735d1c703a7970116991f";

const TABLE_NAMES: [(&str, &str); 9] = [
    ("change_marker", "marker"),
    ("mail_opt_out", "unsubscribed"),
    ("one_time_link", "entrance"),
    ("saved_reply", "saved_words"),
    ("share_link", "board_link"),
    ("shop_member", "shop_owner"),
    ("trusted_device", "known_device"),
    ("user_account", "owner"),
    ("user_photo", "owner_picture"),
];

const COLUMN_NAMES: [(&str, &str, &str); 33] = [
    ("shop", "weekly_mail_due_at_ms", "weekly_at_ms"),
    ("change_marker", "created_at_ms", "made_at_ms"),
    ("user_account", "user_id", "owner"),
    ("user_photo", "user_id", "owner"),
    ("shop_member", "user_id", "owner"),
    ("shop_member", "weekly_mail", "weekly"),
    ("session", "user_id", "owner"),
    ("one_time_link", "user_id", "owner"),
    ("one_time_link", "created_at_ms", "made_at_ms"),
    ("one_time_link", "expires_at_ms", "ends_at_ms"),
    ("trusted_device", "user_id", "owner"),
    ("trusted_device", "created_at_ms", "made_at_ms"),
    ("invitation", "created_at_ms", "made_at_ms"),
    ("invitation", "expires_at_ms", "ends_at_ms"),
    ("share_link", "created_by", "made_by"),
    ("share_link", "created_at_ms", "made_at_ms"),
    ("share_link", "expires_at_ms", "ends_at_ms"),
    ("response", "tracked_page", "counted_page"),
    ("response", "tracked_product", "counted_product"),
    ("response_reason", "position", "place"),
    ("conversation", "next_check_at_ms", "alarm_at_ms"),
    ("conversation", "shop_notified_at_ms", "told_at_ms"),
    ("conversation", "search_rowid", "place"),
    ("visitor_key", "created_at_ms", "made_at_ms"),
    ("visitor_key", "expires_at_ms", "ends_at_ms"),
    ("saved_reply", "reply", "saved"),
    ("saved_reply", "position", "place"),
    ("mail", "attempts", "tries"),
    ("mail", "created_at_ms", "made_at_ms"),
    ("mail", "finished_at_ms", "done_at_ms"),
    ("mail", "last_error", "trouble"),
    ("mail_opt_out", "scope", "what"),
    ("mail_opt_out", "created_at_ms", "at_ms"),
];

pub(crate) fn is_first_step(checksum: &[u8]) -> bool {
    checksum.iter().map(|byte| format!("{byte:02x}")).collect::<String>() == FIRST_STEP
}

/// Views of an old backup's tables under their present names, for one connection.
pub(crate) fn views() -> Vec<String> {
    TABLES.iter().filter_map(view).collect()
}

/// `None` if nothing in it was renamed.
fn view(table: &Table) -> Option<String> {
    let old_table = old_name_of_table(table.name);
    let columns: Vec<String> = table
        .columns
        .iter()
        .map(|column| match old_name_of_column(table.name, column.name) {
            Some(old) => format!("{old} as {}", column.name),
            None => column.name.to_owned(),
        })
        .collect();
    let is_renamed = old_table != table.name || columns.iter().any(|column| column.contains(" as "));
    let view =
        || format!("create temp view {} as select {} from main.{old_table}", table.name, columns.join(", "));
    is_renamed.then(view)
}

fn old_name_of_table(name: &'static str) -> &'static str {
    TABLE_NAMES.iter().find(|(new, _)| *new == name).map_or(name, |(_, old)| old)
}

fn old_name_of_column(table: &str, name: &str) -> Option<&'static str> {
    COLUMN_NAMES.iter().find(|(of, new, _)| (*of, *new) == (table, name)).map(|(_, _, old)| *old)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A name that is renamed once more would silently be searched under its old name.
    #[test]
    fn every_present_name_on_the_list_is_there() {
        for (table, _) in TABLE_NAMES {
            assert!(TABLES.iter().any(|t| t.name == table), "{table}");
        }
        for (table, column, _) in COLUMN_NAMES {
            let of = TABLES.iter().find(|t| t.name == table).unwrap();
            assert!(of.columns.iter().any(|c| c.name == column), "{table}.{column}");
        }
    }
}
