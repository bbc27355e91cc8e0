//! The conversation, from the visitor's side: in the shop's page, on the page behind a private link, with and without a
//! network.

use crate::town::{ANNA, Town};
use serde_json::{Value, json};
use tests::chromium::Habit;
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

/// The id of the one conversation, as its response has it.
async fn the_id(town: &Town) -> String {
    town.the_response().await["id"].clone()
}

/// Waits until the launcher says so.
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
async fn an_answer_shows_on_the_launcher_and_is_unread_until_it_was_in_sight() {
    let town = Town::new().await;
    let visitor = Visitor::arrives().await;
    complains(&town, &visitor, "The bowl has a crack.").await;
    visitor.taps("Close").await;
    visitor.sees_the_panel_close().await;
    sees_on_the_launcher(&visitor, "Your conversation with Anna").await;
    let id = the_id(&town).await;
    town.house.owner(ANNA).await.answers(&id, "Oh no. A new one leaves today.").await;
    sees_on_the_launcher(&visitor, "Anna has answered1").await;
    visitor.takes_a_picture("talk-badge.png").await;
    // A page that is opened later knows it, too.
    visitor.reloads().await;
    sees_on_the_launcher(&visitor, "Anna has answered1").await;
    visitor.opens_the_launcher().await;
    visitor.sees("Oh no. A new one leaves today.").await;
    visitor.sees("Being looked at").await;
    visitor.takes_a_picture("talk-new.png").await;
    visitor.stumbles_over_nothing("a conversation with something new").await;
    visitor.sees_go("New\n").await;
    visitor.taps("Close").await;
    visitor.sees_the_panel_close().await;
    sees_on_the_launcher(&visitor, "Your conversation with Anna").await;
    visitor.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn put_right_is_asked_about_at_once_and_not_yet_reopens_it() {
    let town = Town::new().await;
    let visitor = Visitor::arrives().await;
    complains(&town, &visitor, "The bowl has a crack.").await;
    comes_back(&visitor).await;
    visitor.sees("Received").await;
    let (id, anna) = (the_id(&town).await, town.house.owner(ANNA).await);
    anna.answers(&id, "Oh no.").await;
    // What is being written stays, whatever comes.
    visitor.types("Write to Anna", "It was").await;
    visitor.sees("Oh no.").await;
    anna.puts_right(&id, "A new one is there.").await;
    visitor.sees("Is it okay now?").await;
    visitor.sees("put it right: a new one").await;
    visitor.types("Write to Anna", " a present.").await;
    assert_eq!(visitor.reads_the_field("Write to Anna").await, "It was a present.");
    visitor.takes_a_picture("talk-okay-now.png").await;
    visitor.stumbles_over_nothing("is it okay now?").await;
    visitor.taps("Not yet").await;
    visitor.sees("Then we’re not done. What’s still wrong?").await;
    visitor.sees("I’ve opened it again.").await;
    visitor.takes_a_picture("talk-not-yet.png").await;
    visitor.stumbles_over_nothing("not yet").await;
    assert!(anna.get("/inbox").await.text().contains(&id), "it waits again");
    anna.answers(&id, "I’ll send another one.").await;
    anna.puts_right(&id, "").await;
    visitor.sees("Is it okay now?").await;
    visitor.taps("Yes, all good").await;
    visitor.sees("I’m so glad.").await;
    sees_it_arrived(&visitor).await;
    visitor.sees("You said that it’s okay now").await;
    visitor.takes_a_picture("talk-okay.png").await;
    visitor.stumbles_over_nothing("okay again").await;
    assert!(anna.get("/inbox?view=recovered").await.text().contains(&id));
    visitor.leaves().await;
}
