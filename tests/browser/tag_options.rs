//! The `data-*` options of the tag: one test for each, and what they are about.

use crate::shop_fixture::TestShop;
use serde_json::json;
use testkit::host_site::HostPage;
use testkit::owner_session::ExportRow;
use testkit::visitor::Visitor;
use testkit::wait::until;

/// A shop whose page `/tagged` has these options in its tag.
async fn shop_with_tag(options: &str) -> TestShop {
    let shop = TestShop::new().await;
    let tag = format!("<script async src=\"{{src}}\" {options}></script>");
    shop.page_with_tag("/tagged", HostPage::new(), &tag);
    shop
}

/// Opens the panel by the launcher, and sends a complaint with these words.
async fn complains(visitor: &Visitor, words: &str) {
    visitor.opens_the_launcher().await;
    visitor.sees_the_widget_in_charge().await;
    visitor.taps("Not okay").await;
    sends(visitor, words).await;
}

async fn sends(visitor: &Visitor, words: &str) {
    visitor.types("In your own words", words).await;
    visitor.taps("Send to Anna").await;
    visitor.reads_the_receipt().await;
}

async fn response_saying(shop: &TestShop, words: &str) -> ExportRow {
    let rows = shop.responses().await;
    rows.iter().find(|row| row["comment"] == words).unwrap_or_else(|| panic!("{words}: {rows:#?}")).clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn data_order_is_in_the_form_and_in_the_response() {
    let shop = shop_with_tag("data-order=\"1042\"").await;
    let visitor = Visitor::arrives().await;
    visitor.goes_to(&shop.at("/tagged")).await;
    visitor.opens_the_launcher().await;
    visitor.sees_the_widget_in_charge().await;
    visitor.taps("Not okay").await;
    assert_eq!(visitor.reads_the_field("Order number").await, "1042");
    sends(&visitor, "It never came.").await;
    visitor.leaves().await;
    let row = shop.the_response().await;
    assert_eq!((row["order"].as_str(), row["moment"].as_str()), ("1042", "any_time"));
}

/// A visitor who has more to say about a page says it about the same product.
#[tokio::test(flavor = "multi_thread")]
async fn data_product_is_in_each_response_from_that_page() {
    let shop = shop_with_tag("data-product=\"Teapot Fjord\"").await;
    let visitor = Visitor::arrives().await;
    visitor.goes_to(&shop.at("/tagged")).await;
    complains(&visitor, "It drips.").await;
    visitor.taps("Back to the shop").await;
    visitor.sees_the_panel_close().await;
    visitor.sees_the_launcher().await;
    // Opened again, the panel shows the conversation, and from there leads to another response.
    visitor.opens_the_launcher().await;
    visitor.taps("Tell Anna something else").await;
    visitor.taps("Not okay").await;
    sends(&visitor, "The lid is loose.").await;
    visitor.leaves().await;
    for words in ["It drips.", "The lid is loose."] {
        assert_eq!(response_saying(&shop, words).await["product"], "Teapot Fjord", "{words}");
    }
}

/// A shop system that builds pages in the browser keeps the tag of the first page.
#[tokio::test(flavor = "multi_thread")]
async fn data_order_and_data_product_are_about_the_page_that_came_with_the_tag() {
    let shop = shop_with_tag("data-order=\"1042\" data-product=\"Teapot Fjord\"").await;
    let visitor = Visitor::arrives().await;
    visitor.goes_to(&shop.at("/tagged")).await;
    visitor.sees_the_launcher().await;
    // The loader looks at the page every half second, and looks for a change of page first.
    let look = "window.testLooks = 0; const look = document.elementsFromPoint;
        document.elementsFromPoint = function (...a) { testLooks++; return look.apply(this, a) };
        history.pushState({}, '', '/elsewhere')";
    visitor.script(look).await;
    until("the loader has seen the change of page", || async {
        let looks = visitor.script("return testLooks").await;
        if looks == json!(0) { Err(looks) } else { Ok(()) }
    })
    .await;
    visitor.opens_the_launcher().await;
    visitor.sees_the_widget_in_charge().await;
    visitor.taps("Not okay").await;
    sends(&visitor, "I am on another page now.").await;
    visitor.leaves().await;
    let row = shop.the_response().await;
    assert_eq!([&row["page"], &row["order"], &row["product"]], ["/elsewhere", "", ""]);
}

#[tokio::test(flavor = "multi_thread")]
async fn data_moment_says_that_this_is_the_page_after_checkout() {
    let shop = shop_with_tag("data-moment=\"after_checkout\"").await;
    shop.asks(&[("after_on", "1")]).await;
    let visitor = Visitor::arrives().await;
    visitor.goes_to(&shop.at("/tagged")).await;
    visitor.is_asked().await;
    visitor.sees("Did the order go smoothly?").await;
    visitor.sees_the_widget_in_charge().await;
    visitor.taps("Smoothly").await;
    visitor.sees("Lovely, thank you.").await;
    visitor.leaves().await;
    assert_eq!(shop.the_response().await["moment"], "after_checkout");
}

#[tokio::test(flavor = "multi_thread")]
async fn data_lang_is_the_language_of_launcher_question_and_response() {
    let shop = shop_with_tag("data-lang=\"de-CH\"").await;
    let visitor = Visitor::arrives().await;
    visitor.goes_to(&shop.at("/tagged")).await;
    assert_eq!(visitor.sees_the_launcher().await, "Sag Anna, wie es läuft");
    visitor.opens_the_launcher().await;
    visitor.sees_the_widget_in_charge().await;
    visitor.taps("Alles gut").await;
    visitor.sees("Wie schön, danke.").await;
    visitor.leaves().await;
    assert_eq!(shop.the_response().await["language"], "de");
}

/// The page knows best: a dark shop may have a light page.
#[tokio::test(flavor = "multi_thread")]
async fn data_theme_goes_before_the_theme_in_the_settings() {
    for (in_settings, in_tag) in [("dark", "light"), ("light", "dark")] {
        let shop = shop_with_tag(&format!("data-theme=\"{in_tag}\"")).await;
        let look =
            [("accent", "#1d5c45"), ("scale", "three_faces"), ("corner", "end"), ("theme", in_settings)];
        shop.sets("/settings/look", &look).await;
        let visitor = Visitor::arrives().await;
        visitor.goes_to(&shop.at("/tagged")).await;
        visitor.sees_the_launcher().await;
        let of_launcher = "return testRoots[0].host.style.colorScheme";
        assert_eq!(visitor.script(of_launcher).await, json!(in_tag));
        visitor.opens_the_launcher().await;
        visitor.sees_the_widget_in_charge().await;
        assert_eq!(visitor.script("return document.documentElement.dataset.theme").await, json!(in_tag));
        visitor.leaves().await;
    }
}
