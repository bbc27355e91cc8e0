//! What every handler may use: the database, the clock, chance, and our own address.

use crate::assets::Assets;
use crate::caches::check_in_counter::CheckIns;
use crate::caches::promises::PromiseCache;
use crate::caches::shops::KnownShops;
use crate::caches::tag_sightings::Sightings;
use crate::caches::tracked_names::CountedNames;
use crate::db::Db;
use crate::events::broadcast::News;
use crate::events::visitor_streams::Streams;
use crate::limits::Limits;
use crate::limits::connections::Crowd;
use crate::metrics::Metrics;
use crate::security::random::Chance;
use crate::smtp::Office;
use crate::time::clock::Clock;
use crate::writer::Writer;
use std::sync::Arc;

/// The collector's belongings, shared by all of its threads.
pub struct House {
    /// Where everything is kept.
    pub db: Db,
    /// The way to the one writer of responses.
    pub writer: Writer,
    /// The shops that were asked for lately.
    pub known_shops: KnownShops,
    /// How often visitors were asked, as far as it is not written down yet.
    pub check_ins: CheckIns,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Which pages and products are counted by themselves.
    pub counted_names: CountedNames,
    /// Randomness.
    pub chance: Arc<dyn Chance>,
    /// Our address as visitors and owners reach it, without a slash at the end.
    pub public_url: String,
    /// The browser's files.
    pub assets: Assets,
    /// News to open pages.
    pub news: News,
    /// Visitors who listen for news of their conversations.
    pub streams: Streams,
    /// How much one address or one shop may do.
    pub limits: Limits,
    /// How many are connected.
    pub crowd: Crowd,
    /// What was counted since the start.
    pub metrics: Metrics,
    /// How mail goes out.
    pub office: Office,
    /// How each shop's answers have been lately.
    pub promises: PromiseCache,
    /// Where tags were seen lately.
    pub sightings: Sightings,
}

impl House {
    /// Whether visitors and owners reach us over https, so that cookies can insist on it.
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }

    /// The one line an owner pastes.
    pub fn tag(&self, key: &shared::ids::ShopKey) -> String {
        format!(r#"<script async src="{}/s/{}.js"></script>"#, self.public_url, key.as_str())
    }
}
