//! Many rows in one statement: they are handed over as one list in JSON, so that one text, which the database knows by
//! heart, does for any number of them. A value for each row and column would cost many times as much: SQLite looks for
//! the name of each, and goes through all of them to find it.

use crate::db::{DbError, Tx};
use serde::Serialize;

/// A statement that begins with what is done to the rows, `value ->> 0` being the first column of each, and ends with
/// what is to happen then. The databases differ in the name of what takes a list apart.
pub(crate) struct BulkJson {
    sqlite: &'static str,
    postgres: &'static str,
}

/// A [`BulkJson`] of what stands before and after the list. Its parameters begin with `$2`.
macro_rules! many {
    ($before:literal, $after:literal) => {
        $crate::db::bulk_json::BulkJson::new(
            concat!($before, " from jsonb_each($1) where true ", $after),
            concat!($before, " from jsonb_array_elements($1::jsonb) where true ", $after),
        )
    };
}
pub(crate) use many;

impl BulkJson {
    #[doc(hidden)]
    pub(crate) const fn new(sqlite: &'static str, postgres: &'static str) -> Self {
        Self { sqlite, postgres }
    }

    /// The text for this database.
    pub(crate) fn text(&self, tx: &Tx) -> &'static str {
        match tx {
            Tx::Sqlite(_) => self.sqlite,
            Tx::Postgres(_) => self.postgres,
        }
    }
}

/// The rows as a list.
pub(crate) fn list<T: Serialize>(rows: impl IntoIterator<Item = T>) -> Result<String, DbError> {
    let mut text = Vec::with_capacity(512);
    let mut list = serde_json::Serializer::new(&mut text);
    serde::Serializer::collect_seq(&mut list, rows).map_err(|e| DbError::Encode(e.into()))?;
    String::from_utf8(text).map_err(|e| DbError::Encode(e.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_become_a_list_of_lists() {
        assert_eq!(list([("a", 1), ("\"b\n", 2)]).unwrap(), r#"[["a",1],["\"b\n",2]]"#);
        assert_eq!(list::<u8>([]).unwrap(), "[]");
    }
}
