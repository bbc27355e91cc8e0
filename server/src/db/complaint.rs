//! [`shared::complaint::is_complaint`] as an SQL condition.

/// `$alias` is empty or ends with a full stop.
macro_rules! is_complaint {
    ($alias:literal) => {
        concat!("(", $alias, "wants_reply or (", $alias, "rating <= 2 and ", $alias, "comment <> ''))")
    };
}
pub(crate) use is_complaint;

#[cfg(test)]
mod tests {
    use shared::complaint::is_complaint;
    use sqlx::{Connection as _, SqliteConnection};

    /// Both databases evaluate these operators alike; SQLite needs no server.
    #[tokio::test]
    async fn sql_and_rust_agree_about_every_response_there_can_be() {
        let mut db = SqliteConnection::connect("sqlite::memory:").await.unwrap();
        let table = "create table response (rating integer, comment text, wants_reply boolean)";
        sqlx::query(table).execute(&mut db).await.unwrap();
        const COUNT: &str = concat!("select count(*) from response p where ", is_complaint!("p."));
        for rating in 1..=5u8 {
            for comment in ["", "It is cracked."] {
                for wants_reply in [false, true] {
                    sqlx::query("delete from response").execute(&mut db).await.unwrap();
                    let insert = sqlx::query("insert into response values ($1, $2, $3)");
                    insert.bind(rating).bind(comment).bind(wants_reply).execute(&mut db).await.unwrap();
                    let count: i64 = sqlx::query_scalar(COUNT).fetch_one(&mut db).await.unwrap();
                    let is_one = is_complaint(rating, !comment.is_empty(), wants_reply);
                    assert_eq!(count == 1, is_one, "{rating} {comment:?} {wants_reply}");
                }
            }
        }
    }
}
