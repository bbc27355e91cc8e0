//! A shop's own mail server: its test button, its password, and addresses that are refused.

use crate::mail::{ANNA, complains, until_settings_say};
use testkit::http::HttpResponse;
use testkit::owner_session::OwnerSession;
use testkit::smtp_sink::SmtpSink;
use testkit::test_server::{SHOP_ORIGIN, TestServerBuilder, printed};

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

    // Without typing it again it is still known, but to no other owner.
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
    // With another key the collector cannot sign in there, and says so; the mail waits.
    let server = builder
        .without_options()
        .option("--key", "another-key-of-22-chars!")
        .option("--smtp-private", "")
        .start()
        .await;
    let anna = server.owner(ANNA).await;
    complains(&server, &shop, "Hello?").await;
    until_settings_say(&anna, "the password of the mail server can’t be read any more").await;
    // The attempt is recorded: one that is under way now would wait a minute before the next.
    until_settings_say(&anna, "the password of the mail server cannot be read any more").await;
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
