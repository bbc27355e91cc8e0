//! The whole story by letter: every step of it begins with a mail that came, and a link in it that is followed.

use crate::shop_fixture::{ANNA, TestShop};
use testkit::browser::BrowserProfile;
use testkit::requests::{Visit, with};
use testkit::smtp_sink::SmtpSink;
use testkit::test_server::PASSWORD;
use testkit::visitor::Visitor;
use testkit::wait::until;

const MARTA: &str = "marta@posteo.example";
const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// Follows a link in a mail.
async fn follows(shop: &TestShop, reader: &Visitor, link: &str) {
    reader.goes_to(&[&shop.server.url, link].concat()).await;
}

/// What the launcher in the shop's page says.
async fn sees_on_the_launcher(visitor: &Visitor, label: &str) {
    visitor.steps_out().await;
    until(&format!("the launcher says {label:?}"), || async {
        let said = visitor.sees_the_launcher().await;
        // However the people of this shop spell their names.
        if said.eq_ignore_ascii_case(label) { Ok(()) } else { Err(said) }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn from_the_broken_bowl_to_okay_again_by_letter() {
    let smtp = SmtpSink::open().await;
    let shop = TestShop::with_mail(&smtp).await;

    // Marta complains in the shop, and leaves her address.
    let marta = Visitor::arrives().await;
    marta.goes_to(&shop.at("/")).await;
    marta.opens_the_launcher().await;
    marta.sees_the_widget_in_charge().await;
    marta.taps("Not okay").await;
    marta.types("In your own words", "The blue bowl came with a crack.").await;
    marta.types("E-mail", MARTA).await;
    marta.taps("Send to Anna").await;
    marta.reads_the_receipt().await;
    marta.taps("Close").await;
    marta.sees_the_panel_close().await;
    sees_on_the_launcher(&marta, "Your conversation with Anna").await;

    // Anna gets a mail, follows its link, signs in on the way, and answers.
    let mails = smtp.until_there_are(1, ANNA).await;
    let anna = Visitor::with(&[BrowserProfile::OnAPhone]).await;
    follows(&shop, &anna, &mails[0].link("/inbox/")).await;
    anna.types("E-mail", ANNA).await;
    anna.types("Password", PASSWORD).await;
    anna.taps("Sign in").await;
    anna.sees("The blue bowl came with a crack.").await;
    anna.types("Your words", "Oh no, and for a birthday. I’m sorry.").await;
    anna.taps("Send answer").await;
    anna.sees("Your answer is on its way.").await;

    // Marta sees it in the shop, and in a mail, from which she answers on her telephone.
    sees_on_the_launcher(&marta, "Anna has answered1").await;
    let mails = smtp.until_there_are(1, MARTA).await;
    let phone = Visitor::with(&[BrowserProfile::OnAPhone]).await;
    follows(&shop, &phone, &mails[0].link("/c/")).await;
    phone.sees("Oh no, and for a birthday.").await;
    let address = phone.script("return location.pathname + location.search + location.hash").await;
    assert_eq!(address, format!("/c/{}", shop.fixture.key), "the secret is gone from the address bar");
    phone.types("Write to Anna", "It was a present for Saturday.").await;
    phone.taps("Send to Anna").await;
    anna.sees("It was a present for Saturday.").await;
    let mails = smtp.until_there_are(2, ANNA).await;
    assert_eq!(mails[1].header("subject"), "There is more: “It was a present for Saturday.”");

    // It is put right; two days later she is asked, and says "not yet".
    let id = shop.the_response().await["id"].clone();
    let desk = shop.server.owner(ANNA).await;
    desk.answers(&id, "A new one leaves today.").await;
    desk.puts_right(&id, "It is with you.").await;
    let told = until("she is told that it is put right", || async {
        let mails = smtp.mails_to(MARTA);
        if mails.iter().any(|mail| mail.text().contains("It is with you.")) {
            Ok(mails.len())
        } else {
            Err(mails.len())
        }
    })
    .await;
    shop.server.turn_the_clock(3 * DAY_MS);
    let mails = smtp.until_there_are(told + 1, MARTA).await;
    let not_yet = mails[told].link("/c/").replace("?okay=1", "?okay=0");
    let elsewhere = Visitor::arrives().await;
    follows(&shop, &elsewhere, &not_yet).await;
    elsewhere.sees("Is it okay now?").await;
    assert_eq!(smtp.mails_to(ANNA).len(), 2, "opening it decides nothing");
    elsewhere.taps("Not yet").await;
    let mails = smtp.until_there_are(3, ANNA).await;
    assert!(mails[2].header("subject").starts_with("Not okay yet: “"), "{}", mails[2].header("subject"));

    // The second time she says yes.
    desk.answers(&id, "Then your money is on its way.").await;
    desk.puts_right(&id, "").await;
    let sent = smtp.until_there_are(told + 3, MARTA).await.len();
    shop.server.turn_the_clock(3 * DAY_MS);
    let mails = smtp.until_there_are(sent + 1, MARTA).await;
    follows(&shop, &phone, &mails[sent].link("/c/")).await;
    phone.sees("Is it okay now?").await;
    phone.taps("Yes, all good").await;
    phone.sees("I’m so glad.").await;
    until("it is won back", || async {
        let page = shop.server.owner(ANNA).await.get("/inbox?view=recovered").await.text();
        if page.contains(&id) { Ok(()) } else { Err(page.len()) }
    })
    .await;
    for person in [marta, anna, phone, elsewhere] {
        person.leaves().await;
    }
}

/// The page that stops mail, as people see it who see it differently.
async fn stops_mail(profiles: &[BrowserProfile], language: &str, name: &str) {
    let smtp = SmtpSink::open().await;
    let shop = TestShop::with_mail(&smtp).await;
    let visit = Visit::to(&shop.fixture);
    let body = with(with(visit.says(1, "It has a crack."), "email", MARTA), "language", language);
    assert_eq!(shop.server.respond(&body).await.status, 201);
    shop.server.owner(ANNA).await.answers(&visit.id, "Oh no.").await;
    let mail = smtp.until_there_are(1, MARTA).await.remove(0);
    let reader = Visitor::with(profiles).await;
    follows(&shop, &reader, &mail.link("/u/")).await;
    let (question, button, done) = match language {
        "de" => ("Keine Mail mehr von", "Keine Fragen mehr", "Gut. Keine Fragen mehr per Mail."),
        _ => ("No more e-mail from", "No more questions", "Done. No more questions by e-mail."),
    };
    reader.sees(question).await;
    reader.takes_a_picture(&format!("stop-{name}.png")).await;
    reader.stumbles_over_nothing(&format!("no more mail, {name}")).await;
    reader.taps(button).await;
    reader.sees(done).await;
    reader.takes_a_picture(&format!("stop-{name}-done.png")).await;
    reader.stumbles_over_nothing(&format!("no more mail, said, {name}")).await;
    let width = reader.script("return document.documentElement.scrollWidth <= innerWidth").await;
    assert_eq!(width, true, "nothing sticks out");
    reader.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_is_stopped_on_a_phone() {
    stops_mail(&[BrowserProfile::OnAPhone], "en", "phone").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_is_stopped_in_german_in_the_dark() {
    stops_mail(&[BrowserProfile::InTheDark], "de", "dark").await;
}
