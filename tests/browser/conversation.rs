//! The conversation, from the visitor's side: in the shop's page, on the page behind a private link, with and without a
//! network.

use crate::town::Town;
use serde_json::json;
use tests::patience::until;
use tests::visitor::Visitor;

/// A visitor has complained, and sees that it was taken.
async fn complains(town: &Town, visitor: &Visitor, words: &str) {
    visitor.goes_to(&town.at("/")).await;
    visitor.opens_the_launcher().await;
    visitor.sees_the_widget_in_charge().await;
    visitor.taps("Not okay").await;
    visitor.types("In your own words", words).await;
    visitor.taps("Send to Anna").await;
    visitor.reads_the_receipt().await;
}

/// Leaves the panel and comes back to it.
async fn comes_back(visitor: &Visitor) {
    visitor.taps("Close").await;
    visitor.sees_the_panel_close().await;
    visitor.opens_the_launcher().await;
}

/// Waits until nothing in the conversation is on its way any more.
async fn sees_it_arrived(visitor: &Visitor) {
    until("everything that was said has arrived", || async {
        let thread = visitor.script("return document.querySelector('.ts-thread')?.innerText").await;
        let text = thread.as_str().unwrap_or("On its way").to_owned();
        if text.contains("On its way") || text.contains("Not sent yet") { Err(text) } else { Ok(()) }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_complaint_is_there_again_and_can_be_gone_on_with() {
    let town = Town::new().await;
    let visitor = Visitor::arrives().await;
    complains(&town, &visitor, "The bowl has a crack. <b>Sad</b>").await;
    visitor.sees("My answer will wait here, on this device.").await;
    visitor.takes_a_picture("talk-sent.png").await;
    comes_back(&visitor).await;
    visitor.sees("Your conversation with Anna").await;
    visitor.sees("The bowl has a crack. <b>Sad</b>").await;
    visitor.sees("Received").await;
    visitor.types("Write to Anna", "It was a present.\nFor Saturday.").await;
    visitor.taps("Send to Anna").await;
    visitor.sees("For Saturday.").await;
    sees_it_arrived(&visitor).await;
    assert_eq!(visitor.reads_the_field("Write to Anna").await, "", "what was sent is written no more");
    visitor.takes_a_picture("talk.png").await;
    visitor.stumbles_over_nothing("a conversation").await;
    // On another page of the shop, and in another tab, it is the same conversation.
    town.page("/second", tests::street::Page::new());
    visitor.goes_to(&town.at("/second")).await;
    until("the launcher knows of the conversation", || async {
        let label = visitor.sees_the_launcher().await;
        if label == "Your conversation with Anna" { Ok(()) } else { Err(label) }
    })
    .await;
    visitor.opens_the_launcher().await;
    visitor.sees("For Saturday.").await;
    assert_eq!(visitor.script("return Object.keys(localStorage).length").await, json!(1));
    visitor.leaves().await;
}
