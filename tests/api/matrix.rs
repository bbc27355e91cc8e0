//! Every way in, and who gets what there. A way in without a row here fails the test: each needs a decision.
//!
//! To add a row, put it where it belongs in `rows()`: the method and the path as they stand in `server/src/router.rs`, what each
//! of the seven gets, and the request. What they send is best something that changes nothing, such as an empty form, which is
//! refused with 422 behind the door.

use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use testkit::event_listener::message_id;
use testkit::http::Call;
use testkit::owner_session::OwnerSession;
use testkit::requests::{Visit, with};
use testkit::routes::{ROUTES, Route};
use testkit::test_server::{PASSWORD, SHOP_ORIGIN, ShopFixture, TestServer, TestServerBuilder, printed};

/// The sender of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Caller {
    /// Without a session or a secret.
    SignedOut,
    /// One of the shop's people, who may read.
    Reader,
    /// One who may answer.
    Staff,
    /// One who may decide.
    Owner,
    /// The owner of another shop.
    Stranger,
    /// The visitor whose response it is, with its secret.
    Visitor,
    /// Another visitor, with a secret of their own.
    OtherVisitor,
}

impl Caller {
    const ALL: [Self; 7] = [
        Self::SignedOut,
        Self::Reader,
        Self::Staff,
        Self::Owner,
        Self::Stranger,
        Self::Visitor,
        Self::OtherVisitor,
    ];

    /// Where they sign in with, if they do.
    fn email(self) -> Option<&'static str> {
        match self {
            Self::Reader => Some("rita@kilnandkettle.example"),
            Self::Staff => Some("sam@kilnandkettle.example"),
            Self::Owner => Some("anna@kilnandkettle.example"),
            Self::Stranger => Some("mallory@evil.example"),
            Self::SignedOut | Self::Visitor | Self::OtherVisitor => None,
        }
    }
}

/// A shop with one of each caller.
struct Cast {
    server: TestServer,
    shop: ShopFixture,
    mine: Visit,
    /// The same visitor's second response, whose secret is made worthless on the way.
    spare: Visit,
    other: Visit,
    cookies: BTreeMap<Caller, String>,
}

impl Cast {
    async fn new() -> Self {
        let builder = TestServerBuilder::new().option("--rate-sign-ins", "1000");
        let (shop, theirs) =
            (builder.shop("Kiln & Kettle", SHOP_ORIGIN), builder.shop("Paper Lantern", SHOP_ORIGIN));
        let add = |who: Caller, role: &str, shop: &ShopFixture| {
            let email = who.email().expect("they sign in");
            let args = ["owner", "add", email, "--password-stdin", "--role", role, "--shop", &shop.key];
            printed(&builder.tableside(&args, PASSWORD));
        };
        add(Caller::Owner, "owner", &shop);
        add(Caller::Staff, "staff", &shop);
        add(Caller::Reader, "reader", &shop);
        add(Caller::Stranger, "owner", &theirs);
        let server = builder.start().await;
        let (mine, spare, other) = (Visit::to(&shop), Visit::to(&shop), Visit::to(&shop));
        for visit in [&mine, &spare, &other] {
            let stored = server.respond(&with(visit.says(1, "It is cracked."), "wants_reply", true)).await;
            assert_eq!(stored.status, 201, "{}", stored.text());
        }
        let mut cast = Self { server, shop, mine, spare, other, cookies: BTreeMap::new() };
        cast.sign_in().await;
        cast
    }

    /// Signs in every caller who can sign in.
    async fn sign_in(&mut self) {
        for who in Caller::ALL {
            if let Some(email) = who.email() {
                let cookie = OwnerSession::sign_in(&self.server, email).await.cookie;
                self.cookies.insert(who, cookie);
            }
        }
    }

    /// A caller's request for our shop, from one of our own pages.
    fn call(&self, who: Caller, method: &str, path: &str) -> Call {
        let join = if path.contains('?') { '&' } else { '?' };
        let call = self.server.call(method, &format!("{path}{join}shop={}", self.shop.key)).from_our_page();
        match self.cookies.get(&who) {
            Some(cookie) => call.header("cookie", cookie),
            None => call,
        }
    }

    fn get(&self, who: Caller, path: &str) -> Call {
        self.call(who, "GET", path)
    }

    /// A form without anything in it.
    fn empty(&self, who: Caller, path: &str) -> Call {
        self.call(who, "POST", path).form(&[])
    }

    /// A form with a file, without anything in it.
    fn empty_parts(&self, who: Caller, path: &str) -> Call {
        self.call(who, "POST", path).body("multipart/form-data; boundary=x", "--x--\r\n")
    }

    /// The secret that a caller shows as that of one of the visitor's responses.
    fn secret(&self, who: Caller, visit: &Visit) -> String {
        match who {
            Caller::Visitor => visit.secret.clone(),
            Caller::OtherVisitor => self.other.secret.clone(),
            Caller::SignedOut | Caller::Reader | Caller::Staff | Caller::Owner | Caller::Stranger => {
                "A".repeat(43)
            }
        }
    }

    /// A call about one of the visitor's conversations, with more in its body than the shop and the secret.
    fn talk(&self, who: Caller, visit: &Visit, what: &str, more: &[(&str, Value)]) -> Call {
        let mut body = json!({ "shop": self.shop.key, "secret": self.secret(who, visit) });
        for (name, value) in more {
            body[name] = value.clone();
        }
        self.call(who, "POST", &format!("/v1/conversations/{}/{what}", visit.id)).json(&body)
    }

    /// A call about all conversations that a caller claims to own.
    fn talks(&self, who: Caller, path: &str) -> Call {
        let keys = json!([{ "id": self.mine.id, "secret": self.secret(who, &self.mine) }]);
        self.call(who, "POST", path).json(&json!({ "shop": self.shop.key, "keys": keys }))
    }

    /// An empty form about the conversation of the visitor.
    fn inbox(&self, who: Caller, what: &str) -> Call {
        self.empty(who, &format!("/inbox/{}/{what}", self.mine.id))
    }
}

/// What each of the seven gets: a status; 401 stands for the way to the sign-in page.
type Expected = [u16; 7];

/// All callers get the same.
const fn all(status: u16) -> Expected {
    [status; 7]
}

/// The people of the shop.
const fn people(status: u16) -> Expected {
    [401, status, status, status, 404, 401, 401]
}

/// Those who may answer.
const fn answers(status: u16) -> Expected {
    [401, 403, status, status, 404, 401, 401]
}

/// Those who may decide.
const fn decides(status: u16) -> Expected {
    [401, 403, 403, status, 404, 401, 401]
}

/// The visitor whose response it is; for all others there is nothing.
const fn visitor(status: u16) -> Expected {
    [404, 404, 404, 404, 404, status, 404]
}

struct MatrixRow {
    method: &'static str,
    path: &'static str,
    expected: Expected,
    ask: fn(&Cast, Caller) -> Call,
}

const fn row(
    method: &'static str,
    path: &'static str,
    expected: Expected,
    ask: fn(&Cast, Caller) -> Call,
) -> MatrixRow {
    MatrixRow { method, path, expected, ask }
}

#[rustfmt::skip] // A table is read by its columns.
fn rows() -> Vec<MatrixRow> {
    vec![
        // What the widget may call
        row("POST", "/v1/responses", all(201), |t, who| t.call(who, "POST", "/v1/responses").json(&Visit::to(&t.shop).rates(5))),
        row("PATCH", "/v1/responses/{id}", visitor(200), |t, who| {
            let change = json!({ "shop": t.shop.key, "secret": t.secret(who, &t.mine), "order": "20418" });
            t.call(who, "PATCH", &format!("/v1/responses/{}", t.mine.id)).json(&change)
        }),
        row("POST", "/v1/check-ins", all(204), |t, who| t.call(who, "POST", "/v1/check-ins").json(&json!({ "shop": t.shop.key, "moment": "mid_journey", "what": "shown" }))),
        row("POST", "/v1/conversations", all(200), |t, who| t.talks(who, "/v1/conversations")),
        row("POST", "/v1/conversations/news", visitor(200), |t, who| t.talks(who, "/v1/conversations/news")),
        row("POST", "/v1/conversations/{id}/read", visitor(200), |t, who| t.talk(who, &t.mine, "read", &[])),
        row("POST", "/v1/conversations/{id}/messages", visitor(200), |t, who| t.talk(who, &t.mine, "messages", &[("message", message_id().into()), ("words", "Hello?".into())])),
        row("POST", "/v1/conversations/{id}/seen", visitor(200), |t, who| t.talk(who, &t.mine, "seen", &[("until_ms", 1.into())])),
        row("POST", "/v1/conversations/{id}/verdict", visitor(409), |t, who| t.talk(who, &t.mine, "verdict", &[("message", message_id().into()), ("okay", true.into())])),
        row("POST", "/v1/conversations/{id}/links", visitor(200), |t, who| t.talk(who, &t.mine, "links", &[("link", "Q".repeat(43).into())])),
        row("POST", "/v1/conversations/{id}/forget", visitor(200), |t, who| t.talk(who, &t.spare, "forget", &[])),
        row("POST", "/v1/links", all(404), |t, who| t.call(who, "POST", "/v1/links").json(&json!({ "shop": t.shop.key, "link": t.secret(who, &t.mine), "secret": "g".repeat(43) }))),
        row("GET", "/c/{key}", all(200), |t, who| t.get(who, &format!("/c/{}", t.shop.key))),
        row("GET", "/s/{file}", all(200), |t, who| t.get(who, &format!("/s/{}.js", t.shop.key))),
        row("GET", "/w/{key}", all(200), |t, who| t.get(who, &format!("/w/{}", t.shop.key))),
        row("GET", "/w/{key}", [404, 200, 200, 200, 404, 404, 404], |t, who| t.get(who, &format!("/w/{}?preview=1", t.shop.key))),
        row("POST", "/w/{key}", all(303), |t, who| {
            let Visit { id, secret, .. } = Visit::to(&t.shop);
            t.call(who, "POST", &format!("/w/{}", t.shop.key)).form(&[("id", &id), ("secret", &secret), ("rating", "5")])
        }),
        row("GET", "/a/{name}", all(404), |t, who| t.get(who, "/a/odd.css")),
        row("GET", "/p/{shop}/{photo}", all(404), |t, who| t.get(who, &format!("/p/{}/odd", t.shop.key))),
        // What a link in a mail opens: the key in it is all that counts
        row("GET", "/u/{key}/{secret}", all(404), |t, who| t.get(who, &format!("/u/{}/{}", t.shop.key, t.secret(who, &t.mine)))),
        row("POST", "/u/{key}/{secret}", all(404), |t, who| t.empty(who, &format!("/u/{}/{}", t.shop.key, t.secret(who, &t.mine)))),
        row("GET", "/u/{key}/weekly/{mail}", all(404), |t, who| t.get(who, &format!("/u/{}/weekly/{}", t.shop.key, t.mine.id))),
        row("POST", "/u/{key}/weekly/{mail}", all(404), |t, who| t.empty(who, &format!("/u/{}/weekly/{}", t.shop.key, t.mine.id))),
        // What machines ask
        row("GET", "/healthz", all(200), |t, who| t.get(who, "/healthz")),
        row("GET", "/readyz", all(200), |t, who| t.get(who, "/readyz")),
        // The doors
        row("GET", "/", all(303), |t, who| t.get(who, "/")),
        row("GET", "/sign-in", [200, 303, 303, 303, 200, 200, 200], |t, who| t.get(who, "/sign-in")),
        row("POST", "/sign-in", all(422), |t, who| t.call(who, "POST", "/sign-in").form(&[("email", "anna@kilnandkettle.example"), ("password", "guessed")])),
        row("GET", "/first-run/{token}", all(404), |t, who| t.get(who, "/first-run/guessed")),
        row("POST", "/first-run/{token}", all(404), |t, who| t.empty(who, "/first-run/guessed")),
        row("GET", "/enter/{token}", all(410), |t, who| t.get(who, "/enter/guessed")),
        row("POST", "/enter/{token}", all(410), |t, who| t.empty(who, "/enter/guessed")),
        row("GET", "/join/{token}", all(410), |t, who| t.get(who, &format!("/join/{}.{}", t.shop.key, "A".repeat(43)))),
        row("POST", "/join/{token}", all(410), |t, who| t.empty(who, &format!("/join/{}.{}", t.shop.key, "A".repeat(43)))),
        row("GET", "/board/{token}", all(404), |t, who| t.get(who, &format!("/board/{}.{}", t.shop.key, t.secret(who, &t.mine)))),
        // What the people of the shop see
        row("GET", "/welcome", people(200), |t, who| t.get(who, "/welcome")),
        row("GET", "/summary", people(200), |t, who| t.get(who, "/summary")),
        row("GET", "/shops", people(303), |t, who| t.get(who, "/shops")),
        row("GET", "/inbox", people(200), |t, who| t.get(who, "/inbox")),
        row("GET", "/inbox/{id}", people(200), |t, who| t.get(who, &format!("/inbox/{}", t.mine.id))),
        row("GET", "/inbox/{id}/export.json", people(200), |t, who| t.get(who, &format!("/inbox/{}/export.json", t.mine.id))),
        row("GET", "/inbox/{id}/export.txt", people(200), |t, who| t.get(who, &format!("/inbox/{}/export.txt", t.mine.id))),
        row("GET", "/responses", people(200), |t, who| t.get(who, "/responses")),
        row("GET", "/responses/{id}", people(200), |t, who| t.get(who, &format!("/responses/{}", t.mine.id))),
        row("GET", "/responses.csv", people(200), |t, who| t.get(who, "/responses.csv")),
        row("GET", "/responses.json", people(200), |t, who| t.get(who, "/responses.json")),
        row("GET", "/conversations.csv", people(200), |t, who| t.get(who, "/conversations.csv")),
        row("GET", "/conversations.json", people(200), |t, who| t.get(who, "/conversations.json")),
        row("GET", "/counts.csv", people(200), |t, who| t.get(who, "/counts.csv")),
        row("GET", "/counts.json", people(200), |t, who| t.get(who, "/counts.json")),
        row("GET", "/news", people(200), |t, who| t.get(who, "/news")),
        row("GET", "/settings", people(200), |t, who| t.get(who, "/settings")),
        row("GET", "/settings/tag-seen", people(200), |t, who| t.get(who, "/settings/tag-seen")),
        row("GET", "/settings/preview", people(200), |t, who| t.get(who, "/settings/preview")),
        row("GET", "/settings/preview.js", people(200), |t, who| t.get(who, "/settings/preview.js")),
        row("GET", "/settings/people", people(200), |t, who| t.get(who, "/settings/people")),
        // What belongs to each caller
        row("POST", "/settings/sign-in", people(422), |t, who| t.empty(who, "/settings/sign-in")),
        row("POST", "/settings/people/you", people(422), |t, who| t.empty_parts(who, "/settings/people/you")),
        // What those change who may answer
        row("POST", "/inbox/set-aside", answers(303), |t, who| t.empty(who, "/inbox/set-aside")),
        row("POST", "/inbox/take-back", answers(303), |t, who| t.empty(who, "/inbox/take-back")),
        row("POST", "/inbox/{id}/reply", answers(400), |t, who| t.inbox(who, "reply")),
        row("POST", "/inbox/{id}/put-right", answers(400), |t, who| t.inbox(who, "put-right")),
        row("POST", "/inbox/{id}/set-aside", answers(400), |t, who| t.inbox(who, "set-aside")),
        row("POST", "/inbox/{id}/let-rest", answers(409), |t, who| t.inbox(who, "let-rest")),
        row("POST", "/inbox/{id}/take-back", answers(409), |t, who| t.inbox(who, "take-back")),
        row("POST", "/inbox/{id}/give", answers(303), |t, who| t.inbox(who, "give")),
        row("POST", "/inbox/{id}/read", answers(303), |t, who| t.inbox(who, "read")),
        row("POST", "/inbox/{id}/here", answers(200), |t, who| t.inbox(who, "here")),
        row("POST", "/settings/words", answers(422), |t, who| t.empty(who, "/settings/words")),
        row("POST", "/settings/words/remove", answers(303), |t, who| t.empty(who, "/settings/words/remove")),
        // What those change who may decide
        row("POST", "/settings/origins", decides(422), |t, who| t.empty(who, "/settings/origins")),
        row("POST", "/settings/origins/remove", decides(303), |t, who| t.call(who, "POST", "/settings/origins/remove").form(&[("origin", "https://odd.example")])),
        row("POST", "/settings/when", decides(422), |t, who| t.empty(who, "/settings/when")),
        row("POST", "/settings/look", decides(422), |t, who| t.empty(who, "/settings/look")),
        row("POST", "/settings/person", decides(422), |t, who| t.empty_parts(who, "/settings/person")),
        row("POST", "/settings/reasons", decides(422), |t, who| t.call(who, "POST", "/settings/reasons").form(&[("reason_de", "Zu spät"), ("reason_en", "")])),
        row("POST", "/inbox/{id}/erase", decides(404), |t, who| t.empty(who, &format!("/inbox/{}/erase", Visit::to(&t.shop).id))),
        row("POST", "/settings/mail", decides(303), |t, who| t.empty(who, "/settings/mail")),
        row("POST", "/settings/mail/outbox", decides(303), |t, who| t.empty(who, "/settings/mail/outbox")),
        row("POST", "/settings/hours", decides(422), |t, who| t.call(who, "POST", "/settings/hours").form(&[("at_least", "soon")])),
        row("POST", "/settings/causes", decides(422), |t, who| t.empty(who, "/settings/causes")),
        row("POST", "/summary/markers", answers(422), |t, who| t.empty(who, "/summary/markers")),
        row("POST", "/summary/markers/remove", answers(303), |t, who| t.empty(who, "/summary/markers/remove")),
        row("GET", "/summary/markers/{id}", answers(404), |t, who| t.get(who, "/summary/markers/odd")),
        row("POST", "/summary/markers/{id}", answers(404), |t, who| t.empty(who, "/summary/markers/odd")),
        row("POST", "/settings/mouth", decides(422), |t, who| t.empty(who, "/settings/mouth")),
        row("POST", "/settings/people/board", decides(422), |t, who| t.empty(who, "/settings/people/board")),
        row("POST", "/settings/people/board/end", decides(303), |t, who| t.empty(who, "/settings/people/board/end")),
        row("POST", "/settings/shop", decides(422), |t, who| t.empty(who, "/settings/shop")),
        row("POST", "/settings/people/invite", decides(422), |t, who| t.empty(who, "/settings/people/invite")),
        row("POST", "/settings/people/take-back", decides(303), |t, who| t.empty(who, "/settings/people/take-back")),
        row("POST", "/settings/people/role", decides(404), |t, who| t.call(who, "POST", "/settings/people/role").form(&[("person", "nobody"), ("role", "owner")])),
        row("POST", "/settings/people/remove", decides(404), |t, who| t.empty(who, "/settings/people/remove")),
        // What erases: the last about the visitor's conversation, since there is none afterwards
        row("POST", "/v1/conversations/{id}/erase", visitor(200), |t, who| t.talk(who, &t.mine, "erase", &[])),
        // What ends a session: the last, since the session is over afterwards
        row("POST", "/settings/people/leave", [401, 303, 303, 422, 404, 401, 401], |t, who| t.empty(who, "/settings/people/leave")),
        row("POST", "/sign-out", all(303), |t, who| t.empty(who, "/sign-out")),
    ]
}

#[test]
fn every_way_in_has_its_row() {
    let each = |route: &Route| {
        route.methods.iter().map(|m| ((*m).to_owned(), route.path.clone())).collect::<Vec<_>>()
    };
    let routes: BTreeSet<_> = ROUTES.iter().flat_map(each).collect();
    assert!(routes.len() > 40, "the list was read: {routes:?}");
    let rows: BTreeSet<_> = rows().iter().map(|r| (r.method.to_owned(), r.path.to_owned())).collect();
    let undecided: Vec<_> = routes.difference(&rows).collect();
    assert!(undecided.is_empty(), "there is no row about who may come in here: {undecided:?}");
    let gone: Vec<_> = rows.difference(&routes).collect();
    assert!(gone.is_empty(), "there is no such way in any more: {gone:?}");
}

#[tokio::test]
async fn everybody_gets_what_is_theirs_and_nothing_else() {
    let cast = Cast::new().await;
    let mut wrong = Vec::new();
    for MatrixRow { method, path, expected, ask } in rows() {
        for (who, expected) in Caller::ALL.into_iter().zip(expected) {
            let answer = ask(&cast, who).begins().await;
            let to_sign_in = answer.header("location").starts_with("/sign-in?next=");
            let got = if answer.status == 303 && to_sign_in { 401 } else { answer.status };
            if got != expected {
                wrong.push(format!("{method} {path} for {who:?}: {got} instead of {expected}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is not theirs looks like what is not there, byte for byte.
#[tokio::test]
async fn a_caller_without_access_cannot_tell_whether_there_is_anything() {
    let cast = Cast::new().await;
    let nowhere = Visit::to(&cast.shop);
    for who in [Caller::SignedOut, Caller::Stranger, Caller::OtherVisitor] {
        let change = json!({ "shop": cast.shop.key, "secret": cast.secret(who, &cast.mine), "order": "1" });
        let patch = |id: &str| cast.call(who, "PATCH", &format!("/v1/responses/{id}")).json(&change);
        let (theirs, none) = (patch(&cast.mine.id).await, patch(&nowhere.id).await);
        assert_eq!((theirs.status, theirs.text()), (none.status, none.text()), "{who:?}");
    }
    let talk = |who: Caller, visit: &Visit| cast.talk(who, visit, "read", &[]);
    for who in [Caller::SignedOut, Caller::Reader, Caller::Owner, Caller::Stranger, Caller::OtherVisitor] {
        let (theirs, none) = (talk(who, &cast.mine).await, talk(who, &nowhere).await);
        assert_eq!((theirs.status, theirs.text()), (404, none.text()), "{who:?}");
        let listed = cast.talks(who, "/v1/conversations").await.text();
        assert!(!listed.contains(&cast.mine.id) && !listed.contains("received"), "{who:?}: {listed}");
    }
    assert!(cast.talks(Caller::Visitor, "/v1/conversations").await.text().contains(&cast.mine.id));
    let page = |path: &str| cast.server.get(path).header("cookie", &cast.cookies[&Caller::Stranger]);
    let key = &cast.shop.key;
    for (theirs, none) in [
        (format!("/summary?shop={key}"), "/summary?shop=nowhere".to_owned()),
        (
            format!("/responses/{}?shop={key}", cast.mine.id),
            format!("/responses/{}?shop=nowhere", nowhere.id),
        ),
        (format!("/inbox/{}?shop={key}", cast.mine.id), format!("/inbox/{}?shop=nowhere", nowhere.id)),
        (format!("/inbox/{}", cast.mine.id), format!("/inbox/{}", nowhere.id)),
        (format!("/inbox/{}/export.json", cast.mine.id), format!("/inbox/{}/export.json", nowhere.id)),
        (format!("/responses/{}", cast.mine.id), format!("/responses/{}", nowhere.id)),
    ] {
        let (theirs, none) = (page(&theirs).await, page(&none).await);
        assert_eq!((theirs.status, theirs.text()), (404, none.text()));
    }
}
