//! Browsers that lack something: what is left must work, and no button is dead.

use crate::shop_fixture::TestShop;
use testkit::browser::BrowserProfile;
use testkit::visitor::Visitor;

#[tokio::test(flavor = "multi_thread")]
async fn without_webassembly_the_plain_form_does_it() {
    let shop = TestShop::new().await;
    let visitor = Visitor::with(&[BrowserProfile::WithoutWasm]).await;
    visitor.goes_to(&shop.at("/")).await;
    visitor.opens_the_launcher().await;
    visitor.sees("Is everything okay so far?").await;
    assert_eq!(visitor.script("return typeof WebAssembly").await, "undefined");
    assert!(visitor.has_the_plain_form().await);
    visitor.taps("Not okay").await;
    visitor.taps("Delivery").await;
    visitor.types("In your own words", "Eleven days.").await;
    visitor.taps("Send to Anna").await;
    visitor.sees("Thank you, I have it.").await;
    let receipt = visitor.reads_the_receipt().await;
    visitor.takes_a_picture("without-wasm.png").await;
    // The frame's second page speaks with the shop's page as the first did.
    visitor.taps("Close").await;
    visitor.sees_the_panel_close().await;
    visitor.sees_the_launcher().await;
    visitor.leaves().await;
    let row = shop.the_response().await;
    assert_eq!((row["comment"].as_str(), row["receipt"].as_str()), ("Eleven days.", receipt.as_str()));
    assert_eq!((row["page"].as_str(), row["reasons"].as_str()), ("/", "Delivery"));
}

/// The page behind the link in an e-mail or the code on a parcel.
#[tokio::test(flavor = "multi_thread")]
async fn without_script_the_full_page_does_it() {
    let shop = TestShop::new().await;
    let visitor = Visitor::with(&[BrowserProfile::WithoutScript]).await;
    visitor.goes_to(&format!("{}/w/{}", shop.server.url, shop.fixture.key)).await;
    visitor.taps("Not okay").await;
    visitor.types("In your own words", "Lid missing.").await;
    visitor.takes_a_picture("without-script.png").await;
    visitor.taps("Send to Anna").await;
    let receipt = visitor.reads_the_receipt().await;
    visitor.leaves().await;
    let row = shop.the_response().await;
    assert_eq!((row["comment"].as_str(), row["receipt"].as_str()), ("Lid missing.", receipt.as_str()));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_full_page_is_the_same_widget() {
    let shop = TestShop::new().await;
    let visitor = Visitor::arrives().await;
    visitor.goes_to(&format!("{}/w/{}", shop.server.url, shop.fixture.key)).await;
    visitor.sees_the_widget_in_charge().await;
    visitor.takes_a_picture("full-page.png").await;
    visitor.taps("Not okay").await;
    visitor.types("In your own words", "Lid missing.").await;
    visitor.taps("Send to Anna").await;
    visitor.reads_the_receipt().await;
    visitor.leaves().await;
    assert_eq!(shop.the_response().await["comment"], "Lid missing.");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_may_be_stored_it_works_for_the_pages_life() {
    let shop = TestShop::new().await;
    let visitor = Visitor::with(&[BrowserProfile::WithoutStorage]).await;
    visitor.goes_to(&shop.at("/")).await;
    visitor.opens_the_launcher().await;
    visitor.sees_the_widget_in_charge().await;
    visitor.taps("Not okay").await;
    visitor.types("In your own words", "No cookies, please.").await;
    visitor.taps("Send to Anna").await;
    visitor.reads_the_receipt().await;
    visitor.leaves().await;
    assert_eq!(shop.the_response().await["comment"], "No cookies, please.");
}
