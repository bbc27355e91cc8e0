//! E-mail: who is told of what, once, and what becomes of mail that does not get through.

use shared::ids::Secret;
use testkit::http::HttpResponse;
use testkit::owner_session::OwnerSession;
use testkit::requests::{Visit, with};
use testkit::smtp_sink::{FROM, Mail, SmtpBehaviour, SmtpSink, through};
use testkit::test_server::{PASSWORD, SHOP_ORIGIN, ShopFixture, TestServer, TestServerBuilder, printed};
use testkit::wait::until;

const ANNA: &str = "anna@kilnandkettle.example";
const MARTA: &str = "marta@posteo.example";
const BEN: &str = "ben@kilnandkettle.example";

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;

/// Waits until the settings say this, and gives back the page.
async fn until_settings_say(owner: &OwnerSession<'_>, words: &str) -> String {
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

/// Somebody complains, and leaves an address.
async fn complains(server: &TestServer, shop: &ShopFixture, words: &str) -> Visit {
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

// ── Whom, and how much ────────────────────────────────────────────────────────────────────────────────────────────

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
        // Little by little, so that nobody is reminded of the first ones.
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

// ── What does not get through ─────────────────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn one_mail_that_stalls_hangs_up_or_is_put_off_never_blocks_another() {
    let behaviours = [
        SmtpBehaviour::Stalls,
        SmtpBehaviour::HangsUp,
        SmtpBehaviour::Refuses("451 4.7.1 Greylisted, come again".to_owned()),
        SmtpBehaviour::RefusesContent("452 4.3.1 Full".to_owned()),
    ];
    let smtp = SmtpSink::open().await;
    let builder = TestServerBuilder::new();
    let shop = builder.shop("Kiln & Kettle", SHOP_ORIGIN);
    builder.owner(ANNA, &[&shop]);
    builder.owner(BEN, &[&shop]);
    let server = through(builder, &smtp).start().await;
    for (n, behaviour) in behaviours.into_iter().enumerate() {
        smtp.is_rude(ANNA, behaviour, 1);
        complains(&server, &shop, &format!("Number {n}")).await;
        // Whichever of the two goes first.
        smtp.until_there_are(2 * n + 1, BEN).await;
        smtp.until_all_rudeness_is_over().await;
        // A server that takes what comes next was not to blame.
        complains(&server, &shop, "Meanwhile").await;
        smtp.until_there_are(2 * n + 2, BEN).await;
        smtp.until_there_are(n + 1, ANNA).await;
    }
    let rude = |mails: &[Mail]| mails.iter().filter(|mail| mail.header("subject").contains("Number")).count();
    assert_eq!(rude(&smtp.mails_to(ANNA)), 0);
    // And hers come after all, each once, by themselves.
    server.turn_the_clock(MINUTE_MS);
    let mails = smtp.until_there_are(8, ANNA).await;
    assert_eq!((mails.len(), rude(&mails)), (8, 4));
}

#[tokio::test]
async fn what_is_refused_for_good_is_shown_with_the_servers_own_words_and_sent_again_only_if_somebody_wants()
{
    let smtp = SmtpSink::open().await;
    let (server, shop) = TestServer::with_mail(&smtp).await;
    smtp.is_rude(ANNA, SmtpBehaviour::Refuses("550 5.1.1 <b>No such</b> user here".to_owned()), 1);
    complains(&server, &shop, "Number one").await;
    let anna = server.owner(ANNA).await;
    let page = until_settings_say(&anna, "One e-mail could not be delivered.").await;
    assert!(page.contains("550 5.1.1 &#60;b&#62;No such&#60;/b&#62; user here"), "{page}");
    server.turn_the_clock(HOUR_MS);
    complains(&server, &shop, "Number two").await;
    smtp.until_there_are(1, ANNA).await;
    assert!(smtp.mails_to(ANNA)[0].text().contains("Number two"), "the first is not tried again by itself");
    let again = [("state", "failed"), ("do", "send"), ("back", "settings")];
    assert_eq!(anna.post("/settings/mail/outbox", &again).await.header("location"), "/settings#mail");
    until("the first one comes after all", || async {
        let mails = smtp.mails_to(ANNA);
        if mails.iter().any(|mail| mail.header("subject").contains("Number one")) {
            Ok(())
        } else {
            Err(mails.len())
        }
    })
    .await;
    assert!(!anna.get("/settings").await.text().contains("could not be delivered"));
}

#[tokio::test]
async fn a_server_that_was_away_gets_every_mail_once_when_it_is_back() {
    let smtp = SmtpSink::open().await;
    let (server, shop) = TestServer::with_mail(&smtp).await;
    smtp.closes(true);
    for n in 0..6 {
        complains(&server, &shop, &format!("Number {n}.")).await;
    }
    let anna = server.owner(ANNA).await;
    let page = until_settings_say(&anna, "e-mails wait since").await;
    assert!(page.contains("The mail server said:"), "{page}");
    // Not so long that the promise is over: that would be more mail.
    for _ in 0..6 {
        server.turn_the_clock(15 * MINUTE_MS);
    }
    smtp.closes(false);
    let came = until("all six are there", || async {
        server.turn_the_clock(5 * MINUTE_MS);
        let mails = smtp.mails_to(ANNA);
        if mails.len() >= 6 { Ok(mails) } else { Err(mails.len()) }
    })
    .await;
    for n in 0..6 {
        let words = format!("Not okay: “Number {n}.”");
        assert_eq!(came.iter().filter(|mail| mail.header("subject") == words).count(), 1, "{words}");
    }
}

#[tokio::test]
async fn a_mail_that_was_perhaps_taken_comes_again_under_the_same_id() {
    let smtp = SmtpSink::open().await;
    let (server, shop) = TestServer::with_mail(&smtp).await;
    smtp.is_rude(ANNA, SmtpBehaviour::TakesAndHangsUp, 1);
    complains(&server, &shop, "Once or twice").await;
    smtp.until_there_are(1, ANNA).await;
    let mails = until("it comes again", || async {
        server.turn_the_clock(MINUTE_MS);
        let mails = smtp.mails_to(ANNA);
        if mails.len() == 2 { Ok(mails) } else { Err(mails.len()) }
    })
    .await;
    assert_eq!(mails[0].header("message-id"), mails[1].header("message-id"));
    assert!(mails[0].header("message-id").ends_with("@127.0.0.1>"), "{}", mails[0].header("message-id"));
}

#[tokio::test]
async fn a_collector_that_dies_in_the_middle_leaves_the_mail_to_the_next() {
    let smtp = SmtpSink::open().await;
    let (server, shop) = TestServer::with_mail(&smtp).await;
    smtp.is_rude(ANNA, SmtpBehaviour::Stalls, 1);
    complains(&server, &shop, "Did you hear me?").await;
    until("the server has heard her address", || async {
        let heard = smtp.heard();
        if heard.iter().any(|line| line.contains(ANNA)) { Ok(()) } else { Err(heard) }
    })
    .await;
    let server = server.restarted().await;
    server.turn_the_clock(6 * MINUTE_MS);
    let mails = smtp.until_there_are(1, ANNA).await;
    assert_eq!(mails.len(), 1);
}

#[tokio::test]
async fn after_three_days_of_trouble_a_mail_is_given_up_and_shown() {
    let smtp = SmtpSink::open().await;
    let (server, shop) = TestServer::with_mail(&smtp).await;
    let anna = server.owner(ANNA).await;
    smtp.is_rude(ANNA, SmtpBehaviour::Refuses("451 4.3.0 Not today".to_owned()), usize::MAX);
    complains(&server, &shop, "Is anybody there?").await;
    until_settings_say(&anna, "451 4.3.0 Not today").await;
    server.turn_the_clock(73 * HOUR_MS);
    until_settings_say(&anna, "could not be delivered.").await;
    let tries = smtp.heard().iter().filter(|line| line.starts_with("RCPT")).count();
    assert!(tries >= 2, "{tries}");
}

// ── Without a server ──────────────────────────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn without_a_mail_server_everything_else_works_and_the_owner_is_told_what_did_not_go_out() {
    let (server, shop) = TestServer::with_a_shop().await;
    complains(&server, &shop, "Hello?").await;
    let anna = server.owner(ANNA).await;
    let page =
        until_settings_say(&anna, "One e-mail has not gone out: this shop has no mail server yet.").await;
    assert!(page.contains("No mail goes out yet."), "{page}");
    // And once there is one, it goes.
    let server = {
        drop(anna);
        let smtp = SmtpSink::open().await;
        let server = through(server.stopped(), &smtp).start().await;
        smtp.until_there_are(1, ANNA).await;
        server
    };
    let anna = server.owner(ANNA).await;
    assert!(!anna.get("/settings").await.text().contains("has not gone out"));
}

#[tokio::test]
async fn what_has_waited_for_days_without_a_server_is_not_sent_before_somebody_says_so() {
    let (server, shop) = TestServer::with_a_shop().await;
    complains(&server, &shop, "Hello?").await;
    let anna = server.owner(ANNA).await;
    until_settings_say(&anna, "One e-mail has not gone out").await;
    server.turn_the_clock(4 * 24 * HOUR_MS);
    // The second, that the time for an answer is over, was written only now.
    until_settings_say(&anna, "Two e-mails have not gone out").await;
    drop(anna);
    let smtp = SmtpSink::open().await;
    let server = through(server.stopped(), &smtp).start().await;
    let anna = server.owner(ANNA).await;
    let page = until_settings_say(&anna, "One e-mail is held back").await;
    assert!(page.contains("/settings/mail/outbox"), "{page}");
    smtp.until_there_are(1, ANNA).await;
    let send = [("state", "held"), ("do", "send"), ("back", "inbox")];
    assert_eq!(anna.post("/settings/mail/outbox", &send).await.header("location"), "/inbox");
    smtp.until_there_are(2, ANNA).await;
}

// ── What strangers put into it ────────────────────────────────────────────────────────────────────────────────────

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
async fn nobodys_words_address_or_password_and_nothing_a_server_said_is_in_the_log() {
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

// ── A shop's own server ───────────────────────────────────────────────────────────────────────────────────────────

/// The form of a shop's own mail server.
fn own(smtp: &SmtpSink, password: &'static str, what: &'static str) -> Vec<(String, String)> {
    [
        ("mail_host", "127.0.0.1"),
        ("mail_port", &smtp.port.to_string()),
        ("mail_security", "none"),
        ("mail_user", "anna"),
        ("mail_password", password),
        ("mail_from", "anna@shop.example"),
        ("mail_reply_to", "counter@shop.example"),
        ("do", what),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec()
}

async fn send(anna: &OwnerSession<'_>, form: &[(String, String)]) -> HttpResponse {
    let fields: Vec<(&str, &str)> = form.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    anna.post("/settings/mail", &fields).await
}

fn keyed(builder: TestServerBuilder) -> TestServerBuilder {
    builder.option("--key", "0123456789abcdefghijkl").option("--smtp-timeout", "1")
}

#[tokio::test]
async fn the_test_button_says_what_the_server_said_word_by_word() {
    let (first, smtp) = (SmtpSink::open().await, SmtpSink::open().await);
    let builder = TestServerBuilder::new();
    let shop = builder.shop("Kiln & Kettle", SHOP_ORIGIN);
    builder.owner(ANNA, &[&shop]);
    let server = keyed(builder).option("--smtp-private", "").start().await;
    let anna = server.owner(ANNA).await;
    smtp.wants("anna", "right one");

    let page = send(&anna, &own(&smtp, "wrong one", "test")).await;
    assert_eq!(page.status, 200, "{}", page.text());
    assert!(page.text().contains("“535 5.7.8 Error: authentication failed”"), "{}", page.text());
    assert!(!page.text().contains("wrong one"), "the password is in no page");

    let page = send(&anna, &own(&smtp, "right one", "test")).await.text();
    assert!(page.contains("The server took the test") && page.contains("“250 2.0.0 Taken”"), "{page}");
    let mails = smtp.until_there_are(1, ANNA).await;
    assert_eq!(mails[0].header("subject"), "Mail from Tableside reaches you");

    // Without typing it again it is still known, but to nobody else.
    assert_eq!(send(&anna, &own(&smtp, "", "save")).await.status, 303);
    let page = send(&anna, &own(&first, "", "test")).await;
    assert_eq!(page.status, 422);
    assert!(page.text().contains("Please type the password again"), "{}", page.text());
    assert_eq!(first.connections(), 0);

    complains(&server, &shop, "Hello?").await;
    let mails = smtp.until_there_are(2, ANNA).await;
    assert_eq!(mails[1].header("from"), "Tableside at Kiln & Kettle <anna@shop.example>");
    assert_eq!(mails[1].header("reply-to"), "counter@shop.example");

    smtp.greets("554 5.3.2 We are closed");
    let page = send(&anna, &own(&smtp, "", "test")).await.text();
    assert!(page.contains("554 5.3.2 We are closed"), "{page}");
}

#[tokio::test]
async fn a_password_is_sealed_in_the_database_and_opens_only_with_its_key() {
    let smtp = SmtpSink::open().await;
    let builder = TestServerBuilder::new();
    let shop = builder.shop("Kiln & Kettle", SHOP_ORIGIN);
    builder.owner(ANNA, &[&shop]);
    let server = keyed(builder).option("--smtp-private", "").start().await;
    smtp.wants("anna", "hunter2-canary");
    let anna = server.owner(ANNA).await;
    assert_eq!(send(&anna, &own(&smtp, "hunter2-canary", "save")).await.status, 303);
    assert!(!anna.get("/settings").await.text().contains("hunter2-canary"));
    let builder = server.stopped();
    let backup = builder.file("backup.db");
    printed(&builder.tableside(&["backup", &backup.display().to_string()], ""));
    let bytes = std::fs::read(&backup).expect("a backup");
    assert!(!bytes.windows(14).any(|w| w == b"hunter2-canary"), "whoever has a backup has no password");
    // With another key nobody can sign in there, which is said; the mail waits.
    let server = builder
        .without_options()
        .option("--key", "another-key-of-22-chars!")
        .option("--smtp-private", "")
        .open()
        .await;
    let anna = server.owner(ANNA).await;
    complains(&server, &shop, "Hello?").await;
    until_settings_say(&anna, "the password of the mail server can’t be read any more").await;
    assert_eq!(send(&anna, &own(&smtp, "hunter2-canary", "save")).await.status, 303);
    smtp.until_there_are(1, ANNA).await;
}

#[tokio::test]
async fn an_owner_cannot_look_around_in_the_operators_network() {
    let smtp = SmtpSink::open().await;
    let builder = TestServerBuilder::new();
    let shop = builder.shop("Kiln & Kettle", SHOP_ORIGIN);
    builder.owner(ANNA, &[&shop]);
    let server = keyed(builder).start().await;
    let anna = server.owner(ANNA).await;
    let page = send(&anna, &own(&smtp, "x", "test")).await.text();
    assert!(page.contains("is in a private network"), "{page}");
    assert_eq!(smtp.connections(), 0);
}

#[tokio::test]
async fn a_server_that_cannot_keep_a_secret_is_told_none() {
    let smtp = SmtpSink::open().await;
    let builder = TestServerBuilder::new();
    let shop = builder.shop("Kiln & Kettle", SHOP_ORIGIN);
    builder.owner(ANNA, &[&shop]);
    let server = keyed(builder).option("--smtp-private", "").start().await;
    let anna = server.owner(ANNA).await;
    let mut form = own(&smtp, "hunter2", "test");
    form[2].1 = "starttls".to_owned();
    let page = send(&anna, &form).await.text();
    assert!(page.contains("does not offer STARTTLS"), "{page}");
    assert!(!smtp.heard().iter().any(|line| line.starts_with("AUTH") || line.starts_with("MAIL")));
}

// ── After a restore ───────────────────────────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn after_a_restore_nothing_is_sent_twice_and_the_owner_decides() {
    let builder = TestServerBuilder::new();
    let shop = builder.shop("Kiln & Kettle", SHOP_ORIGIN);
    builder.owner(ANNA, &[&shop]);
    let server = builder.start().await;
    complains(&server, &shop, "Hello?").await;
    let anna = server.owner(ANNA).await;
    until_settings_say(&anna, "One e-mail has not gone out").await;
    drop(anna);
    let builder = server.stopped();
    let backup = builder.file("backup.db").display().to_string();
    printed(&builder.tableside(&["backup", &backup], ""));
    // Since then it was sent, as far as anybody knows.
    let smtp = SmtpSink::open().await;
    let other = TestServerBuilder::new();
    printed(&other.tableside(&["restore", &backup], ""));
    let server = through(other, &smtp).start().await;
    let anna = server.owner(ANNA).await;
    until_settings_say(&anna, "One e-mail is held back").await;
    complains(&server, &shop, "And mine?").await;
    let mails = smtp.until_there_are(1, ANNA).await;
    assert!(mails[0].text().contains("And mine?"), "only what is new: {}", mails[0].text());
    let drop_them = [("state", "held"), ("do", "drop"), ("back", "settings")];
    assert_eq!(anna.post("/settings/mail/outbox", &drop_them).await.status, 303);
    assert!(!anna.get("/settings").await.text().contains("held back"));
}
