//! Something to keep: rows in every table, with words and ids on which two databases might disagree.

use futures_util::TryStreamExt as _;
use server::db::raw_rows::{self, RawRow, Value};
use server::db::schema::{TABLES, Table};
use server::db::{self, Db};

/// How much.
#[derive(Clone, Copy)]
pub struct Furniture {
    pub shops: usize,
    pub responses: usize,
}

/// Words that were trouble somewhere: quotes, other scripts, more than one code point to a sign, either case.
const WORDS: [&str; 8] = [
    "",
    "it's \"fine\"",
    "Ärger mit dem Öl",
    "تم التسليم متأخرا",
    "👩🏽‍🍳 🫖",
    "a\r\nb\tc",
    "\\0 %s ' --",
    "ﬁne ｆｉｎｅ",
];

/// Beginnings of ids that languages sort in another order than their bytes.
const BEGINNINGS: [&str; 6] = ["a", "B", "_", "ä", "Z", "0"];

fn text(text: impl Into<String>) -> Value {
    Value::Text(text.into())
}

fn word(n: usize) -> Value {
    text(WORDS[n % WORDS.len()])
}

fn shop_key(n: usize) -> String {
    format!("{}-shop-{n}", BEGINNINGS[n % BEGINNINGS.len()])
}

fn id(n: usize) -> String {
    format!("{}-{n:06}", BEGINNINGS[n / 7 % BEGINNINGS.len()])
}

fn table(name: &str) -> &'static Table {
    TABLES.iter().find(|t| t.name == name).unwrap()
}

async fn add(db: &Db, name: &str, rows: Vec<RawRow>) {
    let mut tx = db.begin().await.unwrap();
    raw_rows::insert(&mut tx, table(name), &rows).await.unwrap();
    tx.commit().await.unwrap();
}

/// Every row of a table, in order.
pub async fn dump(db: &Db, name: &str) -> Vec<RawRow> {
    let mut tx = db.begin_snapshot().await.unwrap();
    raw_rows::rows(&mut tx, table(name), None).try_collect().await.unwrap()
}

/// Fills a database that nobody uses.
pub async fn furnish(address: &str, furniture: Furniture) {
    let db = db::open(address).await.unwrap();
    let Furniture { shops: n, responses } = furniture;
    shops(&db, n).await;
    add(
        &db,
        "user_account",
        (0..n)
            .map(|i| {
                let email = text(format!("{i}@b.example"));
                vec![text(id(i)), email, word(i), text("hash"), Value::Int(1), text("de"), text("")]
            })
            .collect(),
    )
    .await;
    let role = |i| {
        vec![
            text(shop_key(i)),
            text(id(i)),
            text("staff"),
            Value::Bool(i.is_multiple_of(2)),
            Value::Bool(!i.is_multiple_of(3)),
        ]
    };
    add(&db, "shop_member", (0..n).map(role).collect()).await;
    let picture = |i| vec![text(id(i)), text("hash"), text("image/png"), text("AAAA")];
    add(&db, "user_photo", (0..n).map(picture).collect()).await;
    let invitation = |i: usize| {
        let [made, ends] = [Value::Int(1), Value::Int(2)];
        let used = if i.is_multiple_of(2) { Value::Null } else { Value::Int(3) };
        let [email, role, by, mailed] = ["c@d.example", "reader", "", "hash"].map(text);
        vec![text(shop_key(i)), text(id(i)), email, role, by, made, ends, used, mailed]
    };
    add(&db, "invitation", (0..n).map(invitation).collect()).await;
    let link = |i| {
        let [made, ends] = [Value::Int(1), Value::Int(2)];
        vec![text(shop_key(i)), text("hash"), word(i), text(id(i)), made, ends]
    };
    add(&db, "share_link", (0..n).map(link).collect()).await;
    let saved = |i| vec![text(shop_key(i)), text(id(i)), word(i), word(i + 1), Value::Int(0)];
    add(&db, "saved_reply", (0..n).map(saved).collect()).await;
    let asked =
        |i| vec![text(shop_key(i)), Value::Int(20_000), text("mid_journey"), Value::Int(7), Value::Int(3)];
    add(&db, "check_in_count", (0..n).map(asked).collect()).await;
    let marker = |i| {
        let person = text(id(i));
        vec![text(shop_key(i)), text(id(i)), Value::Int(20_000), text("late"), word(i), person, Value::Int(1)]
    };
    add(&db, "change_marker", (0..n).map(marker).collect()).await;
    let server = |i| {
        let mut row = vec![text(shop_key(i)), text("smtp.b.example"), Value::Int(587), text("starttls")];
        row.extend([word(i), text("sealed"), text("a@b.example"), text(""), Value::Int(1)]);
        row
    };
    add(&db, "mail_server", (0..n).map(server).collect()).await;
    let unsubscribed = |i| vec![text(shop_key(i)), text("hash"), text("questions"), Value::Int(1)];
    add(&db, "mail_opt_out", (0..n).map(unsubscribed).collect()).await;
    add(
        &db,
        "session",
        (0..n).map(|i| vec![text(id(i)), text(id(i)), Value::Int(1), Value::Int(i64::MAX)]).collect(),
    )
    .await;
    let entrance = |i| {
        vec![
            text(id(i)),
            if i.is_multiple_of(2) { Value::Null } else { text(id(i)) },
            Value::Int(1),
            Value::Int(2),
            Value::Null,
        ]
    };
    add(&db, "one_time_link", (0..n).map(entrance).collect()).await;
    let device = |i| vec![text(id(i)), text(id(i)), Value::Int(1)];
    add(&db, "trusted_device", (0..n).map(device).collect()).await;
    add(&db, "response", (0..responses).map(|i| response_row(i, n)).collect()).await;
    let reasons = (0..responses).filter(|i| i % 3 == 0).flat_map(|i| {
        ["late", "Late", "-", "ß"].into_iter().enumerate().map(move |(place, reason)| {
            vec![text(shop_key(i % n)), text(id(i)), text(reason), Value::Int(place as i64)]
        })
    });
    add(&db, "response_reason", reasons.collect()).await;
    talks(&db, n, responses).await;
    db.close().await;
}

/// A conversation for every fifth response, and what hangs on it.
async fn talks(db: &Db, shops: usize, responses: usize) {
    let some = || (0..responses).filter(|i| i % 5 == 0);
    let maybe = |i: usize| if i.is_multiple_of(2) { Value::Null } else { Value::Int(i as i64) };
    let conversation = |i: usize| {
        let mut row = vec![text(shop_key(i % shops)), text(id(i)), text("in_hand"), text("mid_journey")];
        // Nothing of it becomes due, so that nothing is done about it.
        let alarm = if i.is_multiple_of(2) { Value::Int(i64::MAX) } else { Value::Null };
        row.extend([Value::Int(1), Value::Int(2), maybe(i), alarm, maybe(i), Value::Int(2), text("")]);
        row.extend([maybe(i), maybe(i), maybe(i), maybe(i), text("refund"), text("late"), maybe(i)]);
        row.extend([maybe(i), maybe(i), text(""), Value::Int(1 << 50)]);
        row
    };
    add(db, "conversation", some().map(conversation).collect()).await;
    let message = |i: usize| {
        let mut row =
            vec![text(shop_key(i % shops)), text(id(i)), text(id(i)), text("words"), text("person")];
        row.extend([
            text(id(0)),
            word(i),
            word(i + 1),
            text(""),
            Value::Bool(i.is_multiple_of(2)),
            Value::Int(9),
            maybe(i),
        ]);
        row
    };
    add(db, "message", some().map(message).collect()).await;
    let key = |i: usize| {
        let [made, ends] = [Value::Int(1), Value::Int(2)];
        vec![text(shop_key(i % shops)), text(format!("key-{i}")), text(id(i)), text("link"), made, ends]
    };
    add(db, "visitor_key", some().map(key).collect()).await;
    let mail = |i: usize| {
        let mut row =
            vec![text(shop_key(i % shops)), text(id(i)), text("reply"), text(id(i)), text(id(i)), text("")];
        let state = if i.is_multiple_of(2) { "waiting" } else { "sent" };
        row.extend([
            text("a@b.example"),
            text(state),
            Value::Int(1),
            Value::Int(2),
            Value::Int(1),
            maybe(i),
            word(i),
        ]);
        row
    };
    add(db, "mail", some().map(mail).collect()).await;
}

/// Adds shops and what belongs to them.
pub async fn shops(db: &Db, n: usize) {
    let weekly = |i: usize| if i.is_multiple_of(2) { Value::Null } else { Value::Int(7) };
    let shop = |i| vec![text(shop_key(i)), word(i), text("{}"), Value::Int(-1), weekly(i)];
    add(db, "shop", (0..n).map(shop).collect()).await;
    let origin = |i| {
        vec![
            text(shop_key(i)),
            text("https://a.example"),
            Value::Int(1),
            if i.is_multiple_of(2) { Value::Null } else { Value::Int(5) },
        ]
    };
    add(db, "shop_origin", (0..n).map(origin).collect()).await;
    add(
        db,
        "shop_photo",
        (0..n)
            .map(|i| vec![text(shop_key(i)), text("hash"), text("image/png"), text("AAAA".repeat(9_000))])
            .collect(),
    )
    .await;
}

/// Adds one response to the first shop; when it returns, it is acknowledged.
pub async fn response(db: &Db, n: usize) {
    add(db, "response", vec![response_row(n, 1)]).await;
}

fn response_row(n: usize, shops: usize) -> RawRow {
    vec![
        text(shop_key(n % shops)),
        text(id(n)),
        text("K7Q-4MD"),
        text("secret"),
        text("body"),
        text("mid_journey"),
        text("faces"),
        Value::Int((n % 5 + 1) as i64),
        word(n),
        word(n + 1),
        Value::Bool(n.is_multiple_of(2)),
        word(n + 2),
        text("/cart"),
        word(n + 3),
        word(n + 4),
        text("/cart"),
        text("*"),
        text("en"),
        text("phone"),
        Value::Int(n as i64 % 400 - 3),
        Value::Int(n as i64 % 169 - 1),
        Value::Int(1_700_000_000_000 + n as i64),
        Value::Int(-5),
    ]
}

/// Changes one row that was there.
pub async fn rename_a_shop(db: &Db) {
    let mut tx = db.begin().await.unwrap();
    let rename = "update shop set name = 'another name' where shop = (select min(shop) from shop)";
    server::within!(&mut tx, |c| sqlx::query(rename).execute(&mut **c).await.map(drop)).unwrap();
    tx.commit().await.unwrap();
}
