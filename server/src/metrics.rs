//! Metrics in Prometheus' text format.
//!
//! Names and labels carry no shop, no visitor and no words: only the kind of a request and its outcome.

use crate::db::outbox_claims::DeliveryOutcome;
use crate::writer::WriterHealth;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use std::time::Duration;

/// Upper bounds of the buckets, in seconds.
const LATENCIES_S: [f64; 12] =
    [0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];

type Label = (&'static str, &'static str);
type Latencies = Family<[Label; 1], Histogram, fn() -> Histogram>;

pub struct Metrics {
    registry: Registry,
    requests: Family<[Label; 2], Counter>,
    latency: Latencies,
    mails: Family<[Label; 1], Counter>,
}

impl Metrics {
    pub fn new(health: &WriterHealth) -> Self {
        let mut registry = Registry::with_prefix("tableside");
        let requests = Family::<[Label; 2], Counter>::default();
        registry.register("requests", "Requests answered, by kind and outcome", requests.clone());
        let latency: Latencies = Family::new_with_constructor(|| Histogram::new(LATENCIES_S));
        registry.register_with_unit(
            "request",
            "How long answers took, by kind",
            Unit::Seconds,
            latency.clone(),
        );
        let mails = Family::<[Label; 1], Counter>::default();
        registry.register("mails", "E-mails taken in hand, by what became of them", mails.clone());
        health.register(&mut registry);
        Self { registry, requests, latency, mails }
    }

    pub fn mail(&self, fate: &DeliveryOutcome) {
        let fate = match fate {
            DeliveryOutcome::Sent => "sent",
            DeliveryOutcome::Dropped(_) => "dropped",
            DeliveryOutcome::Held(_) => "held",
            DeliveryOutcome::Later { .. } => "later",
            DeliveryOutcome::Failed(_) => "failed",
        };
        self.mails.get_or_create(&[("fate", fate)]).inc();
    }

    pub(crate) fn record(&self, path: &str, status: u16, took: Duration) {
        let kind = ("kind", kind(path));
        self.requests.get_or_create(&[kind, ("outcome", outcome(status))]).inc();
        self.latency.get_or_create(&[kind]).observe(took.as_secs_f64());
    }

    pub(crate) fn render(&self) -> String {
        let mut text = String::with_capacity(8_192);
        // Writing to a String does not fail.
        encode(&mut text, &self.registry).unwrap_or_default();
        text
    }
}

fn kind(path: &str) -> &'static str {
    match path.split('/').nth(1) {
        Some("v1") if path.starts_with("/v1/responses") => "response",
        Some("v1") => "conversation",
        Some("s") => "loader",
        Some("w" | "c") => "frame",
        Some("a" | "p") => "file",
        Some("u") => "mail",
        _ => "owner",
    }
}

fn outcome(status: u16) -> &'static str {
    match status / 100 {
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        5 => "5xx",
        _ => "1xx",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_is_counted_under_its_kind_and_outcome() {
        let metrics = Metrics::new(&WriterHealth::default());
        metrics.record("/v1/responses", 201, Duration::from_micros(700));
        metrics.record("/v1/responses/abc", 503, Duration::from_secs(9));
        metrics.record("/summary", 200, Duration::ZERO);
        let text = metrics.render();
        for line in [
            "tableside_requests_total{kind=\"response\",outcome=\"2xx\"} 1",
            "tableside_requests_total{kind=\"response\",outcome=\"5xx\"} 1",
            "tableside_requests_total{kind=\"owner\",outcome=\"2xx\"} 1",
            "tableside_request_seconds_bucket{le=\"0.0005\",kind=\"response\"} 0",
            "tableside_request_seconds_bucket{le=\"0.001\",kind=\"response\"} 1",
            "tableside_request_seconds_bucket{le=\"+Inf\",kind=\"response\"} 2",
            "tableside_queue_length 0",
        ] {
            assert!(text.lines().any(|l| l == line), "{line}\n{text}");
        }
    }
}
