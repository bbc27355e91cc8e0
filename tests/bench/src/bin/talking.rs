//! How long it takes until a visitor's complaint stands in the inbox that a member has open, and until their answer
//! shows on the visitor's page. `cargo xtask bench talking`.
#![expect(clippy::print_stdout, reason = "a benchmark talks to the terminal")]

use testkit::clock::machine_now_ms;
use testkit::host_site::{HostPage, HostSite};
use testkit::test_server::{TestServer, TestServerBuilder};
use testkit::wait::until;

use testkit::visitor::Visitor;

/// How many visitors complain, one after the other. The figure is the one in the middle.
const VISITORS: usize = 9;
/// Who answers.
const ANNA: &str = "anna@kilnandkettle.example";
/// Notes when the words `WORDS` can be read in the page, which the browser asks for itself after every change.
const WATCH_THE_INBOX: &str = "window.benchSeen = null;
    const look = () => {
        if (!document.body.innerText.includes('WORDS')) return;
        eye.disconnect();
        requestAnimationFrame(() => (benchSeen = Date.now()));
    };
    const eye = new MutationObserver(look);
    eye.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });";
/// Notes when something is tapped.
const WATCH_THE_TAP: &str =
    "addEventListener('click', () => (window.benchTapped = Date.now()), { capture: true })";
/// Notes when the launcher says that there is a reply.
const WATCH_THE_LAUNCHER: &str = "window.benchSeen = null;
    const button = testRoots[0].querySelector('button');
    const look = () => {
        if (!button.textContent.includes('has answered')) return;
        eye.disconnect();
        requestAnimationFrame(() => (benchSeen = Date.now()));
    };
    const eye = new MutationObserver(look);
    eye.observe(button, { subtree: true, childList: true, characterData: true });";

#[tokio::main]
async fn main() {
    let site = HostSite::open().await;
    let builder = TestServerBuilder::new().at_the_machines_time();
    let shop = builder.shop("Kiln & Kettle", &site.origin);
    builder.owner(ANNA, &[&shop]);
    let server = builder.start().await;
    site.put("/", HostPage::new().with(&shop.tag));
    let anna = sits_at_the_inbox(&server).await;
    println!("The middle of {VISITORS} visitors (least to most), each with a browser of their own.\n");
    let (mut to_the_inbox, mut to_the_page) = (Vec::new(), Vec::new());
    for n in 0..VISITORS {
        let words = format!("Bowl number {n} has a crack.");
        anna.script(&WATCH_THE_INBOX.replace("WORDS", &words)).await;
        let visitor = Visitor::arrives().await;
        visitor.goes_to(&site.at("/")).await;
        visitor.opens_the_launcher().await;
        visitor.sees_the_widget_in_charge().await;
        visitor.taps("Not okay").await;
        visitor.types("In your own words", &words).await;
        visitor.script(WATCH_THE_TAP).await;
        visitor.taps("Send to Anna").await;
        let tapped_at_ms = noted(&visitor, "the tap", "return window.benchTapped").await;
        visitor.reads_the_receipt().await;
        to_the_inbox
            .push(noted(&anna, "the complaint in the inbox", "return benchSeen").await - tapped_at_ms);

        visitor.taps("Close").await;
        visitor.sees_the_panel_close().await;
        visitor.script(WATCH_THE_LAUNCHER).await;
        let id = id_of(&server, &words).await;
        let owner = server.owner(ANNA).await;
        let sent_at_ms = machine_now_ms() as f64;
        owner.answers(&id, "Oh no. A new one leaves today.").await;
        to_the_page
            .push(noted(&visitor, "the answer on the launcher", "return benchSeen").await - sent_at_ms);
        visitor.leaves().await;
    }
    anna.leaves().await;
    line("from the tap on Send to the open inbox, ms (wanted: 1000)", to_the_inbox);
    line("from the answer to the launcher, ms (wanted: 2000)", to_the_page);
}

/// A member has the inbox open.
async fn sits_at_the_inbox(server: &TestServer) -> Visitor {
    let anna = Visitor::arrives().await;
    anna.signs_in(server, ANNA).await;
    anna.goes_to(&format!("{}/inbox", server.url)).await;
    anna
}

/// What a page has noted: milliseconds since 1970.
async fn noted(visitor: &Visitor, what: &str, script: &str) -> f64 {
    until(what, || async {
        let noted = visitor.script(script).await;
        noted.as_f64().ok_or(noted)
    })
    .await
}

/// The id of the response with these words.
async fn id_of(server: &TestServer, words: &str) -> String {
    let rows = server.owner(ANNA).await.responses().await;
    let found = rows.into_iter().find(|row| row.values().any(|value| value == words));
    found.and_then(|row| row.get("id").cloned()).unwrap_or_default()
}

fn line(what: &str, mut took_ms: Vec<f64>) {
    took_ms.sort_by(f64::total_cmp);
    if let [least, .., most] = took_ms[..] {
        println!("  {what:<60} {:>6.0}   ({least:.0} to {most:.0})", took_ms[took_ms.len() / 2]);
    }
}
