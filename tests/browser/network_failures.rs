//! Bad days, made from a seed: the network goes, our side goes, the visitor goes; each complaint arrives exactly once.

use crate::shop_fixture::TestShop;
use testkit::visitor::Visitor;
use testkit::wait::until;

/// The days that are lived through; a failure names its own, and the same number is the same day again.
const DAYS: [u64; 3] = [1, 2, 3];
/// Complaints a day.
const COMPLAINTS: usize = 4;

/// What goes wrong while a complaint is sent.
#[derive(Debug, Clone, Copy)]
enum Trouble {
    /// Nothing.
    None,
    /// The network is gone before "Send", and comes back afterwards.
    Tunnel,
    /// Our side is killed before "Send", and started again afterwards.
    Killed,
    /// Our side is killed the moment "Send" is tapped: the answer may be lost after it was stored.
    KilledMeanwhile,
    /// The page is left the moment "Send" is tapped.
    LeftAtOnce,
    /// The page is loaded anew the moment "Send" is tapped.
    Reloaded,
}

const TROUBLES: [Trouble; 6] = [
    Trouble::None,
    Trouble::Tunnel,
    Trouble::Killed,
    Trouble::KilledMeanwhile,
    Trouble::LeftAtOnce,
    Trouble::Reloaded,
];

/// What happens on one day. Source: Knuth, MMIX (the multiplier and the summand).
fn day(seed: u64) -> impl Iterator<Item = Trouble> {
    let mut state = seed;
    std::iter::repeat_with(move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        TROUBLES[(state >> 33) as usize % TROUBLES.len()]
    })
    .take(COMPLAINTS)
}

/// Says it, with the trouble of the moment, and puts right what was broken.
async fn complain(
    mut shop: TestShop,
    visitor: &Visitor,
    n: usize,
    words: &str,
    trouble: Trouble,
) -> TestShop {
    visitor.goes_to(&shop.at("/")).await;
    visitor.opens_the_launcher().await;
    visitor.sees_the_widget_in_charge().await;
    if n > 0 {
        // What was said before is there, and can be left aside.
        visitor.taps("Tell Anna something else").await;
    }
    visitor.taps("Not okay").await;
    visitor.types("In your own words", words).await;
    match trouble {
        Trouble::None => visitor.taps("Send to Anna").await,
        Trouble::Tunnel => {
            visitor.has_a_network(false).await;
            visitor.taps("Send to Anna").await;
            visitor.sees("Not sent yet").await;
            visitor.has_a_network(true).await;
        }
        Trouble::Killed => {
            let closed = shop.server.stopped();
            visitor.taps("Send to Anna").await;
            visitor.sees("That didn’t reach me.").await;
            shop.server = closed.start().await;
        }
        Trouble::KilledMeanwhile => {
            visitor.taps("Send to Anna").await;
            shop.server = shop.server.restarted().await;
        }
        Trouble::LeftAtOnce => {
            visitor.taps("Send to Anna").await;
            visitor.goes_to("about:blank").await;
        }
        Trouble::Reloaded => {
            visitor.taps("Send to Anna").await;
            visitor.steps_out().await;
            visitor.reloads().await;
        }
    }
    shop
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_happens_on_the_way_each_complaint_arrives_exactly_once() {
    for seed in DAYS {
        let mut shop = TestShop::new().await;
        let visitor = Visitor::arrives().await;
        for (n, trouble) in day(seed).enumerate() {
            let words = format!("Day {seed}, complaint {n}, with {trouble:?}.");
            shop = complain(shop, &visitor, n, &words, trouble).await;
            // As one does who wonders what became of it.
            visitor.goes_to(&shop.at("/")).await;
            visitor.opens_the_launcher().await;
            until(&words, || async {
                let rows = shop.responses().await;
                if rows.iter().any(|row| row["comment"] == words) { Ok(()) } else { Err(rows) }
            })
            .await;
            assert_eq!(shop.responses().await.len(), n + 1, "{words} Each of them once.");
            until("the device knows of the conversation", || async {
                let keys = "return Object.entries(localStorage).filter(([k]) => k.endsWith('.talks'))
                    .map(([, v]) => v.split('\\n').length)[0]";
                let keys = visitor.script(keys).await;
                if keys == n + 1 { Ok(()) } else { Err(keys) }
            })
            .await;
        }
        visitor.leaves().await;
    }
}
