//! A conversation on another device, by a private link.

use crate::conversation::{
    as_a_caller, comes_back, complains, sees_it_arrived, sees_on_the_launcher, the_id,
};
use crate::shop_fixture::{ANNA, TestShop};
use serde_json::json;
use testkit::browser::BrowserProfile;
use testkit::visitor::Visitor;
use testkit::wait::until;

/// Makes a private link, as the page shows it.
async fn makes_a_link(visitor: &Visitor) -> String {
    visitor.taps("More").await;
    visitor.taps("Copy a private link").await;
    visitor.sees("Copied").await;
    let link = visitor.script("return document.querySelector('.ts-copybox').textContent").await;
    link.as_str().expect("a link").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_private_link_opens_the_conversation_elsewhere_and_leaves_no_trace_of_itself() {
    let shop = TestShop::new().await;
    let visitor = Visitor::arrives().await;
    complains(&shop, &visitor, "The bowl has a crack.").await;
    comes_back(&visitor).await;
    let link = makes_a_link(&visitor).await;
    visitor.takes_a_picture("talk-more.png").await;
    visitor.stumbles_over_nothing("what else can be done").await;
    let (address, secret) = link.split_once('#').expect("a fragment");
    assert_eq!((address, secret.len()), (&*format!("{}/c/{}", shop.server.url, shop.fixture.key), 43));

    let elsewhere = Visitor::arrives().await;
    elsewhere.goes_to(&link).await;
    elsewhere.sees("The bowl has a crack.").await;
    assert_eq!(elsewhere.script("return location.href").await, address, "gone from the address bar");
    let kept = elsewhere.script("return JSON.stringify(localStorage)").await.to_string();
    assert!(!kept.contains(secret) && !kept.contains("crack"), "swapped, and no words lie around: {kept}");
    elsewhere.takes_a_picture("talk-page.png").await;
    elsewhere.stumbles_over_nothing("the page behind a private link").await;
    elsewhere.types("Write to Anna", "From my phone.").await;
    elsewhere.taps("Send to Anna").await;
    sees_it_arrived(&elsewhere).await;
    // The first device sees it without being touched.
    visitor.taps("Back").await;
    visitor.sees("From my phone.").await;
    // What was opened once is there again without the link; and the link works again and again.
    elsewhere.reloads().await;
    elsewhere.sees("From my phone.").await;
    elsewhere.goes_to(&link).await;
    elsewhere.sees("From my phone.").await;
    // A link that is none leads nowhere, and says so.
    elsewhere.goes_to(&format!("{address}#nonsense")).await;
    elsewhere.sees("There is nothing here any more.").await;
    elsewhere.leaves().await;
    visitor.leaves().await;
}

/// An e-mail asks "is it okay now?": its buttons lead here, and only a tap here decides.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_proposed_by_a_link_is_given_by_a_tap_only() {
    let shop = TestShop::new().await;
    let visitor = Visitor::arrives().await;
    complains(&shop, &visitor, "The bowl has a crack.").await;
    comes_back(&visitor).await;
    let link = makes_a_link(&visitor).await;
    visitor.leaves().await;
    let (id, anna) = (the_id(&shop).await, shop.server.owner(ANNA).await);
    anna.answers(&id, "Oh no.").await;
    anna.puts_right(&id, "").await;
    let visitor = Visitor::arrives().await;
    visitor.goes_to(&link.replace('#', "?okay=1#")).await;
    visitor.sees("Is it okay now?").await;
    until("the proposed answer has the focus", || async {
        let focus = visitor.focus().await;
        if focus.contains("Yes, all good") { Ok(()) } else { Err(focus) }
    })
    .await;
    let search = visitor.script("return location.search + location.hash").await;
    assert_eq!(search, "", "and the proposal is gone from the address bar");
    visitor.takes_a_picture("talk-proposed.png").await;
    assert!(!anna.get("/inbox?view=recovered").await.text().contains(&id), "nothing is decided yet");
    visitor.taps("Yes, all good").await;
    visitor.sees("I’m so glad.").await;
    assert!(anna.get("/inbox?view=recovered").await.text().contains(&id));
    visitor.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_device_knows_nothing_and_cannot_come_back() {
    let shop = TestShop::new().await;
    let visitor = Visitor::arrives().await;
    complains(&shop, &visitor, "The bowl has a crack.").await;
    let kept = visitor.script("return JSON.stringify(localStorage)").await;
    assert!(!kept.to_string().contains("crack"), "what arrived does not lie here: {kept}");
    let visit = as_a_caller(&shop, &visitor).await;
    comes_back(&visitor).await;
    visitor.taps("More").await;
    visitor.taps("Forget it on this device").await;
    visitor.sees("Forgotten.").await;
    assert_eq!(visitor.script("return localStorage.length").await, json!(0));
    visitor.steps_out().await;
    assert_eq!(visitor.script("return localStorage.length").await, json!(0), "nor in the shop’s storage");
    visitor.reloads().await;
    sees_on_the_launcher(&visitor, "Tell Anna how it’s going").await;
    // Who kept the secret has nothing in their hands.
    assert_eq!(shop.server.talk(&visit, "read", &visit.entry()).await.status, 404);
    visitor.leaves().await;
    assert_eq!(shop.responses().await.len(), 1, "the shop still knows what was wrong");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_behind_a_link_says_what_it_needs() {
    let shop = TestShop::new().await;
    let address = format!("{}/c/{}#x", shop.server.url, shop.fixture.key);
    for profile in [BrowserProfile::WithoutScript, BrowserProfile::WithoutWasm] {
        let visitor = Visitor::with(&[profile]).await;
        visitor.goes_to(&address).await;
        visitor.sees("Your conversation opens with JavaScript and WebAssembly").await;
        visitor.leaves().await;
    }
}
