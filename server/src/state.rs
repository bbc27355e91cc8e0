//! State shared by all handlers.

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

pub struct AppState {
    pub db: Db,
    pub writer: Writer,
    pub shop_cache: ShopCache,
    /// How often visitors were asked, as far as the database does not have it yet.
    pub check_ins: CheckInCounter,
    pub clock: Arc<dyn Clock>,
    pub tracked_names: TrackedNames,
    pub random: Arc<dyn Random>,
    /// The collector's address as visitors and owners reach it, without a slash at the end.
    pub public_url: String,
    pub assets: Assets,
    pub event_bus: EventBus,
    pub visitor_streams: VisitorStreams,
    pub limits: Limits,
    pub connections: Connections,
    pub metrics: Metrics,
    pub mail_config: MailConfig,
    pub promises: PromiseCache,
    pub tag_sightings: TagSightings,
}

impl AppState {
    /// Whether visitors and owners reach the collector over https, so that cookies can insist on it.
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }

    /// The one line that an owner pastes into the shop's pages.
    pub fn tag(&self, key: &shared::ids::ShopKey) -> String {
        format!(r#"<script async src="{}/s/{}.js"></script>"#, self.public_url, key.as_str())
    }
}
