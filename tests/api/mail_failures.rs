//! Mail that cannot be delivered: refused, delayed, without a server, and after a restore.

use crate::mail::{ANNA, BEN, HOUR_MS, MINUTE_MS, complains, until_settings_say};
use testkit::smtp_sink::{Mail, SmtpBehaviour, SmtpSink, through};
use testkit::test_server::{SHOP_ORIGIN, TestServer, TestServerBuilder, printed};
use testkit::wait::until;

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
async fn what_is_refused_for_good_is_shown_with_the_servers_own_words_and_sent_again_only_on_request() {
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
async fn what_has_waited_for_days_without_a_server_is_not_sent_before_the_owner_says_so() {
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
    // Since then it was sent, as far as the database knows.
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

/// A backup of yesterday has conversations that are due today. On PostgreSQL the restore has one connection.
#[tokio::test]
async fn a_backup_of_two_days_ago_comes_back_with_what_became_due_held_back() {
    let builder = TestServerBuilder::new();
    let shop = builder.shop("Kiln & Kettle", SHOP_ORIGIN);
    builder.owner(ANNA, &[&shop]);
    let server = builder.start().await;
    complains(&server, &shop, "Hello?").await;
    until_settings_say(&server.owner(ANNA).await, "One e-mail has not gone out").await;
    let builder = server.stopped();
    let backup = builder.file("backup.db").display().to_string();
    printed(&builder.tableside(&["backup", &backup], ""));
    // A collector that was only started leaves an empty database, and the clock where it was turned to.
    let other = TestServerBuilder::new().start().await;
    other.turn_the_clock(48 * HOUR_MS);
    let other = other.stopped();
    printed(&other.tableside(&["restore", &backup], ""));
    let server = other.start().await;
    let anna = server.owner(ANNA).await;
    until_settings_say(&anna, "held back").await;
    assert!(anna.get("/inbox").await.text().contains("Hello?"));
}
