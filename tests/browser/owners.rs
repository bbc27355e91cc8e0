//! What an owner sees in a browser.

use crate::town::{ANNA, Town};
use serde_json::json;
use shared::ids::Secret;
use testkit::browser::Habit;
use testkit::requests::Visit;
use testkit::test_server::{Ground, printed};
use testkit::visitor::Visitor;
use testkit::wait::until;

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_reads_on_the_summary_exactly_what_the_visitor_wrote() {
    let town = Town::new().await;
    let words = "The spout drips. <i>Every</i> time & always.";
    let visitor = Visitor::arrives().await;
    visitor.goes_to(&town.at("/")).await;
    visitor.opens_the_launcher().await;
    visitor.sees_the_widget_in_charge().await;
    visitor.taps("Not okay").await;
    visitor.types("In your own words", words).await;
    visitor.taps("Send to Anna").await;
    visitor.reads_the_receipt().await;
    visitor.leaves().await;

    let owner = Visitor::arrives().await;
    owner.signs_in(&town.house, ANNA).await;
    owner.sees(words).await;
    owner.takes_a_picture("summary.png").await;
    owner.goes_to(&format!("{}/responses", town.house.url)).await;
    owner.sees(words).await;
    owner.takes_a_picture("responses.png").await;
    owner.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_owner_stumbles_over_any_page() {
    for habits in [&[][..], &[Habit::InTheDark], &[Habit::OnAPhone]] {
        let town = Town::new().await;
        let owner = Visitor::with(habits).await;
        owner.goes_to(&format!("{}/sign-in", town.house.url)).await;
        owner.stumbles_over_nothing("signing in").await;
        owner.signs_in(&town.house, ANNA).await;
        owner.stumbles_over_nothing("the first day").await;
        for n in 0..40 {
            let rating = [5, 5, 4, 3, 1][n % 5];
            let body = Visit::to(&town.shop).says(rating, &format!("Words number {n}."));
            assert_eq!(town.house.respond(&body).await.status, 201);
        }
        for path in ["/summary", "/responses", "/settings", "/welcome"] {
            owner.goes_to(&format!("{}{path}", town.house.url)).await;
            owner.stumbles_over_nothing(&format!("{path} {habits:?}")).await;
            owner.takes_a_picture(&format!("owner{}-{habits:?}.png", path.replace('/', "-"))).await;
            if habits.contains(&Habit::OnAPhone) {
                let fits = "return document.documentElement.scrollWidth <= innerWidth";
                assert_eq!(owner.script(fits).await, json!(true), "{path} is too wide for a phone");
            }
        }
        owner.leaves().await;
    }
}

/// The pages of numbers with everything on them: in the dark, on a phone, and from right to left.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_stumbles_over_the_numbers_of_a_year() {
    let ground = Ground::new().at_the_machines_time();
    ground.owner(ANNA, &[]);
    let seed = ["demo", "seed", "--responses", "9000", "--days", "400", "--shops", "3", "--seed", "8"];
    printed(&ground.tableside(&seed, ""));
    let house = ground.open().await;
    let secret = Secret::from_bytes(&[4; 32]);
    let form = [("secret", secret.reveal()), ("label", "The board"), ("days", "30")];
    let page = house.owner(ANNA).await.post("/settings/people/board", &form).await.text();
    let board = page.split_once("id=\"board-link\">").and_then(|(_, rest)| rest.split_once('<'));
    let board = board.expect("the link is shown").0.strip_prefix(&house.url).expect("it leads to us");
    for habits in [&[][..], &[Habit::InTheDark], &[Habit::OnAPhone]] {
        let owner = Visitor::with(habits).await;
        owner.signs_in(&house, ANNA).await;
        for path in ["/summary?days=365", "/shops?days=365", board] {
            owner.goes_to(&format!("{}{path}", house.url)).await;
            owner.stumbles_over_nothing(&format!("{path} {habits:?}")).await;
            let fits = "return document.documentElement.scrollWidth <= innerWidth";
            assert_eq!(owner.script(fits).await, json!(true), "{path} is too wide, {habits:?}");
            let turned = format!("document.documentElement.dir = 'rtl'; {fits}");
            assert_eq!(owner.script(&turned).await, json!(true), "{path} is too wide from right to left");
        }
        owner.leaves().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_settings_are_seen_in_the_preview_before_they_are_saved_and_in_the_shop_after() {
    let town = Town::new().await;
    let owner = Visitor::arrives().await;
    owner.signs_in(&town.house, ANNA).await;
    owner.goes_to(&format!("{}/settings", town.house.url)).await;
    owner.taps("Thumbs").await;
    until("the preview shows thumbs", || async {
        // The preview is of our own origin, and so may be looked into; what it shows in its frame is the real widget.
        let seen = owner
            .script("const p = document.querySelector('[data-preview]').contentWindow; const f = p.testRoots && p.testRoots[0].querySelector('iframe'); return f && f.contentDocument ? f.contentDocument.querySelectorAll('.ts-face').length : 0")
            .await;
        if seen == json!(2) { Ok(()) } else { Err(seen) }
    })
    .await;
    let loader = town.house.get(&format!("/w/{}", town.shop.key)).await.text();
    assert!(loader.contains("three_faces"), "nothing is saved yet");
    owner.leaves().await;

    town.sets(
        "/settings/look",
        &[("accent", "#b4472f"), ("scale", "thumbs"), ("corner", "start"), ("theme", "dark")],
    )
    .await;
    let visitor = Visitor::arrives().await;
    visitor.goes_to(&town.at("/")).await;
    visitor.sees_the_launcher().await;
    let left = visitor
        .script("return testRoots[0].querySelector('button').getBoundingClientRect().x < innerWidth / 2")
        .await;
    assert_eq!(left, json!(true), "in the other corner");
    visitor.opens_the_launcher().await;
    visitor.sees_the_widget_in_charge().await;
    assert_eq!(visitor.script("return document.querySelectorAll('.ts-face').length").await, json!(2));
    assert_eq!(
        visitor.script("return getComputedStyle(document.documentElement).colorScheme").await,
        json!("dark")
    );
    visitor.leaves().await;
}

/// An owner who tries the widget in the preview must not find themselves among the answers.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_tapped_in_the_preview_is_not_stored() {
    let town = Town::new().await;
    let owner = Visitor::arrives().await;
    owner.signs_in(&town.house, ANNA).await;
    owner.goes_to(&format!("{}/settings/preview", town.house.url)).await;
    owner.is_asked().await;
    owner.sees_the_widget_in_charge().await;
    owner.taps("Not okay").await;
    owner.types("In your own words", "Only trying.").await;
    owner.taps("Send to Anna").await;
    owner.sees("Thank you, I have it.").await;
    owner.leaves().await;
    assert_eq!(town.responses().await.len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_is_told_that_the_tag_was_seen() {
    let town = Town::new().await;
    let owner = Visitor::arrives().await;
    owner.signs_in(&town.house, ANNA).await;
    owner.takes_a_picture("first-day.png").await;
    assert!(owner.reads().await.contains(&town.shop.tag), "the line to paste is there");
    let visitor = Visitor::arrives().await;
    visitor.goes_to(&town.at("/")).await;
    visitor.sees_the_launcher().await;
    visitor.leaves().await;
    // The page looks for itself, every few seconds.
    owner.sees("just now").await;
    owner.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_script_every_page_of_the_owner_works() {
    let town = Town::new().await;
    let body = Visit::to(&town.shop).says(1, "Plain words.");
    assert_eq!(town.house.respond(&body).await.status, 201);
    let owner = Visitor::with(&[Habit::WithoutScript]).await;
    owner.signs_in(&town.house, ANNA).await;
    owner.sees("Plain words.").await;
    owner.goes_to(&format!("{}/settings", town.house.url)).await;
    owner.taps("Thumbs").await;
    owner.leaves().await;
}
