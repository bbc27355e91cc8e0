//! Many rows in one statement. Passes them as one JSON array, so that the statement text is constant and its plan is
//! cached. A bound value for each row and column costs many times as much: SQLite looks up the name of each in a
//! list.

use crate::db::{DbError, Tx};
use serde::Serialize;

/// A statement that reads rows from a JSON array; `value ->> 0` is the first column of a row. The databases differ in
/// the name of the function that unpacks the array.
pub(crate) struct BulkJson {
    sqlite: &'static str,
    postgres: &'static str,
}

/// A [`BulkJson`] from the text before and after the array. Further parameters begin with `$2`.
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

    pub(crate) fn text(&self, tx: &Tx) -> &'static str {
        match tx {
            Tx::Sqlite(_) => self.sqlite,
            Tx::Postgres(_) => self.postgres,
        }
    }
}

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
