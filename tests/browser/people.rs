//! The people of a shop, and what they promise, as browsers show it.

use crate::shop_fixture::{ANNA, TestShop};
use serde_json::json;
use testkit::browser::BrowserProfile;
use testkit::test_server::{PASSWORD, printed};
use testkit::visitor::Visitor;

#[tokio::test(flavor = "multi_thread")]
async fn a_member_is_invited_by_a_link_and_joins_in_another_browser() {
    let shop = TestShop::new().await;
    let anna = Visitor::arrives().await;
    anna.signs_in(&shop.server, ANNA).await;
    anna.goes_to(&format!("{}/settings/people", shop.server.url)).await;
    anna.taps("Make the link").await;
    anna.sees("Here is the link.").await;
    let link = anna.script("return document.getElementById('link').textContent").await;
    let link = link.as_str().expect("a link is a text").to_owned();

    let ben = Visitor::arrives().await;
    ben.goes_to(&link).await;
    ben.sees("invites you to Kiln & Kettle.").await;
    ben.stumbles_over_nothing("an invitation").await;
    ben.types("Your name", "Ben Holm").await;
    ben.types("E-mail", "ben@kilnandkettle.example").await;
    ben.types("Password", PASSWORD).await;
    ben.taps("Join").await;
    ben.is_at("/summary").await;
    ben.goes_to(&format!("{}/settings", shop.server.url)).await;
    ben.sees("is decided by its owner").await;
    ben.leaves().await;

    anna.goes_to(&format!("{}/settings/people", shop.server.url)).await;
    anna.sees("Ben Holm").await;
    anna.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_owner_stumbles_over_the_page_of_the_people() {
    for profiles in [&[][..], &[BrowserProfile::InTheDark], &[BrowserProfile::OnAPhone]] {
        let shop = TestShop::new().await;
        let add = ["owner", "add", "ben@kilnandkettle.example", "--role", "staff", "--password-stdin"];
        let of_shop = ["--shop", shop.fixture.key.as_str()];
        printed(&shop.server.tableside(&[&add[..], &of_shop].concat(), PASSWORD));
        let owner = Visitor::with(profiles).await;
        owner.signs_in(&shop.server, ANNA).await;
        owner.goes_to(&format!("{}/settings/people", shop.server.url)).await;
        owner.taps("Make the link").await;
        owner.sees("Here is the link.").await;
        owner
            .script("document.querySelectorAll('details.person-change').forEach((it) => (it.open = true))")
            .await;
        owner.stumbles_over_nothing(&format!("the people {profiles:?}")).await;
        owner.takes_a_picture(&format!("owner-people-{profiles:?}.png")).await;
        let fits = "return document.documentElement.scrollWidth <= innerWidth";
        assert_eq!(owner.script(fits).await, json!(true), "{profiles:?}");
        owner.leaves().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_visitor_reads_the_promise_before_sending_and_with_the_receipt() {
    for profiles in [&[][..], &[BrowserProfile::InTheDark], &[BrowserProfile::OnAPhone]] {
        let shop = TestShop::new().await;
        // The shop never closes; its answers of a month are measured.
        printed(&shop.server.tableside(&["demo", "seed", "--responses", "2000", "--seed", "3"], ""));
        let visitor = Visitor::with(profiles).await;
        visitor.goes_to(&shop.at("/")).await;
        visitor.opens_the_launcher().await;
        visitor.sees_the_widget_in_charge().await;
        visitor.taps("Not okay").await;
        visitor.sees("I usually answer within ").await;
        visitor.stumbles_over_nothing("the promise before sending").await;
        visitor.types("In your own words", "The bowl is cracked.").await;
        visitor.taps("Send to Anna").await;
        visitor.reads_the_receipt().await;
        visitor.sees("I usually answer within ").await;
        visitor.sees("9 of 10 people had an answer by then").await;
        visitor.takes_a_picture(&format!("promise-{profiles:?}.png")).await;
        visitor.stumbles_over_nothing("the promise with the receipt").await;
        visitor.leaves().await;
    }
}
