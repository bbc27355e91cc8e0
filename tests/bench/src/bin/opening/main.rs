//! How long a visitor with a phone waits for the question after a tap on the launcher, and what a page load costs that
//! shows nothing. `cargo xtask bench opening`.
#![expect(clippy::print_stdout, reason = "a benchmark talks to the terminal")]

mod phone;
mod wire;

use phone::{Phone, SLOWER};
use serde_json::Value;
use std::process::ExitCode;
use std::sync::atomic::Ordering;
use testkit::host_site::{HostPage, HostSite};
use testkit::test_server::TestServerBuilder;
use thirtyfour::error::WebDriverResult;
use wire::{BITS_A_SECOND, Meter, ROUND_TRIP, Wire};

/// How many phones are taken out of the box. The figure is the one in the middle.
const PHONES: usize = 9;

/// What one phone saw.
struct PhoneFigures {
    page_connections: u64,
    page_bytes: u64,
    page_tasks: Vec<f64>,
    page_shift: f64,
    stored: u64,
    question_ms: f64,
    charge_ms: f64,
    opened_connections: u64,
    opened_bytes: u64,
}

#[tokio::main]
async fn main() -> ExitCode {
    let site = HostSite::open().await;
    let wire = Wire::new().await;
    let builder = TestServerBuilder::new().at_the_machines_time().option("--public-url", &wire.url);
    let shop = builder.shop("Kiln & Kettle", &site.origin);
    let tag = format!("<script async src=\"{}/s/{}.js\"></script>", wire.url, shop.key);
    let server = builder.start().await;
    let meter = wire.lead_to(&server.url);
    site.put("/", HostPage::new().with(&tag));

    println!(
        "A phone {SLOWER} × slower than this machine, {:.1} Mbit/s, {} ms there and back; the middle of {PHONES} (least to most),\n\
         nothing cached.",
        BITS_A_SECOND as f64 / 1e6,
        ROUND_TRIP.as_millis()
    );
    let mut all = [Vec::new(), Vec::new()];
    for _ in 0..PHONES {
        for (sets_up, all) in [false, true].into_iter().zip(&mut all) {
            meter.sets_up.store(sets_up, Ordering::Relaxed);
            match look(&site.at("/"), &meter).await {
                Ok(seen) => all.push(seen),
                Err(e) => {
                    println!("The browser did not do as it was told: {e}");
                    return ExitCode::FAILURE;
                }
            }
        }
    }
    let [open, new] = all;
    println!("\nA page load that shows nothing but the launcher");
    line(&open, "connections to the collector", |s| s.page_connections as f64);
    line(&open, "bytes from it, headers included", |s| s.page_bytes as f64);
    line(&open, "longest task, ms (50 is long)", |s| s.page_tasks.iter().copied().fold(0.0, f64::max));
    line(&open, "layout shift, thousandths", |s| s.page_shift * 1000.0);
    line(&open, "things stored", |s| s.stored as f64);
    println!("\nAfter a tap on the launcher, connections taken for open, as Chromium's own throttling does");
    after_a_tap(&open);
    println!("\nThe same where every connection has to be set up first (one round trip, slow start)");
    after_a_tap(&new);
    ExitCode::SUCCESS
}

fn after_a_tap(all: &[PhoneFigures]) {
    line(all, "the question can be answered, ms (wanted: 250)", |s| s.question_ms);
    line(all, "Leptos is in charge, ms (wanted: 700)", |s| s.charge_ms);
    line(all, "connections for that", |s| s.opened_connections as f64);
    line(all, "bytes for that", |s| s.opened_bytes as f64);
}

fn line(all: &[PhoneFigures], what: &str, of: fn(&PhoneFigures) -> f64) {
    let mut values: Vec<f64> = all.iter().map(of).collect();
    values.sort_by(f64::total_cmp);
    if let [least, .., most] = values[..] {
        println!("  {what:<48} {:>8.0}   ({least:.0} to {most:.0})", values[values.len() / 2]);
    }
}

async fn look(url: &str, meter: &Meter) -> WebDriverResult<PhoneFigures> {
    let phone = Phone::new().await?;
    meter.since_the_last_look();
    phone.goes_to(url).await?;
    let about = "return [benchTasks, benchShift, localStorage.length + sessionStorage.length + document.cookie.length]";
    let page = phone.finds(about).await?;
    let (page_connections, page_bytes) = meter.since_the_last_look();
    phone.taps_the_launcher().await?;
    let panel = phone.sees("panel").await;
    let tap = phone.sees("tap").await;
    phone.enters_the_frame().await?;
    let (question, charge) = (phone.sees("question").await, phone.sees("charge").await);
    let (opened_connections, opened_bytes) = meter.since_the_last_look();
    phone.done().await?;
    Ok(PhoneFigures {
        page_connections,
        page_bytes,
        page_tasks: page[0].as_array().into_iter().flatten().filter_map(Value::as_f64).collect(),
        page_shift: page[1].as_f64().unwrap_or(f64::NAN),
        stored: page[2].as_u64().unwrap_or(u64::MAX),
        question_ms: panel.max(question) - tap,
        charge_ms: panel.max(charge) - tap,
        opened_connections,
        opened_bytes,
    })
}
