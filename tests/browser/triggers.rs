//! Asked at the moment that matters, once, and then left in peace.

use crate::shop_fixture::TestShop;
use testkit::host_site::HostPage;
use testkit::visitor::Visitor;
use testkit::wait::until;

/// Waits until the loader has looked at the page often enough to ask if it meant to: on a page where it is going to
/// ask about something else, it just did.
async fn asks_nothing(shop: &TestShop, visitor: &Visitor) {
    visitor.steps_out().await;
    visitor.sees_the_launcher().await;
    // The loader decides every half second, and here after one second: six looks are three chances too many. They are
    // counted by the page itself, so that a slow machine looks as often as a fast one.
    visitor
        .script("window.testLooks = 0; const look = document.elementsFromPoint; document.elementsFromPoint = function (...a) { testLooks++; return look.apply(this, a) }")
        .await;
    until("the loader has looked six times", || async {
        let looks = visitor.script("return testLooks").await.as_u64().unwrap_or(0);
        if looks >= 6 { Ok(()) } else { Err(looks) }
    })
    .await;
    assert!(!visitor.is_being_asked().await, "asked on {}", shop.site.origin);
}

#[tokio::test(flavor = "multi_thread")]
async fn half_way_is_asked_by_itself_on_the_page_that_the_shop_chose() {
    let shop = TestShop::new().await;
    shop.asks(&[("mid_on", "1"), ("mid_pages", "2"), ("mid_seconds", "1")]).await;
    shop.page("/second", HostPage::new());
    let visitor = Visitor::arrives().await;
    visitor.goes_to(&shop.at("/")).await;
    asks_nothing(&shop, &visitor).await;
    let stored = "return localStorage.length + sessionStorage.length";
    assert_eq!(visitor.script(stored).await, 0, "and nothing was stored to know that");
    visitor.taps("The second page").await;
    visitor.is_asked().await;
    visitor.sees("Is everything okay so far?").await;
    visitor.takes_a_picture("nudge.png").await;
    visitor.sees_the_widget_in_charge().await;
    visitor.taps("All good").await;
    visitor.sees("Lovely, thank you.").await;
    visitor.leaves().await;
    let row = shop.the_response().await;
    assert_eq!((row["moment"].as_str(), row["page"].as_str()), ("mid_journey", "/second"));
}

/// The visitor may be typing an address, or a card's number.
#[tokio::test(flavor = "multi_thread")]
async fn what_opens_by_itself_never_takes_the_focus() {
    let shop = TestShop::new().await;
    shop.asks(&[("mid_on", "1")]).await;
    let visitor = Visitor::arrives().await;
    visitor.goes_to(&shop.at("/")).await;
    visitor.script("document.getElementById('wish').focus()").await;
    visitor.is_asked().await;
    visitor.sees_the_widget_in_charge().await;
    visitor.steps_out().await;
    assert_eq!(visitor.focus().await, "input#wish ");
    visitor.types_on("a blue one").await;
    assert_eq!(visitor.script("return document.getElementById('wish').value").await, "a blue one");
    assert_eq!(visitor.script("return testShifts").await, 0);
    visitor.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_checkout_is_asked_where_the_tag_says_so_and_knows_the_order() {
    let shop = TestShop::new().await;
    shop.asks(&[("after_on", "1")]).await;
    let tag = "<script async src=\"{src}\" data-moment=\"after_checkout\" data-order=\"1042\" \
        data-product=\"Tidal glaze bowl\"></script>";
    shop.page_with_tag("/done", HostPage::new(), tag);
    let visitor = Visitor::arrives().await;
    visitor.goes_to(&shop.at("/done")).await;
    visitor.is_asked().await;
    visitor.sees("Did the order go smoothly?").await;
    visitor.sees_the_widget_in_charge().await;
    visitor.taps("Not really").await;
    assert_eq!(visitor.reads_the_field("Order number").await, "1042");
    visitor.types("In your own words", "The voucher did not work.").await;
    visitor.taps("Send to Anna").await;
    visitor.reads_the_receipt().await;
    visitor.leaves().await;
    let row = shop.the_response().await;
    assert_eq!((row["moment"].as_str(), row["order"].as_str()), ("after_checkout", "1042"));
    assert_eq!(row["product"], "Tidal glaze bowl");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_product_that_a_call_names_is_told_with_the_response() {
    let shop = TestShop::new().await;
    let visitor = Visitor::arrives().await;
    visitor.goes_to(&shop.at("/")).await;
    visitor.sees_the_launcher().await;
    visitor.script("tableside('open', { product: 'Teapot Fjord' })").await;
    visitor.is_asked().await;
    visitor.sees_the_widget_in_charge().await;
    visitor.taps("Not okay").await;
    visitor.types("In your own words", "It drips.").await;
    visitor.taps("Send to Anna").await;
    visitor.reads_the_receipt().await;
    visitor.leaves().await;
    let row = shop.the_response().await;
    assert_eq!((row["comment"].as_str(), row["product"].as_str()), ("It drips.", "Teapot Fjord"));
}

#[tokio::test(flavor = "multi_thread")]
async fn after_checkout_is_asked_on_the_page_that_the_shop_named() {
    let shop = TestShop::new().await;
    shop.asks(&[("after_on", "1"), ("after_path", "/order/*/thanks")]).await;
    shop.page("/order/7/thanks", HostPage::new());
    let visitor = Visitor::arrives().await;
    visitor.goes_to(&shop.at("/")).await;
    asks_nothing(&shop, &visitor).await;
    visitor.goes_to(&shop.at("/order/7/thanks")).await;
    visitor.is_asked().await;
    visitor.sees("Did the order go smoothly?").await;
    visitor.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_checkout_is_asked_when_the_page_calls_even_before_we_came() {
    let shop = TestShop::new().await;
    shop.asks(&[("after_on", "1")]).await;
    let call = "<script>window.tableside = window.tableside || function () { (tableside.q = tableside.q || []).push(arguments) };
        tableside('checkout', { order: '2044' })</script>";
    shop.page("/early", HostPage::new().head(call));
    let visitor = Visitor::arrives().await;
    visitor.goes_to(&shop.at("/early")).await;
    visitor.is_asked().await;
    visitor.sees("Did the order go smoothly?").await;
    visitor.sees_the_widget_in_charge().await;
    visitor.taps("Smoothly").await;
    visitor.sees("Lovely, thank you.").await;
    visitor.leaves().await;
    let row = shop.the_response().await;
    assert_eq!((row["moment"].as_str(), row["order"].as_str()), ("after_checkout", "2044"));
}

#[tokio::test(flavor = "multi_thread")]
async fn after_checkout_is_asked_when_the_page_calls_later() {
    let shop = TestShop::new().await;
    shop.asks(&[("after_on", "1")]).await;
    let visitor = Visitor::arrives().await;
    visitor.goes_to(&shop.at("/")).await;
    visitor.sees_the_launcher().await;
    visitor.script("tableside('checkout', { order: '2045' })").await;
    visitor.is_asked().await;
    visitor.sees("Did the order go smoothly?").await;
    visitor.leaves().await;
}

/// A visitor who answered, said "not now" or never wants to be asked is left in peace on the next page, and on the page after
/// the browser was closed; the launcher stays for those who want to say something.
#[tokio::test(flavor = "multi_thread")]
async fn who_answered_or_declined_is_left_in_peace_on_the_next_page() {
    for (tap, then) in [
        ("All good", "Lovely, thank you."),
        ("Not now", ""),
        ("Don’t ask me again", "All right, I won’t ask again."),
        ("Close", ""),
    ] {
        let shop = TestShop::new().await;
        shop.asks(&[("mid_on", "1")]).await;
        shop.page("/second", HostPage::new());
        let visitor = Visitor::arrives().await;
        visitor.goes_to(&shop.at("/")).await;
        visitor.is_asked().await;
        visitor.sees_the_widget_in_charge().await;
        visitor.taps(tap).await;
        if then.is_empty() {
            visitor.sees_the_panel_close().await;
        } else {
            visitor.sees(then).await;
        }
        visitor.goes_to(&shop.at("/second")).await;
        asks_nothing(&shop, &visitor).await;
        visitor.opens_the_launcher().await;
        visitor.sees("Is everything okay so far?").await;
        visitor.leaves().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn never_again_can_be_taken_back() {
    let shop = TestShop::new().await;
    shop.asks(&[("mid_on", "1")]).await;
    let visitor = Visitor::arrives().await;
    visitor.goes_to(&shop.at("/")).await;
    visitor.is_asked().await;
    visitor.sees_the_widget_in_charge().await;
    let until_when = "return Object.values(localStorage).map(Number)[0] - Date.now()";
    visitor.taps("Don’t ask me again").await;
    visitor.sees("All right, I won’t ask again.").await;
    visitor.steps_out().await;
    let never = visitor.script(until_when).await.as_f64().unwrap_or(0.0);
    assert!(never > 1e12, "for good: {never} ms");
    visitor.is_asked().await;
    visitor.taps("Undo").await;
    visitor.steps_out().await;
    until("the rest is a short one again", || async {
        let left = visitor.script(until_when).await.as_f64().unwrap_or(0.0);
        if left > 0.0 && left < 8.0 * 864e5 { Ok(()) } else { Err(left) }
    })
    .await;
    visitor.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_without_a_launcher_shows_none_and_asks_all_the_same() {
    let shop = TestShop::new().await;
    let when = [
        ("mid_on", "1"),
        ("mid_pages", "1"),
        ("mid_seconds", "1"),
        ("after_path", ""),
        ("after_seconds", "1"),
        ("answered_days", "90"),
        ("not_now_days", "7"),
    ];
    shop.sets("/settings/when", &when).await;
    let visitor = Visitor::arrives().await;
    visitor.goes_to(&shop.at("/")).await;
    visitor.is_asked().await;
    visitor.sees_the_widget_in_charge().await;
    visitor.taps("Not now").await;
    visitor.sees_the_panel_close().await;
    assert!(!visitor.has_a_launcher().await);
    visitor.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tag_chooses_language_and_theme_over_the_page() {
    let shop = TestShop::new().await;
    let tag = "<script async src=\"{src}\" data-lang=\"de\" data-theme=\"dark\"></script>";
    shop.page_with_tag("/shop", HostPage::new(), tag);
    let visitor = Visitor::arrives().await;
    visitor.goes_to(&shop.at("/shop")).await;
    visitor.opens_the_launcher().await;
    visitor.sees_the_widget_in_charge().await;
    visitor.sees("Ist bis hierher alles in Ordnung?").await;
    let root = visitor
        .script("const { lang, dataset } = document.documentElement; return [lang, dataset.theme]")
        .await;
    assert_eq!(root, serde_json::json!(["de", "dark"]));
    visitor.leaves().await;
}
