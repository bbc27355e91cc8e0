//! A conversation on a phone, in the dark, in German, and by keyboard.

use crate::conversation::{comes_back, complains, sees_it_arrived, sees_on_the_launcher, the_id};
use crate::shop_fixture::{ANNA, TestShop};
use serde_json::json;
use testkit::browser::BrowserProfile;
use testkit::visitor::Visitor;
use testkit::wait::until;
use thirtyfour::Key;

/// A conversation with everything in it, as people see it who see it differently.
async fn is_fine(profiles: &[BrowserProfile], name: &str) {
    let shop = TestShop::new().await;
    let visitor = Visitor::with(profiles).await;
    complains(&shop, &visitor, "The blue bowl came with a crack right down the side.").await;
    let (id, anna) = (the_id(&shop).await, shop.server.owner(ANNA).await);
    anna.answers(&id, "Oh no. I’ve just wrapped a new one, twice this time. It leaves at four.").await;
    comes_back(&visitor).await;
    visitor.sees("It leaves at four.").await;
    visitor.takes_a_picture(&format!("talk-{name}.png")).await;
    visitor.stumbles_over_nothing(&format!("a conversation, {name}")).await;
    anna.puts_right(&id, "").await;
    visitor.sees("Is it okay now?").await;
    visitor.takes_a_picture(&format!("talk-{name}-okay-now.png")).await;
    visitor.stumbles_over_nothing(&format!("is it okay now, {name}")).await;
    // As it stands for those who read from right to left.
    visitor.script("document.documentElement.dir = 'rtl'").await;
    visitor.takes_a_picture(&format!("talk-{name}-rtl.png")).await;
    let edges = "const b = (s) => document.querySelector(s).getBoundingClientRect();
        return [b('.ts-msg-me').left < b('.ts-msg-them').left, b('.ts-sendbtn').left < b('#words').left,
            document.documentElement.scrollWidth <= innerWidth]";
    assert_eq!(visitor.script(edges).await, json!([true, true, true]), "mirrored, and nothing sticks out");
    visitor.stumbles_over_nothing(&format!("mirrored, {name}")).await;
    visitor.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_on_a_phone_is_fine() {
    is_fine(&[BrowserProfile::OnAPhone], "phone").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_in_the_dark_is_fine() {
    is_fine(&[BrowserProfile::InTheDark], "dark").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_german_conversation_is_german() {
    let shop = TestShop::new().await;
    shop.page("/de", testkit::host_site::HostPage::new().lang("de"));
    let visitor = Visitor::arrives().await;
    visitor.goes_to(&shop.at("/de")).await;
    visitor.opens_the_launcher().await;
    visitor.sees_the_widget_in_charge().await;
    visitor.taps("Nicht gut").await;
    visitor.types("In eigenen Worten", "Der Henkel ist ab.").await;
    visitor.taps("An Anna senden").await;
    visitor.reads_the_receipt().await;
    let (id, anna) = (the_id(&shop).await, shop.server.owner(ANNA).await);
    anna.answers(&id, "Oh nein.").await;
    anna.puts_right(&id, "").await;
    visitor.taps("Schließen").await;
    visitor.sees_the_panel_close().await;
    sees_on_the_launcher(&visitor, "Ist jetzt alles in Ordnung?2").await;
    visitor.opens_the_launcher().await;
    visitor.sees("hat es in Ordnung gebracht: ein neues Stück").await;
    visitor.taps("Noch nicht").await;
    visitor.sees("Dann sind wir noch nicht fertig. Was fehlt noch?").await;
    visitor.takes_a_picture("talk-german.png").await;
    visitor.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_can_be_led_by_keyboard() {
    let shop = TestShop::new().await;
    let visitor = Visitor::arrives().await;
    complains(&shop, &visitor, "The bowl has a crack.").await;
    let (id, anna) = (the_id(&shop).await, shop.server.owner(ANNA).await);
    anna.answers(&id, "Oh no.").await;
    anna.puts_right(&id, "").await;
    visitor.presses(&[Key::Escape]).await;
    visitor.sees_the_panel_close().await;
    sees_on_the_launcher(&visitor, "Is it okay now?2").await;
    // The focus went back to the launcher.
    visitor.presses(&[Key::Enter]).await;
    visitor.is_asked().await;
    visitor.sees("Is it okay now?").await;
    for (what, then) in
        [("Not yet", "What’s still wrong?"), ("#words", "Anna"), ("#act-send", "Still cracked.")]
    {
        until(&format!("{what} has the focus"), || async {
            let focus = visitor.focus().await;
            if focus.contains(what) {
                return Ok(());
            }
            visitor.presses(&[Key::Tab]).await;
            Err(focus)
        })
        .await;
        match what {
            "#words" => visitor.types_on("Still cracked.").await,
            _ => visitor.presses(&[Key::Enter]).await,
        }
        visitor.sees(then).await;
    }
    sees_it_arrived(&visitor).await;
    visitor.presses(&[Key::Escape]).await;
    visitor.sees_the_panel_close().await;
    visitor.leaves().await;
    let page = anna.get(&format!("/inbox/{id}")).await.text();
    assert!(page.contains("Still cracked."), "{page}");
}
