//! When an answer comes: measured from the shop's own answers, and told where visitors ask.

use serde_json::Value;
use testkit::owner_session::OwnerSession;
use testkit::requests::{Visit, with};
use testkit::test_server::{ShopFixture, TestServer, TestServerBuilder, printed};

const ANNA: &str = "anna@kilnandkettle.example";
const HOUR_MS: i64 = 3_600_000;

/// A collector with a made-up history of a month, and the key of its shop.
pub(crate) async fn with_a_history() -> (TestServer, String) {
    let builder = TestServerBuilder::new();
    // Before the history, so that the owner has a password.
    builder.owner(ANNA, &[]);
    let told = printed(&builder.tableside(&["demo", "seed", "--responses", "2000", "--days", "20"], ""));
    let key = told.lines().find_map(|line| line.strip_prefix("shop: ")?.split(' ').next());
    let key = key.unwrap_or_else(|| panic!("a shop: {told}")).to_owned();
    (builder.start().await, key)
}

/// What the widget of this shop is told in a language.
async fn promise(server: &TestServer, key: &str, language: &str) -> Value {
    let page = server.get(&format!("/w/{key}?lang={language}")).await.text();
    let setup = page.split_once("id=\"setup\"").and_then(|(_, rest)| rest.split_once('>'));
    let setup = setup.and_then(|(_, rest)| rest.split_once("</script>")).expect("the page knows its setup").0;
    let setup: Value = serde_json::from_str(setup).expect("the setup is JSON");
    setup["promise"].clone()
}

/// Makes the shop one that never closes, so that no test depends on the time of the day.
async fn never_closes(owner: &OwnerSession<'_>, at_least: &str) {
    let mut fields = vec![("day", "0–24"); 7];
    fields.push(("at_least", at_least));
    let saved = owner.post("/settings/hours", &fields).await;
    assert_eq!((saved.status, saved.header("location")), (303, "/settings?saved=hours#hours"));
}

#[tokio::test]
async fn nothing_is_promised_where_nothing_was_measured() {
    let (server, shop) = TestServer::with_a_shop().await;
    assert_eq!(promise(&server, &shop.key, "en").await, Value::Null);
    let settings = server.owner(ANNA).await.get("/settings").await.text();
    assert!(settings.contains("Nothing is promised yet"), "{settings}");
}

#[tokio::test]
async fn visitors_are_told_what_9_of_10_people_had() {
    let (server, key) = with_a_history().await;
    let owner = server.owner(ANNA).await;
    never_closes(&owner, "").await;
    server.turn_the_clock(20_000);
    let told = promise(&server, &key, "en").await;
    let settings = owner.get("/settings").await.text();
    let head = told["head"].as_str().unwrap_or_default().to_owned();
    // With a queue that says so, it is slower than usual; both are true to what was measured.
    if told["is_slow"] == Value::Bool(true) {
        assert_eq!(head, "I’m slower than usual at the moment.");
    } else {
        assert!(head.starts_with("I usually answer within ") && head.ends_with(" hours."), "{told}");
        assert!(told["more"].as_str().is_some_and(|more| more.contains("9 of 10")), "{told}");
    }
    assert!(told["for_ms"].as_u64().is_some_and(|ms| ms > 0), "{told}");
    assert!(settings.contains(&format!("“{head}”")) && settings.contains("9 of 10 at most"), "{settings}");
    let german = promise(&server, &key, "de").await;
    assert!(german["head"].as_str().is_some_and(|head| head.starts_with("Ich ")), "{german}");
}

#[tokio::test]
async fn an_owner_may_promise_less_and_says_when_the_shop_opens() {
    let (server, key) = with_a_history().await;
    let owner = server.owner(ANNA).await;
    never_closes(&owner, "200").await;
    server.turn_the_clock(20_000);
    let told = promise(&server, &key, "en").await;
    if told["is_slow"] == Value::Bool(false) {
        assert_eq!(told["head"], "I usually answer within 9 days.", "200 hours are nine days");
    }
    // Closed on every day but the day after tomorrow, whatever day it is.
    let page = owner.get("/settings").await;
    assert_eq!(page.status, 200);
    let mut fields = vec![("day", ""); 7];
    let saved = owner.post("/settings/hours", &fields).await;
    assert_eq!(saved.status, 303);
    server.turn_the_clock(20_000);
    assert_eq!(promise(&server, &key, "en").await, Value::Null, "a shop that never opens promises nothing");
    // Open for one minute a day: it is closed nearly always.
    fields = vec![("day", "3:07–3:08"); 7];
    assert_eq!(owner.post("/settings/hours", &fields).await.status, 303);
    server.turn_the_clock(20_000);
    let told = promise(&server, &key, "en").await;
    let text = format!("{} {}", told["head"], told["more"]);
    assert!(text.contains("I’m back") && text.contains("at 3:07"), "{told}");
}

/// The last step without script is a page, too.
#[tokio::test]
async fn a_visitor_who_complains_without_script_reads_the_promise_with_the_receipt() {
    let (server, key) = with_a_history().await;
    let owner = server.owner(ANNA).await;
    never_closes(&owner, "").await;
    server.turn_the_clock(20_000);
    let head = promise(&server, &key, "en").await["head"].as_str().unwrap_or_default().to_owned();
    assert!(!head.is_empty());
    let shop = ShopFixture { key: key.clone(), tag: String::new() };
    for (rating, comment, reads_it) in [("1", "The bowl is cracked.", true), ("5", "", false)] {
        let visit = Visit::to(&shop);
        let fields = [
            ("id", visit.id.as_str()),
            ("secret", &visit.secret),
            ("rating", rating),
            ("scale", "three_faces"),
            ("comment", comment),
            ("language", "en"),
        ];
        let stored = server.call("POST", &format!("/w/{key}")).from_our_page().form(&fields).await;
        assert_eq!(stored.status, 303, "{}", stored.text());
        let thanks = server.get(stored.header("location")).await.text();
        assert!(thanks.contains("ts-receipt"));
        let body = thanks.split("<script").next().unwrap_or_default();
        assert_eq!(body.contains(&head), reads_it, "{rating}: {body}");
    }
}

#[tokio::test]
async fn a_shop_that_left_people_waiting_is_no_faster_for_it() {
    let (server, key) = with_a_history().await;
    let owner = server.owner(ANNA).await;
    never_closes(&owner, "").await;
    let shop = ShopFixture { key: key.clone(), tag: String::new() };
    for _ in 0..9 {
        let visit = Visit::to(&shop);
        let body = with(visit.says(1, "Nobody answers."), "wants_reply", true);
        assert_eq!(server.respond(&body).await.status, 201);
    }
    server.turn_the_clock(90 * HOUR_MS);
    let told = promise(&server, &key, "en").await;
    assert_eq!(told["is_slow"], Value::Bool(true), "nine people wait for days: {told}");
    assert!(told["more"].as_str().is_some_and(|more| more.contains("wrote before you")), "{told}");
}
