//! On the shop's page we are guests: we weigh little, break nothing, leave no trace, and the page cannot break us.

use crate::shop_fixture::TestShop;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use testkit::host_site::HostPage;
use testkit::visitor::Visitor;
use testkit::wait::until;

async fn goes_through_the_story(shop: &TestShop, visitor: &Visitor, words: &str) {
    visitor.opens_the_launcher().await;
    visitor.sees_the_widget_in_charge().await;
    visitor.taps("Not okay").await;
    visitor.types("In your own words", words).await;
    visitor.taps("Send to Anna").await;
    visitor.reads_the_receipt().await;
    assert_eq!(shop.the_response().await["comment"], words);
}

/// Requests to the collector that a page made, by their paths.
async fn requests(shop: &TestShop, visitor: &Visitor) -> Vec<String> {
    let all = visitor.script("return performance.getEntriesByType('resource').map((e) => e.name)").await;
    let urls = all.as_array().cloned().unwrap_or_default();
    urls.iter().filter_map(|u| u.as_str()?.strip_prefix(&shop.server.url).map(str::to_owned)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_load_costs_one_small_request_and_nothing_else() {
    let shop = TestShop::new().await;
    let visitor = Visitor::arrives().await;
    visitor.goes_to(&shop.at("/")).await;
    visitor.sees_the_launcher().await;
    assert_eq!(requests(&shop, &visitor).await, [format!("/s/{}.js", shop.fixture.key)]);
    assert_eq!(visitor.script("return testShifts").await, json!(0), "nothing may jump");
    let stored = "return [localStorage.length, sessionStorage.length, document.cookie]";
    assert_eq!(visitor.script(stored).await, json!([0, 0, ""]), "before anything is shown nothing is stored");
    assert_eq!(
        visitor.script("return document.querySelectorAll('body style, head style, iframe').length").await,
        json!(0)
    );
    visitor.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_global_is_all_that_we_add() {
    let shop = TestShop::new().await;
    shop.site.put("/without", HostPage::new());
    let visitor = Visitor::arrives().await;
    // Looking for elements leaves globals of the driver's, so this test looks at nothing but the globals. `cdc_…` and, now
    // and then, `ret_nodes` are its own all the same.
    let globals = "return Object.getOwnPropertyNames(window)
        .filter((n) => !n.startsWith('test') && !n.startsWith('cdc_') && n !== 'ret_nodes' && isNaN(n))";
    visitor.goes_to(&shop.at("/without")).await;
    let before = visitor.script(globals).await;
    visitor.goes_to(&shop.at("/")).await;
    let after = until("our global is there", || async {
        let names = visitor.script(globals).await;
        if names.to_string().contains("tableside") { Ok(names) } else { Err("not yet") }
    })
    .await;
    let known = before.as_array().cloned().unwrap_or_default();
    let new: Vec<Value> =
        after.as_array().cloned().unwrap_or_default().into_iter().filter(|n| !known.contains(n)).collect();
    assert_eq!(new, [json!("tableside")]);
    visitor.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn destroyed_we_leave_nothing_behind() {
    let shop = TestShop::new().await;
    let visitor = Visitor::arrives().await;
    visitor.goes_to(&shop.at("/")).await;
    let look = "return [document.documentElement.childElementCount, document.documentElement.outerHTML.length, 'tableside' in window]";
    visitor.sees_the_launcher().await;
    let with = visitor.script(look).await;
    visitor.script("tableside('destroy')").await;
    let without = visitor.script(look).await;
    assert_ne!(with, without);
    assert_eq!((&without[0], &without[2]), (&json!(2), &json!(false)), "head, body, and no global");
    visitor.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tags_are_one_launcher_and_one_answer() {
    let shop = TestShop::new().await;
    shop.page("/twice", HostPage::new().with(&shop.fixture.tag));
    let visitor = Visitor::arrives().await;
    visitor.goes_to(&shop.at("/twice")).await;
    visitor.sees_the_launcher().await;
    // And once more, as a router does that puts the page's scripts in again.
    visitor
        .script("const s = document.createElement('script'); s.src = document.querySelector('script[src]').src; s.onload = () => (window.testAgain = 1); document.body.append(s)")
        .await;
    until("the third tag has run", || async {
        if visitor.script("return window.testAgain").await == json!(1) { Ok(()) } else { Err("not yet") }
    })
    .await;
    assert_eq!(visitor.script("return testRoots.length").await, json!(1));
    goes_through_the_story(&shop, &visitor, "Once is enough.").await;
    visitor.leaves().await;
}

/// A shop's policy needs two words for us: the collector under `script-src` and `frame-src`.
#[tokio::test(flavor = "multi_thread")]
async fn a_strict_policy_with_trusted_types_is_kept() {
    let shop = TestShop::new().await;
    let server = shop.server.url.clone();
    let policy = format!(
        "default-src 'none'; script-src {server}; frame-src {server}; img-src data:; base-uri 'none'; \
         require-trusted-types-for 'script'; trusted-types 'none'"
    );
    shop.page("/strict", HostPage::new().header("Content-Security-Policy", &policy));
    let visitor = Visitor::arrives().await;
    visitor.goes_to(&shop.at("/strict")).await;
    goes_through_the_story(&shop, &visitor, "Strictly speaking.").await;
    visitor.leaves().await;
}

/// A browser that cannot show the frame must at least not break the shop.
#[tokio::test(flavor = "multi_thread")]
async fn a_cross_origin_isolated_shop_can_have_us() {
    let shop = TestShop::new().await;
    let isolated = HostPage::new()
        .header("Cross-Origin-Opener-Policy", "same-origin")
        .header("Cross-Origin-Embedder-Policy", "require-corp");
    shop.page("/isolated", isolated);
    let visitor = Visitor::arrives().await;
    visitor.goes_to(&shop.at("/isolated")).await;
    assert_eq!(visitor.script("return crossOriginIsolated").await, json!(true));
    goes_through_the_story(&shop, &visitor, "All alone here.").await;
    visitor.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shops_styles_cannot_reach_us_whatever_they_say() {
    for (name, css) in [
        ("unset", "* { all: unset !important }"),
        ("hidden", "* { display: none !important } html, body, main { display: block !important }"),
        ("div", "div { display: none !important; visibility: hidden !important; opacity: 0 !important }"),
        (
            "iframe",
            "iframe, button { display: none !important; width: 0 !important; pointer-events: none !important }",
        ),
        ("small", "html { font-size: 62.5%; zoom: 1 } * { font-size: 1px !important }"),
        (
            "last",
            "html > :last-child { position: static !important; transform: scale(0) !important; z-index: -1 !important }",
        ),
        ("rtl", "html { direction: rtl } * { transition: all 3s !important; float: left !important }"),
    ] {
        let shop = TestShop::new().await;
        shop.page("/", HostPage::new().head(&format!("<style>{css}</style>")));
        let visitor = Visitor::arrives().await;
        visitor.goes_to(&shop.at("/")).await;
        goes_through_the_story(&shop, &visitor, name).await;
        visitor.takes_a_picture(&format!("hostile-{name}.png")).await;
        visitor.leaves().await;
    }
}

/// And ours cannot reach the shop's.
#[tokio::test(flavor = "multi_thread")]
async fn the_shop_looks_the_same_with_us_and_without_us() {
    let shop = TestShop::new().await;
    shop.site.put("/without", HostPage::new());
    let visitor = Visitor::arrives().await;
    let looks = "return [...document.querySelectorAll('html, body, body *:not(script)')].map((e) => {
        const { x, y, width, height } = e.getBoundingClientRect();
        const s = getComputedStyle(e);
        return [e.tagName, x, y, width, height, s.color, s.font, s.backgroundColor, s.overflow].join(' ');
    })";
    visitor.goes_to(&shop.at("/without")).await;
    let without = visitor.script(looks).await;
    visitor.goes_to(&shop.at("/")).await;
    visitor.opens_the_launcher().await;
    visitor.steps_out().await;
    assert_eq!(visitor.script(looks).await, without);
    visitor.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_page_that_is_not_the_shops_nothing_is_shown_and_one_line_says_why() {
    let shop = TestShop::new().await;
    let stranger = testkit::host_site::HostSite::open().await;
    stranger.put("/", HostPage::new().with(&shop.fixture.tag));
    let mut visitor = Visitor::arrives().await;
    visitor.expects_on_the_console("Tableside is not for");
    visitor.goes_to(&stranger.at("/")).await;
    assert_eq!(visitor.script("return typeof testRoots").await, json!("undefined"));
    // Nor can the stranger show the frame by themselves.
    let frame = format!("{}/w/{}?framed=1", shop.server.url, shop.fixture.key);
    stranger.put("/thief", HostPage::new().with(&format!("<iframe src=\"{frame}\"></iframe>")));
    visitor.expects_on_the_console("frame-ancestors");
    visitor.expects_on_the_console("refused");
    visitor.goes_to(&stranger.at("/thief")).await;
    let inside = "try { return frames[0].location.href } catch (e) { return 'out of reach' }";
    // Until Chromium has been refused it, there is an empty page in the frame.
    until("the frame is out of reach", async || match visitor.script(inside).await {
        found if found == "out of reach" => Ok(()),
        found => Err(found),
    })
    .await;
    visitor.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shops_own_scripts_cannot_read_what_a_visitor_writes() {
    let shop = TestShop::new().await;
    let visitor = Visitor::arrives().await;
    visitor.goes_to(&shop.at("/")).await;
    visitor.opens_the_launcher().await;
    visitor.sees_the_widget_in_charge().await;
    visitor.steps_out().await;
    let prying = "const f = testRoots[0].querySelector('iframe');
        let inside = f.contentDocument;
        try { inside = inside || f.contentWindow.localStorage } catch (e) { inside = inside || e.name }
        return inside";
    assert_eq!(visitor.script(prying).await, json!("SecurityError"));
    visitor.leaves().await;
}

/// The frame believes only its parent, on one of the shop's origins, and only once.
/// The lines on the card, each once: a question that is just being read out stands there a second time.
async fn seen(visitor: &Visitor) -> BTreeSet<String> {
    visitor.reads().await.lines().map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn forged_messages_change_nothing() {
    let shop = TestShop::new().await;
    let visitor = Visitor::arrives().await;
    visitor.goes_to(&shop.at("/")).await;
    visitor.opens_the_launcher().await;
    visitor.sees_the_widget_in_charge().await;
    let before = seen(&visitor).await;
    visitor.steps_out().await;
    visitor
        .script(
            "const w = testRoots[0].querySelector('iframe').contentWindow;
            for (const t of ['open', 'shown', 'hidden', 'close', 'ready', 'rest', 1, null, {}, [], undefined])
                for (let n = 0; n < 20; n++) {
                    const c = new MessageChannel();
                    w.postMessage({ t, v: 1, setup: {}, page: { url: '/evil', title: 'evil' }, moment: 'evil' }, '*', [c.port2]);
                    w.postMessage(t, '*');
                }
            for (let n = 0; n < 50; n++) window.postMessage({ t: 'close' }, '*');",
        )
        .await;
    visitor.is_asked().await;
    assert_eq!(seen(&visitor).await, before);
    visitor.taps("Not okay").await;
    visitor.types("In your own words", "Still here.").await;
    visitor.taps("Send to Anna").await;
    visitor.reads_the_receipt().await;
    visitor.leaves().await;
    assert_eq!(shop.the_response().await["page"], "/");
}

#[tokio::test(flavor = "multi_thread")]
async fn we_step_aside_for_a_dialog_of_the_shop_and_come_back() {
    let shop = TestShop::new().await;
    shop.page("/", HostPage::new().with("<dialog id=\"cart\"><p>Your basket</p></dialog>"));
    let visitor = Visitor::arrives().await;
    visitor.goes_to(&shop.at("/")).await;
    visitor.sees_the_launcher().await;
    visitor.script("document.getElementById('cart').showModal()").await;
    until("the launcher is gone", || async {
        if visitor.has_a_launcher().await { Err("still there") } else { Ok(()) }
    })
    .await;
    visitor.script("document.getElementById('cart').close()").await;
    visitor.sees_the_launcher().await;
    visitor.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_framework_that_draws_the_page_anew_loses_neither_us_nor_the_draft() {
    let shop = TestShop::new().await;
    let visitor = Visitor::arrives().await;
    visitor.goes_to(&shop.at("/")).await;
    visitor.sees_the_launcher().await;
    visitor
        .script("for (let n = 0; n < 100; n++) history.pushState(0, '', '/page-' + n); document.body.replaceWith(document.createElement('body'))")
        .await;
    visitor.sees_the_launcher().await;
    assert_eq!(visitor.script("return testRoots.length").await, json!(1));
    visitor.opens_the_launcher().await;
    visitor.sees_the_widget_in_charge().await;
    visitor.taps("Not okay").await;
    visitor.types("In your own words", "On page 99.").await;
    visitor.taps("Send to Anna").await;
    visitor.reads_the_receipt().await;
    visitor.leaves().await;
    assert_eq!(shop.the_response().await["page"], "/page-99");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_is_down_leaves_the_shop_as_it_is() {
    let shop = TestShop::new().await;
    let TestShop { site, server, .. } = shop;
    let url = server.url.clone();
    let _closed = server.stopped();
    site.put(
        "/",
        HostPage::new()
            .with(&format!("<script async src=\"{url}/s/x.js\"></script><p id=\"end\">The end</p>")),
    );
    let visitor = Visitor::arrives().await;
    visitor.goes_to(&site.at("/")).await;
    visitor.sees("The end").await;
    visitor.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_way_back_is_as_quick_as_without_us() {
    let shop = TestShop::new().await;
    shop.page("/second", HostPage::new());
    let visitor = Visitor::arrives().await;
    visitor.goes_to(&shop.at("/")).await;
    visitor.sees_the_launcher().await;
    visitor.script("addEventListener('pageshow', (e) => (window.testKept = e.persisted))").await;
    visitor.goes_to(&shop.at("/second")).await;
    visitor.goes_back().await;
    assert_eq!(visitor.script("return window.testKept").await, json!(true), "the browser kept the page");
    visitor.sees_the_launcher().await;
    visitor.leaves().await;
}
