//! E-mail: who is told of what, once, and what becomes of mail that does not get through.

use shared::ids::Secret;
use testkit::http::HttpResponse;
use testkit::owner_session::OwnerSession;
use testkit::requests::{Visit, with};
use testkit::smtp_sink::{FROM, SmtpBehaviour, SmtpSink, through};
use testkit::test_server::{PASSWORD, SHOP_ORIGIN, ShopFixture, TestServer, TestServerBuilder};
use testkit::wait::until;

pub(crate) const ANNA: &str = "anna@kilnandkettle.example";

const MARTA: &str = "marta@posteo.example";

pub(crate) const BEN: &str = "ben@kilnandkettle.example";

pub(crate) const MINUTE_MS: i64 = 60_000;

pub(crate) const HOUR_MS: i64 = 60 * MINUTE_MS;

/// Waits until the settings say this, and gives back the page.
pub(crate) async fn until_settings_say(owner: &OwnerSession<'_>, words: &str) -> String {
    until(&format!("the settings say {words:?}"), || async {
        let page = owner.get("/settings").await.text();
        if page.contains(words) {
            return Ok(page);
        }
        let from = page.find("id=\"mail\"").unwrap_or(0);
        Err(page.get(from..).and_then(|part| part.get(..1_500)).unwrap_or_default().to_owned())
    })
    .await
}

/// A visitor complains, and leaves an address.
pub(crate) async fn complains(server: &TestServer, shop: &ShopFixture, words: &str) -> Visit {
    let visit = Visit::to(shop);
    let answer = server.respond(&with(visit.says(1, words), "email", MARTA)).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    visit
}

#[tokio::test]
async fn a_complaint_is_told_at_once_with_a_way_straight_to_the_reply() {
    let smtp = SmtpSink::open().await;
    let (server, shop) = TestServer::with_mail(&smtp).await;
    let visit = complains(&server, &shop, "The new lid doesn’t fit either.").await;
    let mails = smtp.until_there_are(1, ANNA).await;
    let mail = &mails[0];
    assert_eq!(mail.header("subject"), "Not okay: “The new lid doesn’t fit either.”");
    assert_eq!(mail.header("from"), format!("Tableside at Kiln & Kettle <{FROM}>"));
    assert_eq!((mail.from.as_str(), mail.header("auto-submitted").as_str()), (FROM, "auto-generated"));
    let link = format!("/inbox/{}?shop={}#reply", visit.id, shop.key);
    assert_eq!(mail.link("/inbox/"), link);
    assert!(
        mail.html().contains(&format!("href=\"{}{}\"", server.url, link.replace('&', "&#38;"))),
        "{}",
        mail.html()
    );
    for part in [mail.text(), mail.html()] {
        assert!(part.contains("The new lid doesn’t fit either.") && part.contains(MARTA), "{part}");
    }
    assert!(mail.headers("list-unsubscribe").is_empty(), "that is for visitors");
}

#[tokio::test]
async fn who_is_invited_by_address_gets_a_link_of_their_own_that_lets_them_join() {
    let smtp = SmtpSink::open().await;
    let (server, _) = TestServer::with_mail(&smtp).await;
    let anna = server.owner(ANNA).await;
    let secret = Secret::from_bytes(&[5; 32]).reveal().to_owned();
    let form = [("secret", secret.as_str()), ("email", BEN), ("role", "staff")];
    let page = anna.post("/settings/people/invite", &form).await;
    assert_eq!(page.status, 200, "{}", page.text());
    let mail = smtp.until_there_are(1, BEN).await.remove(0);
    assert_eq!(mail.header("subject"), "anna invites you to Kiln & Kettle");
    let link = mail.link("/join/");
    assert!(
        !link.contains(&secret) && page.text().contains(&secret),
        "the one that was shown is another: {link}"
    );
    let page = server.get(&link).await;
    assert_eq!(page.status, 200, "{}", page.text());
    let form = [("name", "Ben"), ("email", BEN), ("password", PASSWORD)];
    let joined = server.call("POST", &link).from_our_page().form(&form).await;
    assert_eq!(joined.status, 303, "{}", joined.text());
    assert_eq!(server.owner(BEN).await.get("/inbox").await.status, 200);
    assert_eq!(server.get(&link).await.status, 410, "it works once");
}

/// Sends Ben's form about himself, with the switch for mail on or off.
async fn wants_mail(ben: &OwnerSession<'_>, wants: bool) -> HttpResponse {
    let field = |name: &str, value: &str| {
        format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let told = if wants { field("told", "1") } else { String::new() };
    let body = format!("{}{}{told}--x--\r\n", field("name", "Ben"), field("language", "de"));
    let call = ben.call("POST", "/settings/people/you").from_our_page();
    call.body("multipart/form-data; boundary=x", body).await
}

#[tokio::test]
async fn who_does_not_want_to_be_told_is_not_and_the_others_are() {
    let smtp = SmtpSink::open().await;
    let builder = TestServerBuilder::new();
    let shop = builder.shop("Kiln & Kettle", SHOP_ORIGIN);
    builder.owner(ANNA, &[&shop]);
    builder.owner(BEN, &[&shop]);
    let server = through(builder, &smtp).start().await;
    let ben = server.owner(BEN).await;
    assert_eq!(wants_mail(&ben, false).await.status, 303);
    complains(&server, &shop, "One").await;
    smtp.until_there_are(1, ANNA).await;
    assert_eq!(wants_mail(&ben, true).await.status, 303);
    complains(&server, &shop, "Two").await;
    smtp.until_there_are(2, ANNA).await;
    let mails = smtp.until_there_are(1, BEN).await;
    assert_eq!(mails[0].header("subject"), "Nicht gut: “Two”", "in his language");
}

#[tokio::test]
async fn half_of_the_time_and_all_of_it_are_told_of_once_each() {
    let smtp = SmtpSink::open().await;
    let (server, shop) = TestServer::with_mail(&smtp).await;
    complains(&server, &shop, "Where is it?").await;
    smtp.until_there_are(1, ANNA).await;
    server.turn_the_clock(2 * HOUR_MS + MINUTE_MS);
    let mails = smtp.until_there_are(2, ANNA).await;
    assert_eq!(mails[1].header("subject"), "Half of the time is over: “Where is it?”");
    assert!(mails[1].text().contains("An answer is due by "), "{}", mails[1].text());
    server.turn_the_clock(2 * HOUR_MS);
    let mails = smtp.until_there_are(3, ANNA).await;
    assert_eq!(mails[2].header("subject"), "Still no answer: “Where is it?”");
    assert!(mails[2].text().contains("An answer was due by "), "{}", mails[2].text());
    // Whatever comes later, it is another visitor's.
    server.turn_the_clock(9 * HOUR_MS);
    complains(&server, &shop, "And mine?").await;
    let mails = smtp.until_there_are_alerts(4, ANNA).await;
    assert_eq!(mails.len(), 4, "nothing more about the first");
    assert_eq!(mails[3].header("subject"), "Not okay: “And mine?”");
}

#[tokio::test]
async fn more_than_thirty_alerts_in_an_hour_come_in_one_mail() {
    let smtp = SmtpSink::open().await;
    let (server, shop) = TestServer::with_mail(&smtp).await;
    for n in 0..35 {
        let visit = Visit::to(&shop);
        assert_eq!(server.respond(&visit.says(1, &format!("Complaint number {n}."))).await.status, 201);
    }
    smtp.until_there_are(30, ANNA).await;
    let mails = until("the rest comes together", || async {
        // Little by little, so that no reminder is due about the first ones.
        server.turn_the_clock(MINUTE_MS);
        let mails = smtp.mails_to(ANNA);
        if mails.len() > 30 { Ok(mails) } else { Err(mails.len()) }
    })
    .await;
    assert_eq!(mails.len(), 31);
    let (one_by_one, together) = mails.split_at(30);
    assert_eq!(together[0].header("subject"), "5 more visitors of Kiln & Kettle wait");
    let told: usize = (0..35)
        .filter(|n| {
            let words = format!("Complaint number {n}.");
            let alone = one_by_one.iter().filter(|mail| mail.text().contains(&words)).count();
            alone + together[0].text().matches(&words).count() == 1
        })
        .count();
    assert_eq!(told, 35, "each once, alone or among the others");
    assert_eq!(together[0].text().matches("#reply").count(), 5, "and each with its own way");
}

#[tokio::test]
async fn words_that_could_hurt_a_mail_are_text_in_it_and_nothing_else() {
    let smtp = SmtpSink::open().await;
    let (server, shop) = TestServer::with_mail(&smtp).await;
    let attack = "\r\nBcc: evil@evil.example\r\n\r\n<img src=x onerror=alert(1)><a href=\"https://evil.example\">click</a> \u{202e}\
        https://evil.example/x .\r\n.\r\nMAIL FROM:<evil@evil.example> =?utf-8?q?x?= {{ 7*7 }}";
    let page = serde_json::json!({ "url": "/<script>", "title": "\"><script>alert(1)</script>" });
    let body = with(with(Visit::to(&shop).says(1, attack), "page", page), "order", "\"><b>20377");
    assert_eq!(server.respond(&body).await.status, 201);
    let mails = smtp.until_there_are(1, ANNA).await;
    let mail = &mails[0];
    assert_eq!(mail.to, [ANNA]);
    assert!(mail.headers("bcc").is_empty() && smtp.mails().len() == 1, "{}", mail.raw);
    assert!(!mail.header("subject").contains('\u{202e}') && mail.header("subject").chars().count() <= 78);
    let html = mail.html();
    for markup in ["<img src=x", "<a href=\"https://evil", "<script", "<b>"] {
        assert!(!html.contains(markup), "{markup}: {html}");
    }
    for (part, name) in [(mail.text(), "text"), (html, "html")] {
        // Nothing of it that a mail program would make a link of.
        assert!(!part.contains("https://evil") && !part.contains("evil.example"), "{name}: {part}");
        assert!(!part.contains('\u{202e}') && part.contains("onerror=alert(1)"), "{name}: {part}");
    }
}

#[tokio::test]
async fn names_that_made_a_mail_library_panic_are_only_names() {
    let smtp = SmtpSink::open().await;
    let builder = TestServerBuilder::new();
    let names = ["Kiln\u{202e} \"Kettle\" <evil@evil.example>,", "Öl & Ofen; , : \\ (x)", "窯と薬缶"];
    let shops: Vec<ShopFixture> = names.iter().map(|name| builder.shop(name, SHOP_ORIGIN)).collect();
    builder.owner(ANNA, &shops.iter().collect::<Vec<_>>());
    let server = through(builder, &smtp).start().await;
    for (n, shop) in shops.iter().enumerate() {
        complains(&server, shop, "x").await;
        let mails = smtp.until_there_are(n + 1, ANNA).await;
        assert_eq!(mails[n].to, [ANNA], "{}", mails[n].raw);
        assert!(mails[n].header("from").ends_with(&format!("<{FROM}>")), "{}", mails[n].header("from"));
    }
}

#[tokio::test]
async fn no_words_address_or_password_and_nothing_a_server_said_is_in_the_log() {
    let smtp = SmtpSink::open().await;
    let (mut server, shop) = TestServer::with_mail(&smtp).await;
    server.may_complain();
    smtp.is_rude(ANNA, SmtpBehaviour::Refuses(format!("550 5.1.1 canary-7c1f {ANNA}")), 1);
    complains(&server, &shop, "canary-7c1f").await;
    let anna = server.owner(ANNA).await;
    until_settings_say(&anna, "could not be delivered").await;
    let log = server.log();
    assert!(log.contains("a mail was not sent"), "{log}");
    assert!(!log.contains("canary-7c1f") && !log.contains('@'), "{log}");
}
