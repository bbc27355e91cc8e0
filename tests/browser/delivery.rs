//! "Sent" is shown only when it is stored; what could not be sent yet is kept, and goes by itself.

use crate::shop_fixture::TestShop;
use testkit::browser::BrowserProfile;
use testkit::visitor::Visitor;
use testkit::wait::until;

async fn says_something_offline(shop: &TestShop, visitor: &Visitor, words: &str) {
    visitor.goes_to(&shop.at("/")).await;
    visitor.opens_the_launcher().await;
    visitor.sees_the_widget_in_charge().await;
    visitor.has_a_network(false).await;
    visitor.taps("Not okay").await;
    visitor.types("In your own words", words).await;
    visitor.taps("Send to Anna").await;
    visitor.sees("Saved here. Not sent yet.").await;
}

async fn arrives_once(shop: &TestShop, words: &str) {
    until("the words arrive", || async {
        let rows = shop.responses().await;
        if rows.iter().any(|row| row["comment"] == words) { Ok(()) } else { Err(rows) }
    })
    .await;
    assert_eq!(shop.responses().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_said_offline_leaves_by_itself_when_the_network_is_back() {
    let shop = TestShop::new().await;
    let visitor = Visitor::arrives().await;
    says_something_offline(&shop, &visitor, "Said in a tunnel.").await;
    visitor.takes_a_picture("offline.png").await;
    assert!(!visitor.reads().await.contains("I have it"));
    assert_eq!(shop.responses().await.len(), 0);
    visitor.has_a_network(true).await;
    visitor.sees("Thank you, I have it.").await;
    visitor.reads_the_receipt().await;
    visitor.leaves().await;
    arrives_once(&shop, "Said in a tunnel.").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_said_offline_survives_a_closed_page_and_goes_on_the_next_visit() {
    let shop = TestShop::new().await;
    let visitor = Visitor::arrives().await;
    says_something_offline(&shop, &visitor, "Said in a tunnel.").await;
    visitor.steps_out().await;
    visitor.has_a_network(true).await;
    visitor.goes_to("about:blank").await;
    visitor.goes_to(&shop.at("/")).await;
    // Opened again, as one does who wonders what became of it.
    visitor.opens_the_launcher().await;
    arrives_once(&shop, "Said in a tunnel.").await;
    visitor.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_may_be_stored_one_is_told_to_stay() {
    let shop = TestShop::new().await;
    let visitor = Visitor::with(&[BrowserProfile::WithoutStorage]).await;
    says_something_offline(&shop, &visitor, "No cookies in the tunnel.").await;
    visitor.sees("please leave this page open until it is sent").await;
    visitor.has_a_network(true).await;
    visitor.sees("Thank you, I have it.").await;
    visitor.leaves().await;
    arrives_once(&shop, "No cookies in the tunnel.").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_full_storage_one_is_told_to_stay() {
    let shop = TestShop::new().await;
    let visitor = Visitor::with(&[BrowserProfile::WithFullStorage]).await;
    says_something_offline(&shop, &visitor, "My phone is full.").await;
    visitor.sees("please leave this page open until it is sent").await;
    visitor.has_a_network(true).await;
    visitor.sees("Thank you, I have it.").await;
    visitor.leaves().await;
    arrives_once(&shop, "My phone is full.").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_response_arrives_from_a_browser_whose_clock_says_1970() {
    let shop = TestShop::new().await;
    let visitor = Visitor::with(&[BrowserProfile::In1970]).await;
    says_something_offline(&shop, &visitor, "What year is it?").await;
    visitor.has_a_network(true).await;
    visitor.sees("Thank you, I have it.").await;
    visitor.leaves().await;
    arrives_once(&shop, "What year is it?").await;
    let told_at = &shop.the_response().await["time"];
    assert!(!told_at.starts_with("1970"), "the collector's own clock counts: {told_at}");
}

#[tokio::test(flavor = "multi_thread")]
async fn five_tabs_at_once_deliver_it_once() {
    let shop = TestShop::new().await;
    let visitor = Visitor::arrives().await;
    visitor.goes_to(&shop.at("/")).await;
    visitor.opens_the_launcher().await;
    visitor.sees_the_widget_in_charge().await;
    visitor.taps("Not okay").await;
    visitor.types("In your own words", "Said in five tabs.").await;
    let TestShop { site, server, fixture } = shop;
    let closed = server.stopped();
    visitor.taps("Send to Anna").await;
    visitor.sees("That didn’t reach me.").await;
    let shop = TestShop { site, server: closed.start().await, fixture };
    for _ in 0..4 {
        visitor.opens_a_tab().await;
        visitor.goes_to(&shop.at("/")).await;
        visitor.opens_the_launcher().await;
    }
    arrives_once(&shop, "Said in five tabs.").await;
    visitor.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn when_our_side_does_not_answer_the_words_are_shown_and_can_be_sent_again() {
    let shop = TestShop::new().await;
    let visitor = Visitor::arrives().await;
    visitor.goes_to(&shop.at("/")).await;
    visitor.opens_the_launcher().await;
    visitor.sees_the_widget_in_charge().await;
    visitor.taps("Not okay").await;
    visitor.types("In your own words", "Is anybody there?").await;
    let TestShop { site, server, fixture } = shop;
    let closed = server.stopped();
    visitor.taps("Send to Anna").await;
    visitor.sees("That didn’t reach me.").await;
    visitor.sees("Is anybody there?").await;
    visitor.takes_a_picture("failed.png").await;
    let shop = TestShop { site, server: closed.start().await, fixture };
    visitor.taps("Try again").await;
    visitor.sees("Thank you, I have it.").await;
    visitor.leaves().await;
    arrives_once(&shop, "Is anybody there?").await;
}

/// Words typed before the widget is in charge, and after a page was closed by mistake.
#[tokio::test(flavor = "multi_thread")]
async fn a_half_written_complaint_is_still_there_after_the_panel_was_closed_and_opened_again() {
    let shop = TestShop::new().await;
    let visitor = Visitor::arrives().await;
    visitor.goes_to(&shop.at("/")).await;
    visitor.opens_the_launcher().await;
    visitor.sees_the_widget_in_charge().await;
    visitor.taps("Not okay").await;
    visitor.types("In your own words", "Half a sen").await;
    visitor.taps("Close").await;
    visitor.sees_the_panel_close().await;
    visitor.opens_the_launcher().await;
    assert_eq!(visitor.reads_the_field("In your own words").await, "Half a sen");
    visitor.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_a_visitor_said_stays_on_the_device_once_it_was_stored() {
    let shop = TestShop::new().await;
    let visitor = Visitor::arrives().await;
    visitor.goes_to(&shop.at("/")).await;
    visitor.opens_the_launcher().await;
    visitor.sees_the_widget_in_charge().await;
    visitor.taps("Not okay").await;
    visitor.types("In your own words", "canary-41").await;
    visitor.types("E-mail", "canary-42@posteo.example").await;
    visitor.taps("Send to Anna").await;
    visitor.reads_the_receipt().await;
    let everything = "return JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])";
    let in_the_frame = visitor.script(everything).await.to_string();
    visitor.steps_out().await;
    let on_the_page = visitor.script(everything).await.to_string();
    assert!(!in_the_frame.contains("canary"), "{in_the_frame}");
    assert!(!on_the_page.contains("canary"), "{on_the_page}");
    visitor.leaves().await;
}
