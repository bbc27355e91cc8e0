//! The visitor's side of a conversation: a visitor with the secret reads, answers, decides and ends it; others cannot.

use serde_json::{Value, json};
use shared::ids::Secret;
use testkit::event_listener::message_id;
use testkit::requests::{Visit, with};
use testkit::test_server::{ShopFixture, TestServer};

pub(crate) const ANNA: &str = "anna@kilnandkettle.example";

const MINUTE_MS: i64 = 60_000;

pub(crate) const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// A collector, its shop, and a visitor whose complaint has arrived.
pub(crate) async fn complained(words: &str) -> (TestServer, ShopFixture, Visit) {
    let (server, shop) = TestServer::with_a_shop().await;
    let visit = complains(&server, &shop, words).await;
    (server, shop, visit)
}

pub(crate) async fn complains(server: &TestServer, shop: &ShopFixture, words: &str) -> Visit {
    let visit = Visit::to(shop);
    assert_eq!(server.respond(&visit.says(1, words)).await.status, 201);
    visit
}

/// A secret like no other's, as a browser makes one.
pub(crate) fn secret(n: u8) -> String {
    Secret::from_bytes(&[n; 32]).reveal().to_owned()
}

pub(crate) fn words_of(talk: &Value) -> Vec<(bool, &str)> {
    let messages = talk["messages"].as_array().expect("messages");
    messages
        .iter()
        .filter(|m| m["kind"] == "words")
        .map(|m| (m["mine"].as_bool().expect("whose"), m["words"].as_str().expect("words")))
        .collect()
}

// ---- Reading and writing ----

#[tokio::test]
async fn a_complaint_is_a_conversation_that_its_visitor_reads_and_goes_on_with() {
    let words = "The bowl has a crack. <b>Sad</b> & \"late\" ü 李雷";
    let (server, shop, visit) = complained(words).await;
    let talk = server.reads(&visit).await;
    assert_eq!((talk["id"].as_str(), talk["stage"].as_str()), (Some(visit.id.as_str()), Some("received")));
    assert_eq!(words_of(&talk), [(true, words)]);
    assert_eq!(talk["can_be_okay"], false, "nothing was put right yet");

    let answer = server.say(&visit, &message_id(), "  It was a present.\r\nFor Saturday. ").await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let talk = server.reads(&visit).await;
    assert_eq!(words_of(&talk), [(true, words), (true, "It was a present.\nFor Saturday.")]);

    let listed = server.lists(&[&visit]).await;
    assert_eq!(listed.len(), 1);
    assert_eq!((listed[0]["unread"].as_u64(), listed[0]["words"].as_str()), (Some(0), Some(words)));
    assert_eq!(listed[0]["person"], "", "there is no reply yet");
    assert_eq!(listed[0]["receipt"], server.respond(&visit.says(1, words)).await.json()["receipt"]);
    assert_eq!(shop.key, visit.shop);
}

#[tokio::test]
async fn a_rating_without_words_is_no_conversation() {
    let (server, shop) = TestServer::with_a_shop().await;
    let visit = Visit::to(&shop);
    server.respond(&visit.rates(1)).await.json();
    assert_eq!(server.talk(&visit, "read", &visit.entry()).await.status, 404);
    assert!(server.lists(&[&visit]).await.is_empty());
    // Words later make it one.
    server.complete(&visit.id, &with(visit.change(), "comment", "The handle broke off.")).await.json();
    assert_eq!(words_of(&server.reads(&visit).await), [(true, "The handle broke off.")]);
}

/// A lost answer is asked for again: the id that the browser made says that it is the same message.
#[tokio::test]
async fn a_message_sent_again_is_said_once() {
    let (server, _, visit) = complained("Late.").await;
    let id = message_id();
    let calls = (0..20).map(|_| server.say(&visit, &id, "Hello?"));
    for answer in futures_util::future::join_all(calls).await {
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.json()["id"], id.as_str(), "echoed, or the browser would not forget its copy");
    }
    assert_eq!(words_of(&server.reads(&visit).await).len(), 2);
    // Other words under the same id are something else.
    let answer = server.say(&visit, &id, "Something else.").await;
    assert_eq!((answer.status, answer.refusal().as_str()), (422, "id_taken"));
}

#[tokio::test]
async fn what_is_not_fine_is_refused_with_its_field() {
    let (server, _, visit) = complained("Late.").await;
    let say = |field: &str, value: Value| {
        let body = with(with(visit.entry(), "message", message_id()), "words", "Hello?");
        with(body, field, value)
    };
    let too_long = "x".repeat(4_001);
    for (body, status, code, field) in [
        (say("words", json!(" \n ")), 400, "missing", Some("words")),
        (say("words", json!(too_long)), 422, "too_long", Some("words")),
        (say("words", json!("a\u{0}b")), 400, "control_character", Some("words")),
        (say("message", json!("1")), 400, "id_looks_wrong", Some("message")),
        (say("secret", json!("short")), 400, "secret_looks_wrong", Some("secret")),
        (say("shop", json!("no-such-shop")), 404, "no_such_shop", Some("shop")),
        (say("author", json!("owner")), 400, "malformed", None),
        (say("sender", json!("person")), 400, "malformed", None),
        (say("words", json!(7)), 400, "malformed", None),
    ] {
        let answer = server.talk(&visit, "messages", &body).await;
        assert_eq!((answer.status, answer.refusal().as_str()), (status, code), "{body}");
        assert_eq!(answer.refused_field().as_deref(), field, "{body}");
    }
    assert_eq!(words_of(&server.reads(&visit).await).len(), 1, "nothing of it was said");
    let many: Vec<Visit> = (0..21).map(|_| visit.clone()).collect();
    let keys: Vec<Value> = many.iter().map(|v| json!({ "id": v.id, "secret": v.secret })).collect();
    let body = json!({ "shop": visit.shop, "keys": keys });
    let answer = server.call("POST", "/v1/conversations").from_our_page().json(&body).await;
    assert_eq!((answer.status, answer.refused_field().as_deref()), (429, Some("keys")));
}

#[tokio::test]
async fn the_thirty_first_message_in_ten_minutes_has_to_wait_and_the_answer_says_how_long() {
    let (server, _, visit) = complained("Late.").await;
    for n in 0..30 {
        if n == 10 {
            server.turn_the_clock(4 * MINUTE_MS);
        }
        let answer = server.say(&visit, &message_id(), &format!("number {n}")).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    let (id, words) = (message_id(), "one too many");
    let answer = server.say(&visit, &id, words).await;
    assert_eq!((answer.status, answer.refusal().as_str()), (429, "too_many"));
    let wait_s: i64 = answer.header("retry-after").parse().expect("seconds");
    assert!((5 * 60..=6 * 60 + 1).contains(&wait_s), "until the first of them is ten minutes old: {wait_s}");
    server.turn_the_clock(wait_s * 1_000);
    assert_eq!(server.say(&visit, &id, words).await.status, 200, "and then it is taken");
    assert_eq!(words_of(&server.reads(&visit).await).len(), 32);
}

// ---- Whose it is ----

/// What happened in a conversation, by its kind.
fn kinds(talk: &Value) -> Vec<&str> {
    let messages = talk["messages"].as_array().expect("messages");
    messages.iter().map(|m| m["kind"].as_str().expect("a kind")).collect()
}

async fn unread(server: &TestServer, visit: &Visit) -> u64 {
    server.lists(&[visit]).await[0]["unread"].as_u64().expect("a number")
}

#[tokio::test]
async fn an_answer_is_unread_until_it_was_seen_and_says_who_gave_it() {
    let (server, _, visit) = complained("The bowl has a crack.").await;
    let anna = server.owner(ANNA).await;
    let mut listener = server.listens(&[&visit]).await.expect("a stream");
    anna.answers(&visit.id, "I’m sorry. A new one leaves today.").await;
    assert!(listener.hears_news().await);
    let talk = server.reads(&visit).await;
    assert_eq!(talk["stage"], "in_hand");
    assert_eq!(words_of(&talk)[1], (false, "I’m sorry. A new one leaves today."));
    let answer = &talk["messages"][1];
    assert_eq!((answer["new"].as_bool(), answer["mine"].as_bool()), (Some(true), Some(false)));
    let name = answer["person"].as_str().expect("a name");
    assert!(!name.is_empty() && !name.contains('@'), "a person, and no address: {name:?}");
    let line = &server.lists(&[&visit]).await[0];
    assert_eq!((line["unread"].as_u64(), line["person"].as_str()), (Some(1), Some(name)));
    assert_eq!(unread(&server, &visit).await, 1, "reading alone says nothing about having seen it");

    // What came after it was not seen.
    let seen = with(visit.entry(), "until_ms", answer["sent_at_ms"].clone());
    server.turn_the_clock(MINUTE_MS);
    anna.answers(&visit.id, "It has left.").await;
    assert_eq!(server.talk(&visit, "seen", &seen).await.status, 200);
    assert_eq!(unread(&server, &visit).await, 1);
    let talk = server.reads(&visit).await;
    assert_eq!(
        (talk["messages"][1]["new"].as_bool(), talk["messages"][2]["new"].as_bool()),
        (Some(false), Some(true))
    );
}

/// The visitor always sees a person: by the name they had when they said it, and by the photo they have now.
#[tokio::test]
async fn a_visitor_sees_the_name_and_the_photo_of_the_member_who_answers() {
    let (server, shop, visit) = complained("The bowl has a crack.").await;
    let anna = server.owner(ANNA).await;
    let photo = b"\x89PNG\r\n\x1a\n\0\0\0\x04IHDRsize\x24\x8a\x12\x16\0\0\0\x06IDATpixels\x4f\x25\x84\xa8\0\0\0\0IEND\xae\x42\x60\x82";
    let mut body = Vec::new();
    for (name, value) in [("name", "Anna Lind"), ("language", "en")] {
        let part = format!("--x\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    let head = "--x\r\ncontent-disposition: form-data; name=\"photo\"; filename=\"me.png\"\r\n\
        content-type: image/png\r\n\r\n";
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(photo);
    body.extend_from_slice(b"\r\n--x--\r\n");
    let saved = anna
        .call("POST", "/settings/people/you")
        .from_our_page()
        .body("multipart/form-data; boundary=x", body)
        .await;
    assert_eq!(saved.status, 303, "{}", saved.text());
    anna.answers(&visit.id, "I’m sorry.").await;
    let talk = server.reads(&visit).await;
    let answer = &talk["messages"][1];
    assert_eq!(answer["person"], "Anna", "as said across a counter");
    let address = answer["photo"].as_str().expect("a photo");
    assert!(address.starts_with(&format!("/p/{}/", shop.key)), "{address}");
    let shown = server.get(address).await;
    assert_eq!((shown.status, shown.header("content-type")), (200, "image/png"));
    assert_eq!(talk["messages"][0]["photo"], Value::Null, "the visitor has none");
}

#[tokio::test]
async fn what_the_shop_says_among_itself_never_leaves_it() {
    let (server, _, visit) = complained("The bowl has a crack.").await;
    let anna = server.owner(ANNA).await;
    let canary = "canary-7c1f";
    anna.does(&visit.id, "reply", &[("kind", "note"), ("words", canary)]).await;
    anna.does(&visit.id, "set-aside", &[("reason", "duplicate")]).await;
    let talk = server.reads(&visit).await;
    assert_eq!((talk["stage"].as_str(), talk["can_be_okay"].as_bool()), (Some("received"), Some(false)));
    anna.does(&visit.id, "take-back", &[]).await;
    anna.answers(&visit.id, "I’m sorry.").await;
    anna.puts_right(&visit.id, "A new one is there.").await;
    let talk = server.reads(&visit).await;
    assert_eq!(kinds(&talk), ["words", "words", "words", "put_right"]);
    assert_eq!(talk["messages"][3]["words"], "replacement", "the remedy is told");
    let all = [talk.to_string(), server.lists(&[&visit]).await[0].to_string()].concat();
    for internal in [canary, "duplicate", "broken_on_arrival", "set_aside", "note"] {
        assert!(!all.contains(internal), "{internal}: {all}");
    }
}

#[tokio::test]
async fn who_was_set_aside_as_spam_can_write_no_more() {
    let (server, _, visit) = complained("Buy my pills.").await;
    server.owner(ANNA).await.does(&visit.id, "set-aside", &[("reason", "spam")]).await;
    let answer = server.say(&visit, &message_id(), "Buy them.").await;
    assert_eq!((answer.status, answer.refusal().as_str()), (410, "conversation_over"));
}

/// What the shop has acted on stays as it was: otherwise a visitor could change what the reply answers.
#[tokio::test]
async fn what_the_shop_has_seen_can_be_added_to_and_not_rewritten() {
    let (server, _, visit) = complained("The bowl is cracked.").await;
    let anna = server.owner(ANNA).await;
    let change = |field, value: Value| with(visit.change(), field, value);
    assert_eq!(
        server.complete(&visit.id, &change("comment", json!("The bowl is cracked!"))).await.status,
        200,
        "before anyone has read it"
    );
    anna.answers(&visit.id, "Here are your ten euros.").await;
    for (field, value) in [
        ("comment", json!("I asked for a thousand euros.")),
        ("comment", json!("")),
        ("rating", json!(5)),
        ("reasons", json!(["delivery"])),
        ("wants_reply", json!(true)),
    ] {
        let answer = server.complete(&visit.id, &change(field, value)).await;
        assert_eq!((answer.status, answer.refusal().as_str()), (409, "not_now"), "{field}");
    }
    assert_eq!(words_of(&server.reads(&visit).await)[0], (true, "The bowl is cracked!"));
    assert_eq!(
        server.complete(&visit.id, &change("comment", json!("The bowl is cracked!"))).await.status,
        200,
        "the same again, whose answer was lost"
    );
    for (field, value) in [("email", json!("marta@posteo.example")), ("order", json!("1042"))] {
        assert_eq!(server.complete(&visit.id, &change(field, value)).await.status, 200, "{field} is added");
    }
    assert_eq!(server.complete(&visit.id, &change("order", json!("2"))).await.status, 409, "and not changed");
    assert_eq!(server.say(&visit, &message_id(), "It was a present.").await.status, 200);
}

#[tokio::test]
async fn who_was_set_aside_as_spam_changes_nothing_either() {
    let (server, _, visit) = complained("BUY PILLS").await;
    server.owner(ANNA).await.does(&visit.id, "set-aside", &[("reason", "spam")]).await;
    for change in
        [with(visit.change(), "comment", "MORE PILLS"), with(visit.change(), "email", "pills@evil.example")]
    {
        assert_eq!(server.complete(&visit.id, &change).await.status, 410);
    }
}

#[tokio::test]
async fn the_visitor_has_the_last_word_on_whether_it_is_okay_now() {
    let (server, _, visit) = complained("The bowl has a crack.").await;
    let anna = server.owner(ANNA).await;
    anna.answers(&visit.id, "I’m sorry.").await;
    let early = server.decide(&visit, true).await;
    assert_eq!((early.status, early.refusal().as_str()), (409, "not_now"), "nothing was put right yet");
    anna.puts_right(&visit.id, "A new one is there.").await;
    assert_eq!(server.reads(&visit).await["can_be_okay"], true);
    for (okay, stage) in [(false, "reopened"), (true, "recovered"), (false, "reopened"), (true, "recovered")]
    {
        let answer = server.decide(&visit, okay).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let talk = server.reads(&visit).await;
        assert_eq!(talk["stage"], stage);
    }
    assert_eq!(server.reads(&visit).await["can_be_okay"], false, "it is");
    // The same verdict sent again changes nothing.
    let id = message_id();
    let body = with(with(visit.entry(), "message", id.as_str()), "okay", false);
    for _ in 0..3 {
        assert_eq!(server.talk(&visit, "verdict", &body).await.status, 200);
    }
    let talk = server.reads(&visit).await;
    assert_eq!(kinds(&talk).iter().filter(|k| **k == "not_yet").count(), 3);
}

#[tokio::test]
async fn the_visitor_is_asked_once_after_the_time_the_shop_chose() {
    let (server, _, visit) = complained("The bowl has a crack.").await;
    let anna = server.owner(ANNA).await;
    anna.answers(&visit.id, "I’m sorry.").await;
    anna.puts_right(&visit.id, "A new one is there.").await;
    let before = unread(&server, &visit).await;
    server.turn_the_clock(2 * DAY_MS + MINUTE_MS);
    testkit::wait::until("the visitor is asked", || async {
        let talk = server.reads(&visit).await;
        if kinds(&talk).contains(&"asked") { Ok(()) } else { Err(talk) }
    })
    .await;
    assert_eq!(unread(&server, &visit).await, before + 1, "and the launcher says so");
    server.turn_the_clock(20 * DAY_MS);
    // No session lasts so long.
    let anna = server.owner(ANNA).await;
    testkit::wait::until("the shop waits no more", || async {
        let list = anna.get("/inbox?view=unconfirmed").await;
        if list.text().contains(&visit.id) { Ok(()) } else { Err(list.status) }
    })
    .await;
    let talk = server.reads(&visit).await;
    assert_eq!(kinds(&talk).iter().filter(|k| **k == "asked").count(), 1, "once");
    assert_eq!((talk["stage"].as_str(), talk["can_be_okay"].as_bool()), (Some("put_right"), Some(true)));
}

// ---- The page behind a link ----
