//! E-mail to visitors: what a person of the shop says reaches them, the links in it are theirs alone, and they can stop it.

use serde_json::{Value, json};
use shared::ids::Secret;
use testkit::http::HttpResponse;
use testkit::owner_session::OwnerSession;
use testkit::requests::{Visit, with};
use testkit::smtp_sink::{FROM, Mail, SmtpSink};
use testkit::test_server::{ShopFixture, TestServer};
use testkit::wait::until;

const ANNA: &str = "anna@kilnandkettle.example";
const MARTA: &str = "marta@posteo.example";
const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

async fn complains(server: &TestServer, shop: &ShopFixture, language: &str) -> Visit {
    let visit = Visit::to(shop);
    let body = with(visit.says(1, "The blue bowl came with a crack."), "language", language);
    let answer = server.respond(&with(body, "email", MARTA)).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    visit
}

async fn replies(anna: &OwnerSession<'_>, visit: &Visit, words: &str) {
    let answer = anna.post(&format!("/inbox/{}/reply", visit.id), &[("words", words)]).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
}

async fn puts_right(anna: &OwnerSession<'_>, visit: &Visit, words: &str, ask: &str) {
    let fields = [("words", words), ("remedy", "replacement"), ("cause", "broken_on_arrival"), ("ask", ask)];
    let answer = anna.post(&format!("/inbox/{}/put-right", visit.id), &fields).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
}

/// The secret behind the `#` of a link.
fn secret_of(link: &str) -> String {
    link.split('#').nth(1).unwrap_or_default().to_owned()
}

/// Swaps the secret of a link for one of this device's own.
async fn opens(server: &TestServer, shop: &ShopFixture, link: &str, device: u8) -> (HttpResponse, String) {
    let secret = Secret::from_bytes(&[device; 32]).reveal().to_owned();
    let body = json!({ "shop": shop.key, "link": link, "secret": secret });
    (server.call("POST", "/v1/links").from_our_page().json(&body).await, secret)
}

fn said(talk: &Value) -> Vec<String> {
    let messages = talk["messages"].as_array().expect("messages");
    messages
        .iter()
        .filter(|m| m["kind"] == "words")
        .map(|m| m["words"].as_str().unwrap_or_default().to_owned())
        .collect()
}

/// Everything that the shop's conversation and its owner can see of it.
async fn state(server: &TestServer, anna: &OwnerSession<'_>, visit: &Visit) -> (Value, String) {
    (server.reads(visit).await, anna.get(&format!("/inbox/{}/export.json", visit.id)).await.text())
}

#[tokio::test]
async fn an_answer_reaches_the_visitor_as_a_letter_with_a_way_back_that_is_theirs_alone() {
    let smtp = SmtpSink::open().await;
    let (server, shop) = TestServer::with_mail(&smtp).await;
    let visit = complains(&server, &shop, "en").await;
    let anna = server.owner(ANNA).await;
    replies(&anna, &visit, "Oh no, and for a birthday. I’m sorry.\n\nA new one leaves at four.").await;
    let mails = smtp.until_there_are(1, MARTA).await;
    let mail = &mails[0];
    let receipt = server.lists(&[&visit]).await[0]["receipt"].as_str().unwrap_or_default().to_owned();
    assert_eq!(mail.header("subject"), format!("anna has answered you ({receipt})"));
    assert_eq!(mail.header("from"), format!("anna at Kiln & Kettle <{FROM}>"));
    assert!(mail.headers("auto-submitted").is_empty(), "a person wrote it");
    for part in [mail.text(), mail.html()] {
        assert!(
            part.contains("A new one leaves at four.") && part.contains("The blue bowl came with a crack."),
            "{part}"
        );
    }
    let link = mail.link("/c/");
    assert!(link.starts_with(&format!("/c/{}#", shop.key)), "the secret stands behind the #: {link}");
    // A link can be opened more than once, and reads and answers.
    for device in [1, 2] {
        let (opened, secret) = opens(&server, &shop, &secret_of(&link), device).await;
        assert_eq!((opened.status, opened.json()["id"].as_str()), (200, Some(visit.id.as_str())));
        assert_eq!(said(&server.reads(&visit.by(&secret)).await).len(), 2);
    }
    // Each mail has a secret of its own, so that one that leaked tells nothing about the others.
    replies(&anna, &visit, "It is on its way.").await;
    let mails = smtp.until_there_are(2, MARTA).await;
    assert_ne!(secret_of(&mails[1].link("/c/")), secret_of(&link));
    assert_eq!(mails[0].header("references"), mails[1].header("references"), "they lie together");
    assert_ne!(mails[0].header("message-id"), mails[1].header("message-id"));
}

#[tokio::test]
async fn who_left_no_address_gets_no_mail_and_who_leaves_one_later_gets_the_next() {
    let smtp = SmtpSink::open().await;
    let (server, shop) = TestServer::with_mail(&smtp).await;
    let visit = Visit::to(&shop);
    server.respond(&visit.says(1, "Late.")).await.json();
    let anna = server.owner(ANNA).await;
    replies(&anna, &visit, "One").await;
    assert_eq!(server.complete(&visit.id, &with(visit.change(), "email", MARTA)).await.status, 200);
    replies(&anna, &visit, "Two").await;
    let mails = smtp.until_there_are(1, MARTA).await;
    assert!(mails[0].text().contains("Two"), "{}", mails[0].text());
    assert_eq!(smtp.mails_to(MARTA).len(), 1);
}

#[tokio::test]
async fn the_whole_way_from_the_complaint_to_okay_goes_by_mail() {
    let smtp = SmtpSink::open().await;
    let (server, shop) = TestServer::with_mail(&smtp).await;
    let visit = complains(&server, &shop, "en").await;
    smtp.until_there_are(1, ANNA).await;
    let anna = server.owner(ANNA).await;
    replies(&anna, &visit, "I’m sorry.").await;
    puts_right(&anna, &visit, "A new one is with you.", "2").await;
    let mails = smtp.until_there_are(2, MARTA).await;
    assert!(mails[1].header("subject").starts_with("It is put right ("), "{}", mails[1].header("subject"));
    let text = mails[1].text();
    assert!(text.contains("A new one is with you.") && text.contains("Done: a new one"), "{text}");

    server.turn_the_clock(2 * DAY_MS + MINUTE_MS);
    let mails = smtp.until_there_are(3, MARTA).await;
    let ask = &mails[2];
    assert!(ask.header("subject").starts_with("Is it okay now ("), "{}", ask.header("subject"));
    let (yes, no) = (ask.link("/c/"), ask.html());
    assert!(yes.starts_with(&format!("/c/{}?okay=1#", shop.key)), "{yes}");
    assert!(no.contains(&format!("/c/{}?okay=0#{}", shop.key, secret_of(&yes))), "{no}");
    let before = state(&server, &anna, &visit).await;
    for okay in ["1", "0"] {
        for method in ["GET", "HEAD", "OPTIONS"] {
            server.call(method, &format!("/c/{}?okay={okay}", shop.key)).await;
        }
    }
    assert_eq!(state(&server, &anna, &visit).await, before, "opening it says nothing");

    let (_, device) = opens(&server, &shop, &secret_of(&yes), 9).await;
    let marta = visit.by(&device);
    assert_eq!(server.decide(&marta, false).await.status, 200);
    let mails = smtp.until_there_are_alerts(2, ANNA).await;
    assert!(mails[1].header("subject").starts_with("Not okay yet: “"), "{}", mails[1].header("subject"));
    assert!(mails[1].text().contains("let down once already"), "{}", mails[1].text());

    replies(&anna, &visit, "Then your money.").await;
    puts_right(&anna, &visit, "", "0").await;
    let mails = smtp.until_there_are(6, MARTA).await;
    assert!(
        mails.iter().any(|mail| mail.text().contains("I have put it right.")),
        "without words, it says so itself"
    );
    assert_eq!(mails.iter().filter(|mail| mail.header("subject").starts_with("Is it okay now (")).count(), 2);
    assert_eq!(server.decide(&marta, true).await.status, 200);
    assert_eq!(server.reads(&marta).await["stage"], "recovered");
    assert_eq!(smtp.alerts_to(ANNA).len(), 2, "a mail about nothing to do is not sent");
}

#[tokio::test]
async fn a_german_visitor_is_written_to_in_german() {
    let smtp = SmtpSink::open().await;
    let (server, shop) = TestServer::with_mail(&smtp).await;
    let visit = complains(&server, &shop, "de-AT").await;
    let anna = server.owner(ANNA).await;
    replies(&anna, &visit, "Das tut mir leid.").await;
    let mails = smtp.until_there_are(1, MARTA).await;
    assert!(
        mails[0].header("subject").starts_with("anna hat dir geantwortet ("),
        "{}",
        mails[0].header("subject")
    );
    assert!(mails[0].html().contains("lang=\"de\"") && mails[0].text().contains("Du hast geschrieben:"));
    let page = server.get(&mails[0].link("/u/")).await.text();
    assert!(page.contains("lang=\"de\"") && page.contains("Keine Fragen mehr"), "{page}");
}

// ── No more ───────────────────────────────────────────────────────────────────────────────────────────────────────

/// A reply's mail, in which there is a way to stop more of them.
async fn answered(smtp: &SmtpSink) -> (TestServer, ShopFixture, Visit, Mail) {
    let (server, shop) = TestServer::with_mail(smtp).await;
    let visit = complains(&server, &shop, "en").await;
    let anna = server.owner(ANNA).await;
    replies(&anna, &visit, "I’m sorry.").await;
    let mail = smtp.until_there_are(1, MARTA).await.remove(0);
    drop(anna);
    (server, shop, visit, mail)
}

#[tokio::test]
async fn one_click_ends_questions_and_answers_to_the_own_complaint_still_come() {
    let smtp = SmtpSink::open().await;
    let (server, _, visit, mail) = answered(&smtp).await;
    let anna = server.owner(ANNA).await;
    let link = mail.link("/u/");
    assert_eq!(mail.header("list-unsubscribe"), format!("<{}{link}>", server.url));
    assert_eq!(mail.header("list-unsubscribe-post"), "List-Unsubscribe=One-Click");
    // Scanners open it as often as they like.
    for method in ["GET", "HEAD", "OPTIONS"] {
        for _ in 0..20 {
            assert!(server.call(method, &link).await.status < 500);
        }
    }
    assert!(server.get(&link).await.text().contains("No more e-mail from"), "nothing has changed");
    // As a mail program sends it: no cookie, no origin, no redirect.
    let one_click = server.call("POST", &link).form(&[("List-Unsubscribe", "One-Click")]).await;
    assert_eq!(one_click.status, 200, "{}", one_click.text());
    assert!(one_click.text().contains("No more questions by e-mail"), "{}", one_click.text());

    replies(&anna, &visit, "A new one is on its way.").await;
    puts_right(&anna, &visit, "", "0").await;
    let mails = smtp.until_there_are(3, MARTA).await;
    assert!(mails[1].text().contains("A new one is on its way."), "an answer comes all the same");
    until("the question is not sent, and that is said", || async {
        let page = anna.get(&format!("/inbox/{}", visit.id)).await.text();
        if page.contains("They want no such mail.") { Ok(()) } else { Err(page.len()) }
    })
    .await;
    assert!(smtp.mails_to(MARTA).iter().all(|mail| !mail.header("subject").starts_with("Is it okay now")));
    // In the conversation they are asked all the same: they come there by themselves.
    assert_eq!(server.reads(&visit).await["stage"], "put_right");
}

#[tokio::test]
async fn a_visitor_who_wants_no_mail_at_all_gets_none_until_they_want_some_again() {
    let smtp = SmtpSink::open().await;
    let (server, _, visit, mail) = answered(&smtp).await;
    let anna = server.owner(ANNA).await;
    let link = mail.link("/u/");
    let press = async |what: &str| server.call("POST", &link).from_our_page().form(&[("what", what)]).await;
    assert!(press("everything").await.text().contains("No more e-mail at all"));
    replies(&anna, &visit, "Not by mail").await;
    until("it is said that no mail went out", || async {
        let page = anna.get(&format!("/inbox/{}", visit.id)).await.text();
        if page.contains("They want no such mail.") { Ok(()) } else { Err(page.len()) }
    })
    .await;
    assert!(press("nothing").await.text().contains("We write to you again"));
    replies(&anna, &visit, "By mail again").await;
    let mails = smtp.until_there_are(2, MARTA).await;
    assert!(mails[1].text().contains("By mail again"), "{}", mails[1].text());
    for odd in ["", "all", "questions,everything"] {
        assert_eq!(press(odd).await.status, 400, "{odd}");
    }
}

#[tokio::test]
async fn the_key_that_stops_mail_can_do_nothing_else_and_no_other_key_can_stop_it() {
    let smtp = SmtpSink::open().await;
    let (server, shop, visit, mail) = answered(&smtp).await;
    let stop = mail.link("/u/").rsplit('/').next().unwrap_or_default().to_owned();
    assert_eq!(opens(&server, &shop, &stop, 1).await.0.status, 404);
    assert_eq!(server.talk(&visit.by(&stop), "read", &visit.by(&stop).entry()).await.status, 404);
    for other in [
        secret_of(&mail.link("/c/")),
        visit.secret.clone(),
        "x".to_owned(),
        Secret::from_bytes(&[7; 32]).reveal().to_owned(),
    ] {
        let path = format!("/u/{}/{other}", shop.key);
        assert_eq!(server.get(&path).await.status, 404);
        assert_eq!(server.call("POST", &path).form(&[("List-Unsubscribe", "One-Click")]).await.status, 404);
    }
    assert_eq!(server.get(&format!("/u/other/{stop}")).await.status, 404);
    // And nothing else may be sent from anywhere.
    let answer = server.call("POST", &format!("/inbox/{}/reply", visit.id)).form(&[("words", "x")]).await;
    assert_eq!(answer.status, 403);
}

#[tokio::test]
async fn what_is_erased_is_not_mailed() {
    let smtp = SmtpSink::open().await;
    let (server, shop) = TestServer::with_mail(&smtp).await;
    smtp.closes(true);
    let visit = complains(&server, &shop, "en").await;
    let anna = server.owner(ANNA).await;
    replies(&anna, &visit, "I’m sorry.").await;
    assert_eq!(server.talk(&visit, "erase", &visit.entry()).await.status, 200);
    smtp.closes(false);
    server.turn_the_clock(10 * MINUTE_MS);
    let other = complains(&server, &shop, "en").await;
    replies(&anna, &other, "This one.").await;
    let mails = smtp.until_there_are(1, MARTA).await;
    assert!(mails[0].text().contains("This one."), "{}", mails[0].text());
    assert_eq!(smtp.mails_to(MARTA).len(), 1);
}

#[tokio::test]
async fn what_was_answered_while_the_mail_server_was_away_is_not_told_any_more() {
    let smtp = SmtpSink::open().await;
    let (server, shop) = TestServer::with_mail(&smtp).await;
    smtp.closes(true);
    let visit = complains(&server, &shop, "en").await;
    let anna = server.owner(ANNA).await;
    replies(&anna, &visit, "I’m sorry.").await;
    smtp.closes(false);
    server.turn_the_clock(10 * MINUTE_MS);
    let mails = smtp.until_there_are(1, MARTA).await;
    assert!(mails[0].text().contains("I’m sorry."));
    complains(&server, &shop, "en").await;
    let mails = smtp.until_there_are(1, ANNA).await;
    assert!(!mails[0].text().contains(&visit.id), "the alert about what is answered is not sent");
}

#[tokio::test]
async fn what_a_visitor_typed_cannot_be_clicked_in_a_mail_of_ours() {
    let smtp = SmtpSink::open().await;
    let (server, shop) = TestServer::with_mail(&smtp).await;
    let visit = Visit::to(&shop);
    let attack = "You won! https://evil.example/prize <a href='https://evil.example'>here</a> or mail win@evil.example";
    server.respond(&with(visit.says(1, attack), "email", MARTA)).await.json();
    let anna = server.owner(ANNA).await;
    replies(&anna, &visit, "Pardon? <b>See</b> https://carrier.example/parcel").await;
    let mails = smtp.until_there_are(1, MARTA).await;
    for part in [mails[0].text(), mails[0].html()] {
        assert!(!part.contains("evil.example"), "{part}");
        assert!(part.contains("You won!"), "but it is quoted: {part}");
        assert!(part.contains("https://carrier.example/parcel"), "what the shop says can be: {part}");
    }
    let html = mails[0].html();
    assert!(!html.contains("<b>See") && !html.contains("<a href='"), "{html}");
}
