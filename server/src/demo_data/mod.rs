//! `tableside demo seed`: fills the demo's shops with a made-up history, to look around and to measure.
//!
//! The same seed at the same time makes the same history. Addresses end in `.example`, no secret is known to anyone, and no
//! mail is sent.
#![expect(clippy::print_stdout, reason = "whoever fills a database wants to know how far it is")]

pub mod conversations;
pub(crate) mod seeded_random;
pub(crate) mod texts;
pub mod visitors;

use crate::db::demo_rows;
use crate::db::demo_rows::DemoBatch;
use crate::db::shop_defaults::new_shop;
use crate::db::shops;
use crate::db::shops::Shop;
use crate::db::users;
use crate::db::users::Owner;
use crate::db::{Db, counter_rebuild, counters, members, open_beside};
use crate::demo_data::conversations::DemoShop;
use crate::demo_data::seeded_random::SeededRandom;
use crate::demo_data::visitors::{instants, response};
use crate::domain::demo_history::DemoResponse;
use crate::domain::opening_hours::{OpeningHours, OpeningSpan};
use crate::domain::role::Role;
use crate::security::random::{Random, SystemRandom};
use crate::time::clock::clock;
use crate::time::zone::ShopZone;
use clap::Args;
use std::error::Error;
use std::time::Instant;
use tokio::sync::mpsc;

/// Signs in by the printed link only.
pub const OWNER_EMAIL: &str = "anna@kilnandkettle.example";

/// Responses in one statement …
const STATEMENT_ROWS: usize = 4_000;
/// … and statements in one transaction.
const TRANSACTION_STATEMENTS: u64 = 5;
/// Batches that wait to be written.
const QUEUE_MAX: usize = 1;
const TIME_ZONE: &str = "Europe/Berlin";
const STAFF: [(&str, &str); 1] = [("mats@kilnandkettle.example", "Mats")];

/// How much of a history.
#[derive(Debug, Clone, Args)]
pub struct SeedArgs {
    /// How many answers of visitors, over all shops; about one in eight becomes a conversation.
    #[arg(long, env = "TABLESIDE_SEED_RESPONSES", default_value_t = 5_000, value_name = "NUMBER")]
    responses: u64,
    /// How many days back they go.
    #[arg(long, env = "TABLESIDE_SEED_DAYS", default_value_t = 90, value_name = "NUMBER",
        value_parser = clap::value_parser!(u32).range(1..=3_650))]
    days: u32,
    /// In how many shops.
    #[arg(long, env = "TABLESIDE_SEED_SHOPS", default_value_t = 1, value_name = "NUMBER",
        value_parser = clap::value_parser!(u32).range(1..=1_000))]
    shops: u32,
    /// Which history: the same number tells the same one.
    #[arg(long, env = "TABLESIDE_SEED", default_value_t = 1, value_name = "NUMBER")]
    seed: u64,
    /// The database.
    #[command(flatten)]
    database: crate::config::DatabaseArgs,
}

pub async fn seed(args: SeedArgs) -> Result<(), Box<dyn Error>> {
    let began = Instant::now();
    let now_ms = clock().now_ms();
    let db = open_beside(&args.database.database).await?;
    let shops = demo_shops(&db, args.shops, now_ms).await?;
    let people = people(&db, &shops, now_ms).await?;
    if counters::marks(&db).await?.is_none() {
        // `serve` counts the responses of a database without counters, which would take long.
        counter_rebuild::rebuild(&db, ShopZone::from_name("UTC").number(now_ms)).await?;
    }
    let mut conversations = 0;
    let mut left = args.responses;
    for (n, shop) in (0..).zip(&shops) {
        let count = left / (u64::from(args.shops) - n);
        left -= count;
        let writer = DemoWriter {
            shop: shop.clone(),
            people: people.clone(),
            dice: SeededRandom::new(args.seed.wrapping_add(n)),
            count,
            days: args.days,
            now_ms,
        };
        conversations += write_history(&db, writer).await?;
    }
    db.analyze().await?;
    db.close().await;
    let seconds = began.elapsed().as_secs_f64();
    println!("responses: {}", args.responses);
    println!("conversations: {conversations}");
    println!("took: {seconds:.1} s, {:.0} responses a second", args.responses as f64 / seconds);
    for shop in &shops {
        println!("shop: {} {}", shop.key.as_str(), shop.name);
    }
    println!("owner: {OWNER_EMAIL}; `tableside owner link {OWNER_EMAIL}` lets you in");
    Ok(())
}

/// Returns the number of conversations.
async fn write_history(db: &Db, writer: DemoWriter) -> Result<u64, Box<dyn Error>> {
    let (batch_sender, mut parts) = mpsc::channel(QUEUE_MAX);
    let writer_db = db.clone();
    // Another thread makes the next batch while the database writes one.
    let writer_thread = std::thread::spawn(move || writer.write_all(&writer_db, &batch_sender));
    let mut conversations = 0;
    let mut tx = db.begin_long().await?;
    for n in 1.. {
        let Some(part) = parts.recv().await else { break };
        conversations += part.conversations;
        demo_rows::insert(&mut tx, part).await?;
        if n % TRANSACTION_STATEMENTS == 0 {
            tx.commit().await?;
            tx = db.begin_long().await?;
        }
    }
    tx.commit().await?;
    let result = writer_thread.join().map_err(|_| "the story was not told to its end")?;
    result.map_err(|cause| -> Box<dyn Error> { cause })?;
    Ok(conversations)
}

/// Makes the history of one shop.
struct DemoWriter {
    shop: Shop,
    people: Vec<(String, String)>,
    dice: SeededRandom,
    count: u64,
    /// How many days the history covers.
    days: u32,
    now_ms: i64,
}

impl DemoWriter {
    /// Sends the history in batches, until the receiver is gone.
    fn write_all(self, db: &Db, to: &mpsc::Sender<DemoBatch>) -> Result<(), Box<dyn Error + Send + Sync>> {
        let settings = &self.shop.settings;
        let demo_shop = DemoShop {
            shop: &self.shop.key,
            hours: &settings.hours,
            days: &ShopZone::from_name(&settings.time_zone),
            people: &self.people,
            ask_after_days: settings.ask_after_days,
            now_ms: self.now_ms,
        };
        // All at once, so that an hour's share does not depend on the size of a batch.
        let times: Vec<i64> = instants(&demo_shop, self.count, self.days, &self.dice).collect();
        for (begins, times) in (1..).step_by(STATEMENT_ROWS).zip(times.chunks(STATEMENT_ROWS)) {
            let result =
                (begins..).zip(times).map(|(number, at_ms)| response(&demo_shop, number, *at_ms, &self.dice));
            let result: Vec<DemoResponse> = result.collect::<Result<_, _>>()?;
            if to.blocking_send(DemoBatch::from_responses(&result, db)?).is_err() {
                break;
            }
        }
        Ok(())
    }
}

/// Creates missing shops. The first is the one that `tableside demo` shows.
async fn demo_shops(db: &Db, count: u32, now_ms: i64) -> Result<Vec<Shop>, Box<dyn Error>> {
    let owner = person(db, OWNER_EMAIL, "Anna", now_ms).await?;
    let mut all: Vec<Shop> =
        shops::list_by_user(db, &owner.id).await?.into_iter().map(|(shop, _)| shop).collect();
    let names = ["Kiln & Kettle"].into_iter().chain(texts::SHOPS);
    let names = names.map(str::to_owned).chain((1..).map(|n| format!("Shop {n}")));
    for name in names.take(count as usize).skip(all.len()).collect::<Vec<String>>() {
        let mut shop = new_shop(&SystemRandom, &name, "Anna", now_ms);
        shop.settings.time_zone = TIME_ZONE.to_owned();
        shop.settings.hours = hours();
        let mut tx = db.begin().await?;
        shops::insert(&mut tx, &shop).await?;
        users::insert_member(&mut tx, &shop.key, &owner.id).await?;
        tx.commit().await?;
        all.push(shop);
    }
    all.truncate(count as usize);
    Ok(all)
}

/// Monday to Friday nine to six, Saturday ten to four.
fn hours() -> OpeningHours {
    let day = |from: u16, until: u16| vec![OpeningSpan { from_min: from * 60, until_min: until * 60 }];
    let mut hours = OpeningHours { week: std::array::from_fn(|_| day(9, 18)), holidays: Vec::new() };
    hours.week[5] = day(10, 16);
    hours.week[6].clear();
    hours
}

/// Ids and names of the members of all shops.
async fn people(db: &Db, shops: &[Shop], now_ms: i64) -> Result<Vec<(String, String)>, Box<dyn Error>> {
    let anna = person(db, OWNER_EMAIL, "Anna", now_ms).await?;
    let mut all = vec![(anna.id, anna.name)];
    for (email, name) in STAFF {
        let helper = person(db, email, name, now_ms).await?;
        let mut tx = db.begin().await?;
        for shop in shops {
            members::insert(&mut tx, &shop.key, &helper.id, Role::Staff).await?;
        }
        tx.commit().await?;
        all.push((helper.id, helper.name));
    }
    Ok(all)
}

/// Creates the account if it is missing. It has no password.
async fn person(db: &Db, email: &str, name: &str, now_ms: i64) -> Result<Owner, Box<dyn Error>> {
    if let Some((owner, _)) = users::find_by_email(db, email).await? {
        return Ok(owner);
    }
    let id = SystemRandom.new_owner_id();
    let owner = Owner { id, email: email.to_owned(), name: name.to_owned() };
    let mut tx = db.begin().await?;
    // No password fits an empty hash.
    users::insert(&mut tx, &owner, "", now_ms).await?;
    tx.commit().await?;
    Ok(owner)
}
