//! The full-text index of conversations, which can be rebuilt from them.
//!
//! Text is split into words here and not by the databases, so that both find the same.

use crate::db::bulk_json;
use crate::db::bulk_json::BulkJson;
use crate::db::{Db, DbError, Tx};
use crate::within;
use shared::ids::{ResponseId, ShopKey};

const WORDS_MAX: usize = 2_000;
/// In characters; the rest of a longer word is cut off.
const WORD_MAX_CHARS: usize = 40;
/// Shorter prefixes would match too much.
const PREFIX_MIN_CHARS: usize = 3;

/// Lowercase words, each once, separated by blanks. Scripts without blanks between words are indexed by character.
pub fn tokenize<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut known = std::collections::HashSet::new();
    for text in texts {
        for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
            for part in split_word(word) {
                let lower = part.chars().flat_map(char::to_lowercase);
                // Some lowercase letters are two characters, of which the second is not alphanumeric.
                let part: String = lower.filter(|c| c.is_alphanumeric()).take(WORD_MAX_CHARS).collect();
                if words.len() < WORDS_MAX && known.insert(part.clone()) {
                    words.push(part);
                }
            }
        }
    }
    words.join(" ")
}

/// Splits a word into its ideographs and the runs between them.
fn split_word(word: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut is_open = false;
    for c in word.chars() {
        let is_alone = is_ideograph(c);
        match parts.last_mut() {
            Some(part) if is_open && !is_alone => part.push(c),
            _ => parts.push(c.into()),
        }
        is_open = !is_alone;
    }
    parts
}

/// Source: Unicode, blocks of Thai, kana, CJK ideographs and hangul syllables.
fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{0e00}'..='\u{0e7f}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{2ffff}')
}

/// All words must match; the last may be a prefix. `None` if the text has no words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchQuery {
    /// Source: SQLite documentation, FTS5, "Full-text Query Syntax".
    pub sqlite: String,
    /// Source: PostgreSQL documentation, `to_tsquery`.
    pub postgres: String,
}

impl SearchQuery {
    pub fn parse(text: &str) -> Option<Self> {
        let words = tokenize([text]);
        let words: Vec<&str> = words.split(' ').filter(|word| !word.is_empty()).collect();
        let last = words.len().checked_sub(1)?;
        // Words hold neither quotes nor blanks, so nothing in them is read as an operator.
        let each = |rest: &str, first: &str| {
            let is_begun = |i, word: &str| i == last && word.chars().count() >= PREFIX_MIN_CHARS;
            let one = |(i, word): (usize, &&str)| {
                [first, word, first, if is_begun(i, word) { rest } else { "" }].concat()
            };
            words.iter().enumerate().map(one).collect::<Vec<String>>()
        };
        Some(Self { sqlite: each("*", "\"").join(" AND "), postgres: each(":*", "'").join(" & ") })
    }
}

const UPSERT_IN_SQLITE: &str = "insert or replace into conversation_words (rowid, words) \
    select search_rowid, $3 from conversation where shop = $1 and response = $2";
const UPSERT_IN_POSTGRES: &str = "insert into conversation_words (shop, response, words) \
    values ($1, $2, array_to_tsvector(string_to_array($3, ' '))) \
    on conflict (shop, response) do update set words = excluded.words";

/// Replaces the indexed words of a conversation by those of [`tokenize`].
pub async fn index(tx: &mut Tx, shop: &ShopKey, response: &ResponseId, words: &str) -> Result<(), DbError> {
    match tx {
        Tx::Sqlite(c) => sqlx::query(UPSERT_IN_SQLITE)
            .bind(shop.as_str())
            .bind(response.as_str())
            .bind([&shop_token(shop.as_str()), " ", words].concat())
            .execute(&mut **c)
            .await
            .map(drop),
        Tx::Postgres(c) => sqlx::query(UPSERT_IN_POSTGRES)
            .bind(shop.as_str())
            .bind(response.as_str())
            .bind(words)
            .execute(&mut **c)
            .await
            .map(drop),
    }
}

/// Stands in every conversation of a shop: SQLite's index has no column for the shop, so searches require this
/// word.
pub fn shop_token(shop: &str) -> String {
    ["shop", &shop.replace('-', "0")].concat()
}

const DELETE_IN_SQLITE: &str = "delete from conversation_words where rowid = (select search_rowid from \
    conversation where shop = $1 and response = $2)";
const DELETE_IN_POSTGRES: &str = "delete from conversation_words where shop = $1 and response = $2";

/// To be called before the conversation is erased.
pub async fn delete(tx: &mut Tx, shop: &ShopKey, response: &ResponseId) -> Result<(), DbError> {
    let text = match tx {
        Tx::Sqlite(_) => DELETE_IN_SQLITE,
        Tx::Postgres(_) => DELETE_IN_POSTGRES,
    };
    crate::within!(tx, |c| sqlx::query(text)
        .bind(shop.as_str())
        .bind(response.as_str())
        .execute(&mut **c)
        .await
        .map(drop))
}

const INDEXED_PER_TRANSACTION: i64 = 500;

const DELETE_ALL: &str = "delete from conversation_words";
/// Shop, response and row of each conversation, then the searchable texts of its response, then its messages.
const LIST_TEXTS: &str = "select c.shop, c.response, c.search_rowid, r.comment || ' ' || r.email || ' ' || \
    r.order_number || ' ' || r.receipt, coalesce((select string_agg(m.words, ' ' order by m.sent_at_ms, \
    m.message) from message m where m.shop = c.shop and m.response = c.response), '') from conversation c join \
    response r on r.shop = c.shop and r.id = c.response where (c.shop, c.response) > ($1, $2) order by c.shop, \
    c.response limit $3";
const UPSERT_MANY: BulkJson = BulkJson::new(
    "insert or replace into conversation_words (rowid, words) select cast(value ->> 2 as bigint), value ->> 3 \
     from jsonb_each($1)",
    "insert into conversation_words (shop, response, words) select value ->> 0, value ->> 1, \
     array_to_tsvector(string_to_array(value ->> 3, ' ')) from jsonb_array_elements($1::jsonb) where true \
     on conflict (shop, response) do update set words = excluded.words",
);

/// Rebuilds the index, for conversations that were copied in. If it is interrupted, it has to start again.
pub async fn rebuild(db: &Db) -> Result<(), DbError> {
    let mut tx = db.begin_long().await?;
    within!(&mut tx, |c| sqlx::query(DELETE_ALL).execute(&mut **c).await.map(drop))?;
    tx.commit().await?;
    let (mut shop, mut response) = (String::new(), String::new());
    loop {
        let mut tx = db.begin_long().await?;
        let texts: Vec<(String, String, i64, String, String)> =
            within!(&mut tx, |c| sqlx::query_as(LIST_TEXTS)
                .bind(&shop)
                .bind(&response)
                .bind(INDEXED_PER_TRANSACTION)
                .fetch_all(&mut **c)
                .await)?;
        let Some((last_shop, last_response, ..)) = texts.last() else { return tx.commit().await };
        (shop, response) = (last_shop.clone(), last_response.clone());
        let rows = texts.iter().map(|(shop, response, search_rowid, response_text, messages)| {
            let mut words = tokenize([response_text.as_str(), messages]);
            if let Tx::Sqlite(_) = tx {
                words = [&shop_token(shop), " ", &words].concat();
            }
            (shop, response, search_rowid, words)
        });
        let (text, rows) = (UPSERT_MANY.text(&tx), bulk_json::list(rows)?);
        within!(&mut tx, |c| sqlx::query(text).bind(rows).execute(&mut **c).await.map(drop))?;
        tx.commit().await?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_are_taken_apart_alike_wherever_they_are_written() {
        for (text, words) in [
            ("The bowl’s CRACKED, twice: the bowl!", "the bowl s cracked twice"),
            ("marta@posteo.example", "marta posteo example"),
            ("Straße ÄRGER", "straße ärger"),
            ("K7Q-4MD 20418", "k7q 4md 20418"),
            ("破损的碗 x", "破 损 的 碗 x"),
            ("وصل الوعاء", "وصل الوعاء"),
            (" — ", ""),
        ] {
            assert_eq!(tokenize([text]), words, "{text}");
        }
    }

    #[test]
    fn all_words_are_sought_and_the_last_may_be_a_beginning() {
        let query = SearchQuery::parse("Blue bow").unwrap();
        assert_eq!(query.sqlite, "\"blue\" AND \"bow\"*");
        assert_eq!(query.postgres, "'blue' & 'bow':*");
        assert_eq!(SearchQuery::parse("is").unwrap().sqlite, "\"is\"", "too short for a beginning");
        assert_eq!(SearchQuery::parse("?!"), None);
    }

    proptest! {
        /// No input is read as an operator of the query language.
        #[test]
        fn nothing_typed_is_a_rule(text in any::<String>()) {
            let words = tokenize([text.as_str()]);
            prop_assert!(words.chars().all(|c| c == ' ' || c.is_alphanumeric() || !c.is_ascii()), "{}", words);
            prop_assert_eq!(tokenize([words.as_str()]), words.clone());
        }
    }
}
