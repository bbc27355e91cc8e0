//! Every visitor can say what is wrong: by keyboard, on a small phone, in the dark, with a screen reader.

use crate::shop_fixture::TestShop;
use serde_json::json;
use testkit::browser::BrowserProfile;
use testkit::visitor::Visitor;
use testkit::wait::until;
use thirtyfour::Key;

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_story_can_be_told_by_keyboard() {
    let shop = TestShop::new().await;
    let visitor = Visitor::arrives().await;
    visitor.goes_to(&shop.at("/")).await;
    visitor.sees_the_launcher().await;
    // Past the link and the wish, to the launcher.
    visitor.presses(&[Key::Tab, Key::Tab, Key::Tab]).await;
    assert_eq!(visitor.script("return testRoots[0].activeElement?.tagName").await, "BUTTON");
    visitor.presses(&[Key::Enter]).await;
    visitor.is_asked().await;
    visitor.sees_the_widget_in_charge().await;
    // The focus is in the dialog; the first face is a few tabs away.
    until("a face has the focus", || async {
        let focus = visitor.focus().await;
        if focus.starts_with("input") {
            return Ok(());
        }
        visitor.presses(&[Key::Tab]).await;
        Err(focus)
    })
    .await;
    // Arrows move and never send.
    visitor.presses(&[Key::Down, Key::Down]).await;
    visitor.sees("Is everything okay so far?").await;
    assert_eq!(shop.responses().await.len(), 0);
    visitor.presses(&[Key::Enter]).await;
    visitor.sees("What went wrong?").await;
    until("the words have the focus", || async {
        let focus = visitor.focus().await;
        if focus.starts_with("textarea#comment") {
            return Ok(());
        }
        visitor.presses(&[Key::Tab]).await;
        Err(focus)
    })
    .await;
    visitor.types_on("No mouse in this house.").await;
    until("the button has the focus", || async {
        let focus = visitor.focus().await;
        if focus.starts_with("button") && focus.contains("Send to Anna") {
            return Ok(());
        }
        visitor.presses(&[Key::Tab]).await;
        Err(focus)
    })
    .await;
    visitor.presses(&[Key::Enter]).await;
    visitor.reads_the_receipt().await;
    visitor.presses(&[Key::Escape]).await;
    visitor.sees_the_panel_close().await;
    assert_eq!(
        visitor.script("return testRoots[0].activeElement?.tagName").await,
        "BUTTON",
        "the focus goes back"
    );
    visitor.leaves().await;
    let row = shop.the_response().await;
    assert_eq!((row["rating"].as_str(), row["comment"].as_str()), ("1", "No mouse in this house."));
}

/// Every state of the widget, looked at by axe.
async fn every_state(profiles: &[BrowserProfile], name: &str) {
    let shop = TestShop::new().await;
    let visitor = Visitor::with(profiles).await;
    visitor.goes_to(&shop.at("/")).await;
    visitor.sees_the_launcher().await;
    visitor.stumbles_over_nothing("the shop's page with the launcher").await;
    visitor.opens_the_launcher().await;
    visitor.sees_the_widget_in_charge().await;
    if profiles.contains(&BrowserProfile::InTheDark) {
        assert_eq!(
            visitor.script("return matchMedia('(prefers-color-scheme: dark)').matches").await,
            json!(true)
        );
    }
    let state = async |state: &str| {
        settled(&visitor).await;
        visitor.takes_a_picture(&format!("{name}-{}.png", state.replace(' ', "-"))).await;
        visitor.stumbles_over_nothing(state).await;
    };
    state("question").await;
    visitor.taps("All good").await;
    visitor.sees("Lovely, thank you.").await;
    state("all good").await;
    visitor.taps("Tapped by mistake?").await;
    visitor.taps("So-so").await;
    visitor.sees("What would have made it better?").await;
    state("so-so").await;
    visitor.taps("What we keep").await;
    visitor.sees("What I keep").await;
    state("what we keep").await;
    visitor.taps("Back").await;
    visitor.types("In your own words", "Hm.").await;
    visitor.taps("I’d like an answer").await;
    visitor.types("E-mail", "marta@posteo").await;
    visitor.taps("Send to Anna").await;
    visitor.sees("missing after").await;
    state("a wrong address").await;
    visitor.types("E-mail", ".example").await;
    visitor.has_a_network(false).await;
    visitor.taps("Send to Anna").await;
    visitor.sees("Saved here. Not sent yet.").await;
    visitor.has_a_network(true).await;
    visitor.reads_the_receipt().await;
    state("sent").await;
    visitor.goes_to(&format!("{}/w/{}", shop.server.url, shop.fixture.key)).await;
    visitor.sees_the_widget_in_charge().await;
    state("full page").await;
    visitor.leaves().await;
}

/// Until what moves has come to rest: axe would measure half-faded colours.
async fn settled(visitor: &Visitor) {
    until("everything has come to rest", || async {
        let moving = visitor.script("return document.getAnimations().filter((a) => a.playState == 'running' && a.effect.getTiming().iterations != Infinity).length").await;
        if moving == json!(0) { Ok(()) } else { Err(moving) }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn axe_finds_nothing_in_any_state_in_the_light() {
    every_state(&[], "light").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn axe_finds_nothing_in_any_state_in_the_dark() {
    every_state(&[BrowserProfile::InTheDark], "dark").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn axe_finds_nothing_in_the_plain_form() {
    for profiles in
        [&[BrowserProfile::WithoutWasm][..], &[BrowserProfile::WithoutWasm, BrowserProfile::InTheDark]]
    {
        let shop = TestShop::new().await;
        let visitor = Visitor::with(profiles).await;
        visitor.goes_to(&format!("{}/w/{}", shop.server.url, shop.fixture.key)).await;
        visitor.sees("Is everything okay so far?").await;
        assert!(visitor.has_the_plain_form().await);
        visitor.stumbles_over_nothing("the plain form").await;
        visitor.taps("Not okay").await;
        settled(&visitor).await;
        visitor.stumbles_over_nothing("the plain form, filled in").await;
        visitor.taps("Send to Anna").await;
        visitor.reads_the_receipt().await;
        visitor.stumbles_over_nothing("the plain thanks").await;
        visitor.leaves().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_small_phone_everything_is_within_reach_of_a_thumb() {
    let shop = TestShop::new().await;
    let visitor = Visitor::with(&[BrowserProfile::OnAPhone]).await;
    visitor.goes_to(&shop.at("/")).await;
    assert_eq!(visitor.script("return innerWidth").await, json!(360));
    visitor.opens_the_launcher().await;
    visitor.sees_the_widget_in_charge().await;
    let fits = "return document.documentElement.scrollWidth <= innerWidth";
    let small = "return [...document.querySelectorAll('button, .ts-face, .ts-chip, input:not([type=radio]):not([type=checkbox]), textarea')]
        .filter((e) => e.checkVisibility())
        .map((e) => [e.textContent.trim() || e.id, e.getBoundingClientRect()])
        .filter(([, r]) => r.width < 24 || r.height < 24)
        .map(([n, r]) => n + ' ' + r.width + '×' + r.height)";
    assert_eq!(visitor.script(fits).await, json!(true));
    assert_eq!(visitor.script(small).await, json!([]), "WCAG 2.2, 2.5.8: 24 × 24 at least");
    settled(&visitor).await;
    visitor.takes_a_picture("phone-question.png").await;
    visitor.stumbles_over_nothing("the question on a phone").await;
    visitor.taps("Not okay").await;
    visitor.sees("What went wrong?").await;
    assert_eq!(visitor.script(fits).await, json!(true));
    assert_eq!(visitor.script(small).await, json!([]));
    settled(&visitor).await;
    visitor.takes_a_picture("phone-unhappy.png").await;
    visitor.types("In your own words", "Small hands, small phone.").await;
    visitor.taps("Send to Anna").await;
    visitor.reads_the_receipt().await;
    visitor.takes_a_picture("phone-sent.png").await;
    visitor.leaves().await;
    assert_eq!(shop.the_response().await["comment"], "Small hands, small phone.");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_panel_has_no_second_scrollbar_where_everything_fits() {
    let shop = TestShop::new().await;
    let visitor = Visitor::arrives().await;
    visitor.goes_to(&shop.at("/")).await;
    visitor.opens_the_launcher().await;
    visitor.sees_the_widget_in_charge().await;
    settled(&visitor).await;
    let heights = "const e = document.documentElement; return [e.scrollHeight, e.clientHeight, document.getElementById('card').offsetHeight]";
    let seen = visitor.script(heights).await;
    assert!(seen[2].as_f64() < seen[1].as_f64(), "the question fits: {seen}");
    assert_eq!(seen[0], seen[1], "and so nothing needs to be scrolled");
    visitor.leaves().await;
}
