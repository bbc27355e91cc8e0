//! The weekly mail: to whom, when, how often, and what it tells.

use shared::ids::Secret;
use testkit::clock;
use testkit::owner_session::OwnerSession;
use testkit::requests::Visit;
use testkit::smtp_sink::{SmtpSink, through};
use testkit::test_server::{SHOP_ORIGIN, ShopFixture, TestServer, TestServerBuilder};
use testkit::wait::until;

const ANNA: &str = "anna@kilnandkettle.example";
const BEN: &str = "ben@kilnandkettle.example";
const EVA: &str = "eva@kilnandkettle.example";
const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// A collector with these people.
async fn house_of(smtp: &SmtpSink, people: &[&str]) -> (TestServer, ShopFixture) {
    let builder = TestServerBuilder::new();
    let shop = builder.shop("Kiln & Kettle", SHOP_ORIGIN);
    for email in people {
        builder.owner(email, &[&shop]);
    }
    (through(builder, smtp).start().await, shop)
}

/// A visitor answers, and maybe says something.
async fn answers(server: &TestServer, shop: &ShopFixture, rating: u8, words: &str) -> Visit {
    let visit = Visit::to(shop);
    let body = if words.is_empty() { visit.rates(rating) } else { visit.says(rating, words) };
    let answer = server.respond(&body).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    visit
}

/// Lets it be ten o'clock, UTC, on the Monday after the day on which the test began.
fn let_it_be_monday(server: &TestServer) {
    let now_ms = clock::now_ms();
    // 1 January 1970 was a Thursday.
    let days = 7 - (now_ms.div_euclid(DAY_MS) + 3).rem_euclid(7);
    server.turn_the_clock(days * DAY_MS + 10 * HOUR_MS - now_ms.rem_euclid(DAY_MS));
}

/// Sends a member's form about themselves.
async fn chooses(person: &OwnerSession<'_>, language: &str, wants_weekly: bool) {
    let field = |name: &str, value: &str| {
        format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let weekly = if wants_weekly { field("weekly", "1") } else { String::new() };
    let body = format!("{}{}{weekly}--x--\r\n", field("name", "Ben"), field("language", language));
    let call = person.call("POST", "/settings/people/you").from_our_page();
    assert_eq!(call.body("multipart/form-data; boundary=x", body).await.status, 303);
}

#[tokio::test]
async fn on_monday_everybody_who_wants_it_gets_the_week_once_in_their_language() {
    let smtp = SmtpSink::open().await;
    let (server, shop) = house_of(&smtp, &[ANNA, BEN, EVA]).await;
    chooses(&server.owner(BEN).await, "de", true).await;
    chooses(&server.owner(EVA).await, "en", false).await;
    for _ in 0..3 {
        answers(&server, &shop, 5, "").await;
    }
    answers(&server, &shop, 5, "The note in the parcel made my day.").await;
    let visit = answers(&server, &shop, 1, "The new lid doesn’t fit either.").await;
    smtp.until_there_are(1, ANNA).await;
    let_it_be_monday(&server);
    let weekly = |email: &str| {
        let of_week = |subject: &str| subject.starts_with("Your week") || subject.starts_with("Deine Woche");
        let mails = smtp.mails_to(email);
        mails.into_iter().filter(|mail| of_week(&mail.header("subject"))).collect::<Vec<_>>()
    };
    let anna = until("the week is told", || async { weekly(ANNA).pop().ok_or_else(|| server.log()) }).await;
    assert_eq!(anna.header("subject"), "Your week: 4 of 5 were happy, one still waits");
    for text in [anna.text(), anna.html()] {
        for words in [
            "4 of 5 people were happy. One complained, and is not okay again yet.",
            "Answer the one who waits.",
            "The new lid doesn’t fit either.",
            "The note in the parcel made my day.",
            "Stop these",
        ] {
            assert!(text.contains(words), "{words}: {text}");
        }
    }
    assert_eq!(anna.link("/summary"), format!("/summary?days=7&shop={}", shop.key));
    assert_eq!(anna.link("/inbox/"), format!("/inbox/{}?shop={}#reply", visit.id, shop.key));
    let ben = until("Ben's week is told", || async { weekly(BEN).pop().ok_or_else(|| server.log()) }).await;
    assert_eq!(ben.header("subject"), "Deine Woche: 4 von 5 waren zufrieden, jemand wartet noch");
    assert!(ben.text().contains("Antworte der Person, die wartet."), "{}", ben.text());
    // It is not told again, however often the collector is started on the same day; and to Eva it is not told at all. A shop's
    // mail goes one after the other, so once an alert is there it is noted that whatever was before it was sent; killed
    // before that, a collector can't know.
    let is_told_of = async |server: &TestServer, words: &'static str| {
        answers(server, &shop, 1, words).await;
        until("what was said after that is told", || async {
            let mut mails = smtp.mails_to(ANNA).into_iter();
            mails.find(|mail| mail.header("subject").contains(words)).ok_or_else(|| server.log())
        })
        .await
    };
    is_told_of(&server, "Mine is early.").await;
    let server = server.restarted().await;
    server.turn_the_clock(HOUR_MS);
    is_told_of(&server, "Mine is late.").await;
    assert_eq!([weekly(ANNA).len(), weekly(BEN).len(), weekly(EVA).len()], [1, 1, 0]);
}

#[tokio::test]
async fn one_click_ends_the_weekly_mail_of_one_reader_and_nothing_else() {
    let smtp = SmtpSink::open().await;
    let (server, shop) = house_of(&smtp, &[ANNA, BEN]).await;
    for _ in 0..2 {
        answers(&server, &shop, 5, "").await;
    }
    let_it_be_monday(&server);
    let weeklies = |email: &str| {
        let mails = smtp.mails_to(email).into_iter();
        mails.filter(|mail| mail.header("subject").starts_with("Your week")).collect::<Vec<_>>()
    };
    let mail = until("the week is told", || async { weeklies(ANNA).pop().ok_or_else(|| server.log()) }).await;
    let link = mail.link("/u/");
    assert_eq!(mail.header("list-unsubscribe"), format!("<{}{link}>", server.url));
    assert_eq!(mail.header("list-unsubscribe-post"), "List-Unsubscribe=One-Click");
    // Scanners open it as often as they like, and what is no such link is none.
    for method in ["GET", "HEAD", "OPTIONS"] {
        assert!(server.call(method, &link).await.status < 500);
    }
    assert!(server.get(&link).await.text().contains("No more weekly mail about"), "nothing has changed");
    let (of_shop, _) = link.rsplit_once('/').unwrap();
    let other_shop = link.replace(&shop.key, "other");
    for odd in [format!("{of_shop}/{}", Visit::to(&shop).id), format!("{of_shop}/x"), other_shop] {
        let one_click = server.call("POST", &odd).form(&[("List-Unsubscribe", "One-Click")]).await;
        assert_eq!(one_click.status, 404, "{odd}");
    }
    // As a mail program sends it: no cookie, no origin, no redirect.
    let one_click = server.call("POST", &link).form(&[("List-Unsubscribe", "One-Click")]).await;
    assert_eq!(one_click.status, 200, "{}", one_click.text());
    assert!(one_click.text().contains("Done. No more weekly mail."), "{}", one_click.text());
    let gets_it = async |email: &str| {
        let page = server.owner(email).await.get("/settings/people").await.text();
        let field = page
            .split("<input")
            .find(|field| field.contains("name=\"weekly\""))
            .unwrap_or_default()
            .to_owned();
        field.split('>').next().unwrap_or_default().contains("checked")
    };
    assert_eq!([gets_it(ANNA).await, gets_it(BEN).await], [false, true]);
    // The week after Ben gets his, and Anna gets what she is told of at once, and no week.
    answers(&server, &shop, 5, "").await;
    let visit = answers(&server, &shop, 1, "Mine leaks.").await;
    server.turn_the_clock(7 * DAY_MS);
    until("Ben's second week is told", || async {
        weeklies(BEN).get(1).map(drop).ok_or_else(|| server.log())
    })
    .await;
    until("Anna is told", || async {
        smtp.mails_to(ANNA).into_iter().find(|m| m.text().contains("Mine leaks.")).map(drop).ok_or(&visit.id)
    })
    .await;
    assert_eq!(weeklies(ANNA).len(), 1);
    // She may think better of it, and has to say so.
    let press = async |what: &str| server.call("POST", &link).from_our_page().form(&[("what", what)]).await;
    assert_eq!(press("odd").await.status, 400);
    assert!(press("again").await.text().contains("You get it again on Monday."));
    assert!(gets_it(ANNA).await);
    assert!(press("stop").await.text().contains("Done. No more weekly mail."));
    assert!(!gets_it(ANNA).await);
}

/// Invites a person and waits until the mail is there: so whatever was to be sent before was sent.
async fn invites(owner: &OwnerSession<'_>, smtp: &SmtpSink, n: u8) {
    let (secret, email) = (Secret::from_bytes(&[n; 32]), format!("guest-{n}@kilnandkettle.example"));
    let form = [("secret", secret.reveal()), ("email", email.as_str()), ("role", "staff")];
    assert_eq!(owner.post("/settings/people/invite", &form).await.status, 200);
    smtp.until_there_are(1, &email).await;
}

#[tokio::test]
async fn a_week_without_responses_is_reported_once() {
    let smtp = SmtpSink::open().await;
    let (server, shop) = house_of(&smtp, &[ANNA]).await;
    answers(&server, &shop, 5, "").await;
    let mut told = Vec::new();
    for week in 0..4 {
        let anna = server.owner(ANNA).await;
        // One may have been written before the week's, and goes first; the other was written after it.
        invites(&anna, &smtp, 2 * week + 1).await;
        invites(&anna, &smtp, 2 * week + 2).await;
        let mails = smtp.mails_to(ANNA);
        told.push(mails.last().map(|mail| mail.header("subject")).unwrap_or_default());
        assert!(mails.len() <= 2, "{told:?}");
        if week == 0 { let_it_be_monday(&server) } else { server.turn_the_clock(7 * DAY_MS) }
    }
    let silent = "Your week: nobody answered";
    assert_eq!(told, ["", "Your week: one answered", silent, silent]);
    let last = smtp.mails_to(ANNA).remove(1);
    assert!(last.text().contains("See whether anybody is asked. Nobody answered, after 1 the week before."));
}
