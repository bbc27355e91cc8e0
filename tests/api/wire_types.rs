//! Every type of `shared/src/wire*` is what goes over the wire: requests with all their fields are taken, and the collector's
//! JSON has each field of its type, and no other. A field that only one side knows fails here.

use crate::inbox;
use crate::reply_promise::with_a_history;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use shared::ids::Secret;
use shared::moment::Moment;
use shared::wire::conversation::{
    ConversationAccess, ConversationKey, ConversationList, ListConversations, MarkSeen, NewLink, NewMessage,
    NewVerdict, OpenedLink, VisitorConversation,
};
use shared::wire::{CheckInReport, FrameSetup, LoaderSetup, Refused, Stored};
use std::collections::BTreeSet;
use std::path::Path;
use testkit::event_listener::message_id;
use testkit::http::HttpResponse;
use testkit::requests::{Visit, with};
use testkit::test_server::{ShopFixture, TestServer};

const ANNA: &str = "anna@kilnandkettle.example";

/// Where each type is sent: here, or in `wire_fields`. A new one fails the first test until it is sent, too.
const SENT: [&str; 20] = [
    "CheckInReport",
    "ConversationAccess",
    "ConversationKey",
    "ConversationList",
    "ConversationSummary",
    "FrameSetup",
    "ListConversations",
    "LoaderSetup",
    "MarkSeen",
    "NewLink",
    "NewMessage",
    "NewResponse",
    "NewVerdict",
    "OpenedLink",
    "Refused",
    "ResponseChange",
    "Stored",
    "VisitorConversation",
    "VisitorMessage",
    "WireError",
];
/// Fields of those above.
const PARTS: [&str; 2] = ["WirePage", "WirePromise"];

#[test]
fn every_wire_type_is_sent_by_a_test() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/src");
    let mut there = BTreeSet::new();
    for file in ["wire.rs", "wire/conversation.rs"] {
        let source = std::fs::read_to_string(shared.join(file)).expect("the wire types");
        let names = source.lines().filter_map(|line| line.strip_prefix("pub struct ")?.split(' ').next());
        there.extend(names.map(str::to_owned));
    }
    assert_eq!(there, SENT.into_iter().chain(PARTS).map(str::to_owned).collect());
}

/// Reads the collector's JSON as its type and writes it again: nothing may be lost or added. All fields but these have to be
/// filled, since an empty one proves little.
fn read<T: Serialize + DeserializeOwned>(sent: &Value, may_be_empty: &[&str]) -> T {
    let read: T = serde_json::from_value(sent.clone()).unwrap_or_else(|cause| panic!("{cause}: {sent}"));
    let written = serde_json::to_value(&read).expect("it can be written");
    assert_eq!(&written, sent);
    assert_filled(sent, "", may_be_empty);
    read
}

fn assert_filled(value: &Value, name: &str, may_be_empty: &[&str]) {
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(name, field)| assert_filled(field, name, may_be_empty))
        }
        Value::Array(all) if !all.is_empty() => {
            all.iter().for_each(|one| assert_filled(one, name, may_be_empty))
        }
        _ => {
            let is_empty = [json!(null), json!(""), json!(0), json!(false), json!([])].contains(value);
            assert!(!is_empty || may_be_empty.contains(&name), "{name} is {value}");
        }
    }
}

fn secret(n: u8) -> String {
    Secret::from_bytes(&[n; 32]).reveal().to_owned()
}

/// Sends a request as the widget does.
async fn sends(server: &TestServer, path: &str, request: &impl Serialize) -> HttpResponse {
    let body = serde_json::to_value(request).expect("it can be written");
    server.call("POST", path).from_our_page().json(&body).await
}

#[tokio::test]
async fn what_a_visitor_sends_in_a_conversation_is_taken_field_by_field() {
    let (server, shop) = TestServer::with_a_shop().await;
    let ShopFixture { key, .. } = shop.clone();
    let visit = Visit::to(&shop);
    let words = with(visit.says(1, "The bowl has a crack."), "email", "marta@posteo.example");
    let answer = server.respond(&with(words, "wants_reply", true)).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let stored: Stored = read(&answer.json(), &[]);
    assert_eq!(stored.id, visit.id);
    let path = |what: &str| format!("/v1/conversations/{}/{what}", visit.id);

    let anna = server.owner(ANNA).await;
    let page = anna.get(&format!("/inbox/{}", visit.id)).await;
    assert_eq!(inbox::sends(&anna, &page, &format!("/inbox/{}/read", visit.id), &[]).await.status, 303);
    anna.answers(&visit.id, "I’m sorry.").await;
    let keys = vec![ConversationKey { id: visit.id.clone(), secret: visit.secret.clone() }];
    let listed = sends(&server, "/v1/conversations", &ListConversations { shop: key.clone(), keys }).await;
    let listed: ConversationList = read(&listed.json(), &[]);
    assert_eq!((listed.talks[0].receipt.as_str(), listed.talks[0].unread), (stored.receipt.as_str(), 1));

    let access = ConversationAccess { shop: key.clone(), secret: visit.secret.clone() };
    let reads = async || {
        let answer = sends(&server, &path("read"), &access).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        // The visitor has no person, Anna has no photo, and a verdict has no words.
        read::<VisitorConversation>(
            &answer.json(),
            &["person", "photo", "words", "mine", "new", "can_be_okay"],
        )
    };
    let talk = reads().await;
    assert!(talk.has_email && talk.messages[1].new && talk.messages[0].mine, "{talk:?}");
    let until_ms = talk.messages[1].sent_at_ms;
    let seen = MarkSeen { shop: key.clone(), secret: visit.secret.clone(), until_ms };
    assert_eq!(sends(&server, &path("seen"), &seen).await.status, 200);
    let message = NewMessage {
        shop: key.clone(),
        secret: visit.secret.clone(),
        message: message_id(),
        words: "It leaks.".to_owned(),
    };
    assert_eq!(sends(&server, &path("messages"), &message).await.status, 200);
    let talk = reads().await;
    assert!(!talk.messages[1].new, "{talk:?}");
    assert_eq!((&talk.messages[2].id, &talk.messages[2].words), (&message.message, &message.words));

    anna.puts_right(&visit.id, "A new one leaves today.").await;
    let okay =
        NewVerdict { shop: key.clone(), secret: visit.secret.clone(), message: message_id(), okay: true };
    assert_eq!(sends(&server, &path("verdict"), &okay).await.status, 200);
    let last = reads().await.messages.pop().expect("there are messages");
    assert_eq!((last.id.as_str(), last.kind.as_str()), (okay.message.as_str(), "okay"));

    let link = NewLink { shop: key.clone(), secret: visit.secret.clone(), link: secret(1) };
    assert_eq!(sends(&server, &path("links"), &link).await.status, 200);
    let opened = OpenedLink { shop: key.clone(), link: secret(1), secret: secret(2) };
    assert_eq!(sends(&server, "/v1/links", &opened).await.json()["id"], visit.id.as_str());
    let phone = ConversationAccess { shop: key.clone(), secret: secret(2) };
    assert_eq!(sends(&server, &path("read"), &phone).await.status, 200);

    let shown = CheckInReport { shop: key, moment: Moment::MidJourney, what: "shown".to_owned() };
    assert_eq!(sends(&server, "/v1/check-ins", &shown).await.status, 204);
}

#[tokio::test]
async fn a_refusal_names_its_code_its_reason_and_its_field() {
    let (server, shop) = TestServer::with_a_shop().await;
    let refused = server.respond(&Visit::to(&shop).rates(9)).await;
    let Refused { error } = read(&refused.json(), &[]);
    assert_eq!((refused.status, error.field.as_deref()), (422, Some("rating")));
}

#[tokio::test]
async fn a_page_arrives_with_every_field_of_its_setup() {
    let (server, key) = with_a_history().await;
    let page = server.get(&format!("/w/{key}?framed=1")).await.text();
    let setup = page.split_once("id=\"setup\"").and_then(|(_, rest)| rest.split_once('>'));
    let setup = setup.and_then(|(_, rest)| rest.split_once("</script>")).expect("the page knows its setup").0;
    let setup: Value = serde_json::from_str(setup).expect("the setup is JSON");
    // There is no photo, the promise may be an ordinary one, and this is no preview.
    let empty = ["photo", "fallback_email", "more", "is_slow", "preview", "framed", "words"];
    let setup: FrameSetup = read(&setup, &empty);
    assert_eq!(setup.shop, key);
    assert!(setup.promise.is_some_and(|promise| promise.for_ms > 0), "a promise follows from the history");

    let script = server.get(&format!("/s/{key}.js")).await.text();
    let begins = script.find("{\"key\":").expect("the loader knows its setup");
    let mut setups = serde_json::Deserializer::from_str(&script[begins..]).into_iter::<Value>();
    let setup = setups.next().expect("a setup").expect("the setup is JSON");
    let empty = ["theme", "mid", "after", "after_path", "preview", "launcher"];
    let setup: LoaderSetup = read(&setup, &empty);
    assert_eq!((setup.key, setup.base), (key, server.url.clone()));
}
