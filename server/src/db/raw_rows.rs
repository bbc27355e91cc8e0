//! Rows of any table as plain values, for backup, restore and move.
//!
//! Both databases read and write rows in one order, that of the bytes of the primary key, so that two streams can be
//! compared and an interrupted copy can be continued.

use crate::db::schema::{Column, ColumnType, Table};
use crate::db::{Db, DbError, Tx};
use crate::{on, within};
use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use sqlx::{AssertSqlSafe, Row as _};
use std::fmt::Write as _;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Null,
    Text(String),
    Int(i64),
    Bool(bool),
}

/// A value for each column of the table, in order.
pub type RawRow = Vec<Value>;

/// More rows in one statement gain nothing.
const ROWS_A_STATEMENT: usize = 50;

impl Value {
    fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    fn int(&self) -> Option<i64> {
        if let Self::Int(int) = self { Some(*int) } else { None }
    }

    /// `None` for a value out of range too, which the column then refuses.
    fn small_int(&self) -> Option<i32> {
        self.int().and_then(|int| i32::try_from(int).ok())
    }

    fn bool(&self) -> Option<bool> {
        if let Self::Bool(bool) = self { Some(*bool) } else { None }
    }
}

macro_rules! values {
    ($row:expr, $columns:expr) => {{
        let row = $row;
        $columns
            .iter()
            .enumerate()
            .map(|(place, column)| {
                Ok(match column.kind {
                    ColumnType::Text => row.try_get::<Option<String>, _>(place)?.map(Value::Text),
                    ColumnType::Integer => {
                        row.try_get::<Option<i32>, _>(place)?.map(|int| Value::Int(int.into()))
                    }
                    ColumnType::Bigint => row.try_get::<Option<i64>, _>(place)?.map(Value::Int),
                    ColumnType::Boolean => row.try_get::<Option<bool>, _>(place)?.map(Value::Bool),
                }
                .unwrap_or(Value::Null))
            })
            .collect::<Result<RawRow, DbError>>()
    }};
}

macro_rules! bound {
    ($query:expr, $columns:expr, $values:expr) => {{
        let mut query = $query;
        for (column, value) in $columns.iter().zip($values) {
            query = match column.kind {
                ColumnType::Text => query.bind(value.text().map(str::to_owned)),
                ColumnType::Integer => query.bind(value.small_int()),
                ColumnType::Bigint => query.bind(value.int()),
                ColumnType::Boolean => query.bind(value.bool()),
            };
        }
        query
    }};
}

/// In the order of the key, after `after`.
pub fn rows<'t>(
    tx: &'t mut Tx,
    table: &'static Table,
    after: Option<&RawRow>,
) -> BoxStream<'t, Result<RawRow, DbError>> {
    let sql = AssertSqlSafe(select(table, tx, after.is_some()));
    let after = after.into_iter().flatten();
    match tx {
        Tx::Sqlite(c) => bound!(sqlx::query(sql), table.key(), after)
            .fetch(&mut **c)
            .map(|row| values!(row?, table.columns))
            .boxed(),
        Tx::Postgres(c) => bound!(sqlx::query(sql), table.key(), after)
            .fetch(&mut **c)
            .map(|row| values!(row?, table.columns))
            .boxed(),
    }
}

fn select(table: &Table, tx: &Tx, is_continued: bool) -> String {
    let from = if is_continued {
        let places: Vec<String> = (1..=table.key).map(|n| format!("${n}")).collect();
        format!(" where ({}) > ({})", order_by(table.key(), tx, "").join(", "), places.join(", "))
    } else {
        String::new()
    };
    let order = order_by(table.key(), tx, "").join(", ");
    format!("select {} from {}{from} order by {order}", names(table.columns), table.name)
}

/// Both databases must order alike; SQLite compares the bytes of a text anyway.
fn order_by(key: &[Column], tx: &Tx, direction: &str) -> Vec<String> {
    let column = |column: &Column| match (tx, column.kind) {
        (Tx::Postgres(_), ColumnType::Text) => format!("{} collate \"C\"{direction}", column.name),
        _ => format!("{}{direction}", column.name),
    };
    key.iter().map(column).collect()
}

fn names(columns: &[Column]) -> String {
    let names: Vec<&str> = columns.iter().map(|c| c.name).collect();
    names.join(", ")
}

/// Where an interrupted copy continues.
pub async fn greatest_key(tx: &mut Tx, table: &Table) -> Result<Option<RawRow>, DbError> {
    let order = order_by(table.key(), tx, " desc").join(", ");
    let sql = format!("select {} from {} order by {order} limit 1", names(table.key()), table.name);
    within!(tx, |c| sqlx::query(AssertSqlSafe(sql))
        .fetch_optional(&mut **c)
        .await?
        .map(|row| values!(row, table.key()))
        .transpose())
}

pub async fn insert(tx: &mut Tx, table: &Table, rows: &[RawRow]) -> Result<(), DbError> {
    for now in rows.chunks(ROWS_A_STATEMENT) {
        let sql = insert_statement(table, now.len());
        // Caching the last, shorter statement would evict one that is used again.
        let is_used_again = now.len() == ROWS_A_STATEMENT;
        within!(tx, |c| {
            let mut query = sqlx::query(AssertSqlSafe(sql)).persistent(is_used_again);
            for row in now {
                query = bound!(query, table.columns, row);
            }
            query.execute(&mut **c).await.map(drop)
        })?;
    }
    Ok(())
}

fn insert_statement(table: &Table, rows: usize) -> String {
    let mut sql = format!("insert into {} ({}) values ", table.name, names(table.columns));
    let width = table.columns.len();
    for row in 0..rows {
        let places: Vec<String> = (1..=width).map(|n| format!("${}", row * width + n)).collect();
        let comma = if row == 0 { "" } else { ", " };
        // Writing to a String does not fail.
        let _ = write!(sql, "{comma}({})", places.join(", "));
    }
    sql
}

pub async fn is_empty(db: &Db, table: &Table) -> Result<bool, DbError> {
    let sql = AssertSqlSafe(format!("select 1 from {} limit 1", table.name));
    on!(db, |pool| Ok(sqlx::query(sql).fetch_optional(pool).await?.is_none()))
}

pub async fn delete_all(tx: &mut Tx, table: &Table) -> Result<(), DbError> {
    let sql = AssertSqlSafe(format!("delete from {}", table.name));
    within!(tx, |c| sqlx::query(sql).execute(&mut **c).await.map(drop))
}
