//! Counts that are kept are what the rows make: whatever happened, in whatever order, and over whatever period.
#![expect(clippy::unwrap_used, reason = "what a test needs and does not get ends it")]

mod tempdb;

use server::conversations::command::{Actor, Command, CommandAction, MessageText};
use server::db::counters::CounterChanges;
use server::db::{
    self, Db, conversations, counter_queries, counter_rebuild, counters, erase, responses, shops,
};
use server::domain::counters::Metric as Count;
use server::domain::device::Device;
use server::domain::reply_policy::ReplyPolicy;
use server::domain::response::{Response, ResponseUpdate, TrackedKeys};
use server::domain::shop_settings::ShopSettings;
use server::security::random::Random;
use server::time::clock::DAY_MS;
use server::time::zone::ShopZone;
use server::writer::Writer;
use shared::conversation::{AsideReason, Remedy};
use shared::ids::{ResponseId, ShopKey};
use shared::moment::Moment;
use shared::rating::{Rating, Scale};
use shared::wire::{NewResponse, WirePage};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use tempdb::postgres;
use testkit::tempdir::TempDir;
use tokio::sync::broadcast;

/// Random that comes the same each time. Source: SplitMix64, <https://prng.di.unimi.it/splitmix64.c>.
struct Dice(Mutex<u64>);

impl Dice {
    fn throw(&self, sides: u64) -> u64 {
        let mut state = self.0.lock().unwrap();
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = *state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }

    fn one<'a, T>(&self, of: &'a [T]) -> &'a T {
        &of[usize::try_from(self.throw(of.len() as u64)).unwrap()]
    }
}

impl Random for Dice {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.iter_mut().for_each(|byte| *byte = u8::try_from(self.throw(256)).unwrap());
    }
}

struct Sent {
    shop: ShopKey,
    id: ResponseId,
    secret_hash: String,
}

/// A shop's life: what visitors and the shop do, while the days pass.
struct Life {
    db: Db,
    dice: Arc<Dice>,
    writer: Writer,
    shops: Vec<(ShopKey, ShopZone)>,
    sent: Vec<Sent>,
    last: Vec<Response>,
    now_ms: i64,
}

impl Life {
    async fn begins(address: &str, seed: u64) -> Self {
        let db = db::open(address).await.unwrap();
        let dice = Arc::new(Dice(Mutex::new(seed)));
        let writer = Writer::start(&db, broadcast::channel(16).0, dice.clone());
        let now_ms = 1_795_000_000_000;
        let mut all = Vec::new();
        let mut tx = db.begin().await.unwrap();
        // Far east, far west, and where clocks change.
        for zone in ["Pacific/Auckland", "Pacific/Honolulu", "Europe/Berlin"] {
            let settings = ShopSettings { time_zone: zone.to_owned(), ..ShopSettings::default() };
            let shop =
                shops::Shop { key: dice.shop_key(), name: zone.to_owned(), settings, created_at_ms: now_ms };
            shops::insert(&mut tx, &shop).await.unwrap();
            all.push((shop.key, ShopZone::from_name(zone)));
        }
        tx.commit().await.unwrap();
        let it = Self { db, dice, writer, shops: all, sent: Vec::new(), last: Vec::new(), now_ms };
        counter_rebuild::rebuild(&it.db, it.today()).await.unwrap();
        it
    }

    fn today(&self) -> i32 {
        ShopZone::from_name("UTC").number(self.now_ms)
    }

    fn response(&self) -> Response {
        let dice = &self.dice;
        let (shop, days) = dice.one(&self.shops);
        let page = dice.one(&["/", "/bowls", "/cart", "/bowls/tidal"]);
        let product = dice.one(&["", "", "Tidal glaze bowl"]);
        let wire = NewResponse {
            id: dice.response_id(self.now_ms).as_str().to_owned(),
            secret: dice.secret().reveal().to_owned(),
            shop: shop.as_str().to_owned(),
            moment: *dice.one(&[Moment::AnyTime, Moment::MidJourney, Moment::AfterCheckout]),
            scale: Scale::FiveFaces,
            rating: u8::try_from(dice.throw(5)).unwrap() + 1,
            reasons: Some(
                dice.one(&[vec![], vec!["late".to_owned()], vec!["late".into(), "broken".into()]]).clone(),
            ),
            comment: dice.one(&[None, Some("The lid does not fit.".to_owned())]).clone(),
            email: None,
            wants_reply: Some(dice.throw(3) == 0),
            order: None,
            page: Some(WirePage { url: (*page).to_owned(), title: String::new() }),
            language: Some((*dice.one(&["en", "de"])).to_owned()),
            product: Some((*product).to_owned()),
        };
        let device = *dice.one(&[Device::Phone, Device::Computer]);
        let mut response = Response::parse(wire, b"", device).unwrap();
        response.counted = TrackedKeys {
            day: days.number(self.now_ms),
            hour: days.hour_of_week(self.now_ms),
            page: (*dice.one(&[*page, "*"])).to_owned(),
            product: (*product).to_owned(),
        };
        response.body_hash = response.id.as_str().to_owned();
        response
    }

    async fn visitors_answer(&mut self) {
        let some: Vec<Response> = (0..=self.dice.throw(6)).map(|_| self.response()).collect();
        for response in &some {
            self.sent.push(Sent {
                shop: response.shop.clone(),
                id: response.id.clone(),
                secret_hash: response.secret_hash.clone(),
            });
        }
        // All at once, some of them again, and some that are known already: the same batch, or another.
        let known = std::mem::replace(&mut self.last, some.clone());
        let again: Vec<_> = some.iter().chain(&known).filter(|_| self.dice.throw(3) == 0).cloned().collect();
        let all = some.into_iter().chain(again).map(|response| self.writer.store(response, self.now_ms));
        for outcome in futures_util::future::join_all(all).await {
            outcome.unwrap();
        }
    }

    async fn one_says_more(&self) {
        let Sent { shop, id, secret_hash } = self.dice.one(&self.sent);
        let change = ResponseUpdate {
            rating: self.dice.one(&[None, Some(1), Some(4)]).map(|n| Rating::parse(n).unwrap()),
            reasons: self.dice.one(&[None, Some(vec![]), Some(vec!["wrong_size".to_owned()])]).clone(),
            comment: self.dice.one(&[None, Some(String::new()), Some("Now it is cold.".to_owned())]).clone(),
            wants_reply: *self.dice.one(&[None, Some(true), Some(false)]),
            ..ResponseUpdate::default()
        };
        // An erased response is not there any more.
        let _ =
            self.writer.complete(shop.clone(), id.clone(), secret_hash.clone(), change, self.now_ms).await;
    }

    async fn take_a_random_step(&self) {
        let Sent { shop, id, secret_hash } = self.dice.one(&self.sent);
        let entry = || self.dice.message_id(self.now_ms);
        let words = || MessageText { id: entry(), text: "I am sorry.".to_owned() };
        let visitor = || Actor::Visitor { secret_hash: secret_hash.clone() };
        let person = || Actor::Person { id: "anna".to_owned(), name: "Anna".to_owned() };
        let look = || {
            CommandAction::RunFollowUps(Arc::new(ReplyPolicy::from_settings(&ShopSettings::default(), None)))
        };
        let put_right = || CommandAction::PutRight {
            entry: entry(),
            remedy: *self.dice.one(&[Remedy::Refund, Remedy::Apology]),
            cause: (*self.dice.one(&["", "packing", "courier"])).to_owned(),
            words: Some(words()),
            ask_after_days: Some(2),
            after: None,
        };
        let (by, what) = match self.dice.throw(12) {
            0..=2 => (person(), CommandAction::SendMessage { words: words(), after: None }),
            3 | 4 => (person(), put_right()),
            5 => (person(), CommandAction::SetAside { entry: entry(), reason: AsideReason::Duplicate }),
            6 => (person(), CommandAction::TakeBack { entry: entry() }),
            7 => (visitor(), CommandAction::SendMessage { words: words(), after: None }),
            8 => (visitor(), CommandAction::Decide { entry: entry(), okay: true }),
            9 => (visitor(), CommandAction::Decide { entry: entry(), okay: false }),
            10 => (Actor::System, look()),
            _ => (visitor(), if self.dice.throw(4) == 0 { CommandAction::Erase } else { look() }),
        };
        // Much of it makes no sense where the conversation stands; then nothing may be counted.
        let deed = Command { shop: shop.clone(), id: id.clone(), by, what };
        let _ = self.writer.execute(deed, self.now_ms).await;
    }

    async fn goes_on(&mut self, steps: usize) {
        self.visitors_answer().await;
        for _ in 0..steps {
            match self.dice.throw(10) {
                0..=2 => self.visitors_answer().await,
                3 | 4 => self.one_says_more().await,
                5..=7 => self.take_a_random_step().await,
                8 => self.now_ms += i64::try_from(self.dice.throw(9)).unwrap() * DAY_MS + 3_600_000,
                _ => while counters::roll_up(&self.db, self.today()).await.unwrap() {},
            }
        }
    }

    /// CommandAction the kept counts say about a period, and what its rows do.
    async fn is_told_as_it_was(&self, first: i32, until: i32) {
        let marks = counters::marks(&self.db).await.unwrap().unwrap();
        for (shop, _) in &self.shops {
            let asked = [Count::All, Count::Page, Count::Reason, Count::Stage, Count::Answered];
            let kept = counter_queries::totals(&self.db, shop, &asked, (first, until), marks).await.unwrap();
            let told: BTreeMap<(Count, String), i64> =
                kept.iter().map(|k| ((k.what, k.key.clone()), k.total())).collect();
            let mut counted = BTreeMap::new();
            for (what, of) in [
                (
                    Count::All,
                    "select '', count(*) from response where shop = $1 and day >= $2 and day < $3 having count(*) > 0",
                ),
                (
                    Count::Page,
                    "select tracked_page, count(*) from response where shop = $1 and day >= $2 and day < $3 \
                    group by tracked_page",
                ),
                (
                    Count::Reason,
                    "select p.reason, count(*) from response_reason p join response r on r.shop = p.shop \
                    and r.id = p.response where r.shop = $1 and day >= $2 and day < $3 group by p.reason",
                ),
                (
                    Count::Stage,
                    "select c.stage, count(*) from conversation c join response r on r.shop = c.shop \
                    and r.id = c.response where r.shop = $1 and day >= $2 and day < $3 group by c.stage",
                ),
                (
                    Count::Answered,
                    "select '', count(*) from conversation c join response r on r.shop = c.shop \
                    and r.id = c.response where r.shop = $1 and day >= $2 and day < $3 \
                    and answered_at_ms is not null having count(*) > 0",
                ),
            ] {
                let rows: Vec<(String, i64)> = server::on!(&self.db, |pool| sqlx::query_as(of)
                    .bind(shop.as_str())
                    .bind(first)
                    .bind(until)
                    .fetch_all(pool)
                    .await)
                .unwrap();
                counted.extend(rows.into_iter().map(|(key, n)| ((what, key), n)));
            }
            assert_eq!(told, counted, "from day {first} to {until}");
        }
    }
}

#[tokio::test]
async fn whatever_happens_the_counts_are_what_the_rows_make() {
    let folder = TempDir::new("server-tests").unwrap();
    for seed in 1..=5 {
        for address in [folder.sqlite(&format!("{seed}.db")), postgres().await] {
            let mut life = Life::begins(&address, seed).await;
            let begins = life.today();
            life.goes_on(220).await;
            let wrong = counter_rebuild::check(&life.db).await.unwrap();
            assert_eq!(wrong, [], "seed {seed} on {address}");
            let days = life.today() + 2 - begins;
            assert!(days > 64, "long enough for sums of every length: {days}");
            for _ in 0..8 {
                let from =
                    begins - 2 + i32::try_from(life.dice.throw(u64::from(days.unsigned_abs()))).unwrap();
                let until = from + i32::try_from(life.dice.throw(90)).unwrap();
                life.is_told_as_it_was(from, until).await;
            }
            life.is_told_as_it_was(begins - 2, life.today() + 2).await;
            // Counted again they are the same, and a count that is wrong is found.
            counter_rebuild::rebuild(&life.db, life.today()).await.unwrap();
            assert_eq!(counter_rebuild::check(&life.db).await.unwrap(), []);
            let mut tx = life.db.begin().await.unwrap();
            let spoil = "update daily_counter set r3 = r3 + 1 where metric = 'all' and span_days = 1";
            server::within!(&mut tx, |c| sqlx::query(spoil).execute(&mut **c).await.map(drop)).unwrap();
            tx.commit().await.unwrap();
            assert!(!counter_rebuild::check(&life.db).await.unwrap().is_empty());
            life.db.close().await;
        }
    }
}

/// Several write to PostgreSQL at once. A visitor whose words make a complaint of a response holds it meanwhile; a member who erases
/// it has to see the conversation that this begins.
#[tokio::test]
async fn a_conversation_that_begins_while_its_response_is_erased_goes_with_it() {
    let life = Life::begins(&postgres().await, 1).await;
    let response = life.response();
    let (shop, id) = (response.shop.clone(), response.id.clone());
    life.writer.store(response, life.now_ms).await.unwrap();
    let mut completing = life.db.begin().await.unwrap();
    assert!(responses::find(&mut completing, &shop, &id).await.unwrap().is_some());
    let (db, its_shop, its_id) = (life.db.clone(), shop.clone(), id.clone());
    let erased = tokio::spawn(async move {
        let mut tx = db.begin().await.unwrap();
        let was_there = erase::erase(&mut tx, &its_shop, &its_id, &mut CounterChanges::new()).await.unwrap();
        tx.commit().await.unwrap();
        was_there
    });
    let waiting = "select count(*) from pg_stat_activity \
        where datname = current_database() and wait_event_type = 'Lock'";
    let count = async |text: &'static str| -> i64 {
        server::on!(&life.db, |pool| sqlx::query_scalar(text).fetch_one(pool).await).unwrap()
    };
    while !erased.is_finished() && count(waiting).await == 0 {
        tokio::task::yield_now().await;
    }
    let change = ResponseUpdate { wants_reply: Some(true), ..ResponseUpdate::default() };
    responses::update(&mut completing, &shop, &id, &change, life.now_ms).await.unwrap();
    conversations::open_if_complaint(&mut completing, &shop, &id, life.now_ms).await.unwrap();
    completing.commit().await.unwrap();
    assert!(erased.await.unwrap());
    assert_eq!(count("select count(*) from response").await, 0);
    assert_eq!(count("select count(*) from conversation").await, 0);
}
