//! The conversation, from the visitor's side: in the shop's page, on the page behind a private link, with and without a
//! network.

use crate::shop_fixture::{ANNA, TestShop};
use serde_json::json;
use testkit::browser::BrowserProfile;
use testkit::requests::Visit;
use testkit::visitor::Visitor;
use testkit::wait::until;
use thirtyfour::Key;

/// A visitor has complained, and sees that it was taken.
pub(crate) async fn complains(shop: &TestShop, visitor: &Visitor, words: &str) {
    visitor.goes_to(&shop.at("/")).await;
    visitor.opens_the_launcher().await;
    visitor.sees_the_widget_in_charge().await;
    visitor.taps("Not okay").await;
    visitor.types("In your own words", words).await;
    visitor.taps("Send to Anna").await;
    visitor.reads_the_receipt().await;
}

/// Leaves the panel and comes back to it.
pub(crate) async fn comes_back(visitor: &Visitor) {
    visitor.taps("Close").await;
    visitor.sees_the_panel_close().await;
    visitor.opens_the_launcher().await;
}

/// Waits until nothing in the conversation is on its way any more.
pub(crate) async fn sees_it_arrived(visitor: &Visitor) {
    until("everything that was said has arrived", || async {
        let thread = visitor.script("return document.querySelector('.ts-thread')?.innerText").await;
        let text = thread.as_str().unwrap_or("On its way").to_owned();
        if text.contains("On its way") || text.contains("Not sent yet") { Err(text) } else { Ok(()) }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_complaint_is_there_again_and_can_be_gone_on_with() {
    let shop = TestShop::new().await;
    let visitor = Visitor::arrives().await;
    complains(&shop, &visitor, "The bowl has a crack. <b>Sad</b>").await;
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
    shop.page("/second", testkit::host_site::HostPage::new());
    visitor.goes_to(&shop.at("/second")).await;
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
pub(crate) async fn the_id(shop: &TestShop) -> String {
    shop.the_response().await["id"].clone()
}

/// Waits until the launcher says so.
pub(crate) async fn sees_on_the_launcher(visitor: &Visitor, label: &str) {
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
    let shop = TestShop::new().await;
    let visitor = Visitor::arrives().await;
    complains(&shop, &visitor, "The bowl has a crack.").await;
    visitor.taps("Close").await;
    visitor.sees_the_panel_close().await;
    sees_on_the_launcher(&visitor, "Your conversation with Anna").await;
    let id = the_id(&shop).await;
    shop.server.owner(ANNA).await.answers(&id, "Oh no. A new one leaves today.").await;
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
    let shop = TestShop::new().await;
    let visitor = Visitor::arrives().await;
    complains(&shop, &visitor, "The bowl has a crack.").await;
    comes_back(&visitor).await;
    visitor.sees("Received").await;
    let (id, anna) = (the_id(&shop).await, shop.server.owner(ANNA).await);
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

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_without_a_network_arrives_later_and_once() {
    let shop = TestShop::new().await;
    let visitor = Visitor::arrives().await;
    complains(&shop, &visitor, "The bowl has a crack.").await;
    comes_back(&visitor).await;
    visitor.sees("Received").await;
    visitor.has_a_network(false).await;
    for words in ["Said in a tunnel.", "And once more."] {
        visitor.types("Write to Anna", words).await;
        visitor.taps("Send to Anna").await;
        visitor.sees(words).await;
    }
    visitor.sees("Saved here. Not sent yet.").await;
    visitor.takes_a_picture("talk-offline.png").await;
    visitor.steps_out().await;
    visitor.has_a_network(true).await;
    // Closed, and come back another time.
    visitor.goes_to("about:blank").await;
    visitor.goes_to(&shop.at("/")).await;
    let (id, anna) = (the_id(&shop).await, shop.server.owner(ANNA).await);
    until("both arrive", || async {
        let page = anna.get(&format!("/inbox/{id}")).await.text();
        if page.contains("tunnel") && page.contains("once more") { Ok(()) } else { Err(page.len()) }
    })
    .await;
    visitor.opens_the_launcher().await;
    sees_it_arrived(&visitor).await;
    visitor.sees("And once more.").await;
    let said = visitor
        .script("return [...document.querySelectorAll('.ts-msg-me p')].map((p) => p.textContent)")
        .await;
    assert_eq!(said, json!(["The bowl has a crack.", "Said in a tunnel.", "And once more."]));
    visitor.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_added_later_and_the_conversation_is_deleted_for_good() {
    let shop = TestShop::new().await;
    let visitor = Visitor::arrives().await;
    complains(&shop, &visitor, "The bowl has a crack.").await;
    comes_back(&visitor).await;
    visitor.taps("More").await;
    visitor.types("E-mail", "marta@posteo").await;
    visitor.taps("Save").await;
    visitor.sees("Is there something missing after “posteo”?").await;
    visitor.types("E-mail", "marta@posteo.example").await;
    visitor.taps("Save").await;
    visitor.sees("I’ll write to marta@posteo.example.").await;
    assert_eq!(shop.the_response().await["email"], "marta@posteo.example");
    visitor.taps("Delete this conversation").await;
    visitor.sees("Delete everything you wrote here?").await;
    visitor.stumbles_over_nothing("whether it is to be deleted").await;
    visitor.taps("Back").await;
    visitor.sees("The bowl has a crack.").await;
    assert_eq!(shop.responses().await.len(), 1, "thought better of it");
    visitor.taps("More").await;
    visitor.taps("Delete this conversation").await;
    visitor.taps("Yes, delete it").await;
    visitor.sees("Deleted. Nothing of it is left with us.").await;
    assert_eq!(shop.responses().await.len(), 0);
    assert_eq!(visitor.script("return localStorage.length").await, json!(0), "nor on this device");
    visitor.taps("Close").await;
    visitor.sees_the_panel_close().await;
    sees_on_the_launcher(&visitor, "Tell Anna how it’s going").await;
    visitor.leaves().await;
}

/// The visitor as their browser is known to the collector: the secret is read off what the frame keeps.
pub(crate) async fn as_a_caller(shop: &TestShop, visitor: &Visitor) -> Visit {
    let find =
        "return Object.entries(localStorage).find(([name]) => name.endsWith('.talks'))[1].split('\\t')";
    let fields = visitor.script(find).await;
    let field = |n: usize| fields[n].as_str().expect("a field").to_owned();
    Visit { id: field(1), secret: field(2), shop: shop.fixture.key.clone() }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_gets_no_stream_asks_instead() {
    let shop = TestShop::new().await;
    let visitor = Visitor::arrives().await;
    complains(&shop, &visitor, "The bowl has a crack.").await;
    let visit = as_a_caller(&shop, &visitor).await;
    visitor.goes_to("about:blank").await;
    // Others have taken all the streams that one conversation may have.
    let mut ears = Vec::new();
    for _ in 0..3 {
        let listener =
            until("a stream", || async { shop.server.listens(&[&visit]).await.map_err(|a| a.status) }).await;
        ears.push(listener);
    }
    shop.server.owner(ANNA).await.answers(&visit.id, "Oh no.").await;
    visitor.goes_to(&shop.at("/")).await;
    sees_on_the_launcher(&visitor, "Anna has answered1").await;
    assert!(shop.server.listens(&[&visit]).await.is_err(), "there was none to be had");
    drop(ears);
    visitor.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn words_that_cannot_be_taken_any_more_are_not_lost() {
    let shop = TestShop::new().await;
    let visitor = Visitor::arrives().await;
    complains(&shop, &visitor, "Buy my pills.").await;
    comes_back(&visitor).await;
    visitor.sees("Received").await;
    let id = the_id(&shop).await;
    shop.server.owner(ANNA).await.does(&id, "set-aside", &[("reason", "spam")]).await;
    visitor.types("Write to Anna", "Really, buy them.").await;
    visitor.taps("Send to Anna").await;
    visitor.sees("Nothing more can be written here.").await;
    assert_eq!(visitor.reads_the_field("Write to Anna").await, "Really, buy them.");
    visitor.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn several_conversations_are_listed_and_told_apart() {
    let shop = TestShop::new().await;
    let visitor = Visitor::arrives().await;
    complains(&shop, &visitor, "The bowl has a crack.").await;
    comes_back(&visitor).await;
    visitor.taps("Tell Anna something else").await;
    visitor.taps("Not okay").await;
    visitor.types("In your own words", "And the parcel was late.").await;
    visitor.taps("Send to Anna").await;
    visitor.reads_the_receipt().await;
    let rows = shop.responses().await;
    let bowl = rows.iter().find(|row| row["comment"].contains("bowl")).expect("the first");
    shop.server.owner(ANNA).await.answers(&bowl["id"], "Oh no.").await;
    visitor.taps("Close").await;
    visitor.sees_the_panel_close().await;
    sees_on_the_launcher(&visitor, "Anna has answered1").await;
    // The one with the answer comes first.
    visitor.opens_the_launcher().await;
    visitor.sees("Oh no.").await;
    visitor.taps("Your conversations").await;
    visitor.sees("And the parcel was late.").await;
    visitor.takes_a_picture("talks.png").await;
    visitor.stumbles_over_nothing("several conversations").await;
    visitor.script("document.querySelectorAll('.ts-line')[1].focus()").await;
    visitor.presses(&[Key::Enter]).await;
    visitor.sees("Your conversation with Anna").await;
    visitor.sees_go("Oh no.").await;
    visitor.leaves().await;
}

/// What the people of a shop say is text, whatever stands in it.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_a_shop_says_is_more_than_words() {
    const CORPUS: [&str; 12] = [
        "<script>document.title = 'hurt'</script>",
        "<img src=x onerror=\"document.title = 'hurt'\">",
        "<svg onload=\"document.title = 'hurt'\"><animate onbegin=alert(1) attributeName=x>",
        "<math><annotation-xml encoding=\"text/html\"><style><img title=\"</style><img src onerror=alert(1)>\">",
        "</p></article></div><h1>Support</h1>",
        "<a href=\"javascript:alert(1)\">click</a> javascript:alert(1)",
        "{{constructor.constructor('alert(1)')()}} ${7*7} <%= 7 %>",
        "</script><iframe srcdoc=\"<script>alert(1)</script>\">",
        "\u{202e}gnp.exe\u{202c} \u{2066}x\u{2069} \u{fffd}",
        "\"'`><input autofocus onfocus=alert(1)>",
        "data:text/html,<script>alert(1)</script>",
        "key\tnot\ta\\nline\\",
    ];
    let shop = TestShop::new().await;
    let visitor = Visitor::arrives().await;
    complains(&shop, &visitor, CORPUS[0]).await;
    comes_back(&visitor).await;
    let (id, anna) = (the_id(&shop).await, shop.server.owner(ANNA).await);
    for words in CORPUS {
        anna.answers(&id, words).await;
    }
    visitor.sees(CORPUS[11].split('\t').next().expect("words")).await;
    until("all of it can be read, letter by letter", || async {
        let said = visitor
            .script("return [...document.querySelectorAll('.ts-msg p')].map((p) => p.textContent)")
            .await;
        let all: Vec<&str> = [CORPUS[0]].into_iter().chain(CORPUS).collect();
        if said == json!(all) { Ok(()) } else { Err(said) }
    })
    .await;
    let odd =
        "return document.querySelectorAll('.ts-thread :not(article, p, footer, span, svg, use)').length";
    assert_eq!(visitor.script(odd).await, json!(0));
    assert_ne!(visitor.script("return document.title").await, "hurt");
    visitor.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_may_be_stored_the_conversation_lives_as_long_as_the_page() {
    let shop = TestShop::new().await;
    let visitor = Visitor::with(&[BrowserProfile::WithoutStorage]).await;
    complains(&shop, &visitor, "No cookies here.").await;
    comes_back(&visitor).await;
    visitor.types("Write to Anna", "Still here.").await;
    visitor.taps("Send to Anna").await;
    sees_it_arrived(&visitor).await;
    visitor.sees("Still here.").await;
    visitor.leaves().await;
}

/// The shop's mark only saves time: the frame knows by itself, however late it starts.
#[tokio::test(flavor = "multi_thread")]
async fn a_shop_that_clears_its_storage_keeps_no_visitor_from_their_conversation() {
    let shop = TestShop::new().await;
    let visitor = Visitor::arrives().await;
    complains(&shop, &visitor, "The bowl has a crack.").await;
    visitor.steps_out().await;
    visitor.script("localStorage.clear()").await;
    visitor.goes_to(&shop.at("/")).await;
    assert_eq!(visitor.sees_the_launcher().await, "Tell Anna how it’s going");
    visitor.opens_the_launcher().await;
    visitor.sees("Your conversation with Anna").await;
    visitor.sees("The bowl has a crack.").await;
    visitor.leaves().await;
}
