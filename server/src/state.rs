//! What every handler may use: the database, the clock, chance, and our own address.

use crate::assets::Assets;
use crate::caches::check_in_counter::CheckInCounter;
use crate::caches::promises::PromiseCache;
use crate::caches::shops::ShopCache;
use crate::caches::tag_sightings::TagSightings;
use crate::caches::tracked_names::TrackedNames;
use crate::db::Db;
use crate::events::broadcast::EventBus;
use crate::events::visitor_streams::VisitorStreams;
use crate::limits::Limits;
use crate::limits::connections::Connections;
use crate::metrics::Metrics;
use crate::security::random::Random;
use crate::smtp::MailConfig;
use crate::time::clock::Clock;
use crate::writer::Writer;
use std::sync::Arc;

/// The collector's belongings, shared by all of its threads.
pub struct AppState {
    /// Where everything is kept.
    pub db: Db,
    /// The way to the one writer of responses.
    pub writer: Writer,
    /// The shops that were asked for lately.
    pub shop_cache: ShopCache,
    /// How often visitors were asked, as far as it is not written down yet.
    pub check_ins: CheckInCounter,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Which pages and products are counted by themselves.
    pub tracked_names: TrackedNames,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// Our address as visitors and owners reach it, without a slash at the end.
    pub public_url: String,
    /// The browser's files.
    pub assets: Assets,
    /// News to open pages.
    pub event_bus: EventBus,
    /// Visitors who listen for news of their conversations.
    pub visitor_streams: VisitorStreams,
    /// How much one address or one shop may do.
    pub limits: Limits,
    /// How many are connected.
    pub connections: Connections,
    /// What was counted since the start.
    pub metrics: Metrics,
    /// How mail goes out.
    pub mail_config: MailConfig,
    /// How each shop's answers have been lately.
    pub promises: PromiseCache,
    /// Where tags were seen lately.
    pub tag_sightings: TagSightings,
}

impl AppState {
    /// Whether visitors and owners reach us over https, so that cookies can insist on it.
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }

    /// The one line an owner pastes.
    pub fn tag(&self, key: &shared::ids::ShopKey) -> String {
        format!(r#"<script async src="{}/s/{}.js"></script>"#, self.public_url, key.as_str())
    }
}
