//! What an owner sees in a browser.

use crate::shop_fixture::{ANNA, TestShop};
use serde_json::json;
use shared::ids::Secret;
use testkit::browser::BrowserProfile;
use testkit::requests::Visit;
use testkit::test_server::{TestServerBuilder, printed};
use testkit::visitor::Visitor;
use testkit::wait::until;

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_reads_on_the_summary_exactly_what_the_visitor_wrote() {
    let shop = TestShop::new().await;
    let words = "The spout drips. <i>Every</i> time & always.";
    let visitor = Visitor::arrives().await;
    visitor.goes_to(&shop.at("/")).await;
    visitor.opens_the_launcher().await;
    visitor.sees_the_widget_in_charge().await;
    visitor.taps("Not okay").await;
    visitor.types("In your own words", words).await;
    visitor.taps("Send to Anna").await;
    visitor.reads_the_receipt().await;
    visitor.leaves().await;

    let owner = Visitor::arrives().await;
    owner.signs_in(&shop.server, ANNA).await;
    owner.sees(words).await;
    owner.takes_a_picture("summary.png").await;
    owner.goes_to(&format!("{}/responses", shop.server.url)).await;
    owner.sees(words).await;
    owner.takes_a_picture("responses.png").await;
    owner.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_owner_stumbles_over_any_page() {
    for profiles in [&[][..], &[BrowserProfile::InTheDark], &[BrowserProfile::OnAPhone]] {
        let shop = TestShop::new().await;
        let owner = Visitor::with(profiles).await;
        owner.goes_to(&format!("{}/sign-in", shop.server.url)).await;
        owner.stumbles_over_nothing("signing in").await;
        owner.signs_in(&shop.server, ANNA).await;
        owner.stumbles_over_nothing("the first day").await;
        for n in 0..40 {
            let rating = [5, 5, 4, 3, 1][n % 5];
            let body = Visit::to(&shop.fixture).says(rating, &format!("Words number {n}."));
            assert_eq!(shop.server.respond(&body).await.status, 201);
        }
        for path in ["/summary", "/responses", "/settings", "/welcome"] {
            owner.goes_to(&format!("{}{path}", shop.server.url)).await;
            owner.stumbles_over_nothing(&format!("{path} {profiles:?}")).await;
            owner.takes_a_picture(&format!("owner{}-{profiles:?}.png", path.replace('/', "-"))).await;
            if profiles.contains(&BrowserProfile::OnAPhone) {
                let fits = "return document.documentElement.scrollWidth <= innerWidth";
                assert_eq!(owner.script(fits).await, json!(true), "{path} is too wide for a phone");
            }
        }
        owner.leaves().await;
    }
}

/// The pages of numbers with everything on them: in the dark, on a phone, and from right to left.
#[tokio::test(flavor = "multi_thread")]
async fn axe_finds_nothing_in_the_numbers_of_a_year() {
    let builder = TestServerBuilder::new().at_the_machines_time();
    builder.owner(ANNA, &[]);
    let seed = ["demo", "seed", "--responses", "9000", "--days", "400", "--shops", "3", "--seed", "8"];
    printed(&builder.tableside(&seed, ""));
    let server = builder.start().await;
    let secret = Secret::from_bytes(&[4; 32]);
    let form = [("secret", secret.reveal()), ("label", "The board"), ("days", "30")];
    let page = server.owner(ANNA).await.post("/settings/people/board", &form).await.text();
    let board = page.split_once("id=\"board-link\">").and_then(|(_, rest)| rest.split_once('<'));
    let board = board.expect("the link is shown").0.strip_prefix(&server.url).expect("it leads to us");
    for profiles in [&[][..], &[BrowserProfile::InTheDark], &[BrowserProfile::OnAPhone]] {
        let owner = Visitor::with(profiles).await;
        owner.signs_in(&server, ANNA).await;
        for path in ["/summary?days=365", "/shops?days=365", board] {
            owner.goes_to(&format!("{}{path}", server.url)).await;
            owner.stumbles_over_nothing(&format!("{path} {profiles:?}")).await;
            let fits = "return document.documentElement.scrollWidth <= innerWidth";
            assert_eq!(owner.script(fits).await, json!(true), "{path} is too wide, {profiles:?}");
            let turned = format!("document.documentElement.dir = 'rtl'; {fits}");
            assert_eq!(owner.script(&turned).await, json!(true), "{path} is too wide from right to left");
        }
        owner.leaves().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_settings_are_seen_in_the_preview_before_they_are_saved_and_in_the_shop_after() {
    let shop = TestShop::new().await;
    let owner = Visitor::arrives().await;
    owner.signs_in(&shop.server, ANNA).await;
    owner.goes_to(&format!("{}/settings", shop.server.url)).await;
    owner.taps("Thumbs").await;
    until("the preview shows thumbs", || async {
        // The preview is of our own origin, and so may be looked into; what it shows in its frame is the real widget.
        let seen = owner
            .script("const p = document.querySelector('[data-preview]').contentWindow; const f = p.testRoots && p.testRoots[0].querySelector('iframe'); return f && f.contentDocument ? f.contentDocument.querySelectorAll('.ts-face').length : 0")
            .await;
        if seen == json!(2) { Ok(()) } else { Err(seen) }
    })
    .await;
    let loader = shop.server.get(&format!("/w/{}", shop.fixture.key)).await.text();
    assert!(loader.contains("three_faces"), "nothing is saved yet");
    owner.leaves().await;

    shop.sets(
        "/settings/look",
        &[("accent", "#b4472f"), ("scale", "thumbs"), ("corner", "start"), ("theme", "dark")],
    )
    .await;
    let visitor = Visitor::arrives().await;
    visitor.goes_to(&shop.at("/")).await;
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
    let shop = TestShop::new().await;
    let owner = Visitor::arrives().await;
    owner.signs_in(&shop.server, ANNA).await;
    owner.goes_to(&format!("{}/settings/preview", shop.server.url)).await;
    owner.is_asked().await;
    owner.sees_the_widget_in_charge().await;
    owner.taps("Not okay").await;
    owner.types("In your own words", "Only trying.").await;
    owner.taps("Send to Anna").await;
    owner.sees("Thank you, I have it.").await;
    owner.leaves().await;
    assert_eq!(shop.responses().await.len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_is_told_that_the_tag_was_seen() {
    let shop = TestShop::new().await;
    let owner = Visitor::arrives().await;
    owner.signs_in(&shop.server, ANNA).await;
    owner.takes_a_picture("first-day.png").await;
    assert!(owner.reads().await.contains(&shop.fixture.tag), "the line to paste is there");
    let visitor = Visitor::arrives().await;
    visitor.goes_to(&shop.at("/")).await;
    visitor.sees_the_launcher().await;
    visitor.leaves().await;
    // The page looks for itself, every few seconds.
    owner.sees("just now").await;
    owner.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_script_every_page_of_the_owner_works() {
    let shop = TestShop::new().await;
    let body = Visit::to(&shop.fixture).says(1, "Plain words.");
    assert_eq!(shop.server.respond(&body).await.status, 201);
    let owner = Visitor::with(&[BrowserProfile::WithoutScript]).await;
    owner.signs_in(&shop.server, ANNA).await;
    owner.sees("Plain words.").await;
    owner.goes_to(&format!("{}/settings", shop.server.url)).await;
    owner.taps("Thumbs").await;
    owner.leaves().await;
}
