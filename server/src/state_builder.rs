use crate::assets::{Assets, MissingAssets};
use crate::caches::check_in_counter::CheckInCounter;
use crate::caches::promises::PromiseCache;
use crate::caches::shops::ShopCache;
use crate::caches::tag_sightings::TagSightings;
use crate::caches::tracked_names::TrackedNames;
use crate::config::{ServeArgs, public_url};
use crate::db::{Db, DbError, counter_rebuild, counters};
use crate::events::broadcast::EventBus;
use crate::events::visitor_streams::VisitorStreams;
use crate::limits::client_ip::Proxies;
use crate::limits::connections::Connections;
use crate::limits::{Limits, Quotas};
use crate::metrics::Metrics;
use crate::security::random::{Random, SystemRandom};
use crate::smtp::MailConfig;
use crate::state::AppState;
use crate::time::clock::clock;
use crate::time::zone::ShopZone;
use crate::writer::Writer;
use actix_web::web::Data;
use std::error::Error;
use std::sync::Arc;

pub async fn open(args: &ServeArgs) -> Result<Data<AppState>, Box<dyn Error>> {
    let public_url = public_url(args.public_url.as_deref(), &args.listen)?;
    let mail_config = args.mail.mail_config(&args.database.database)?;
    let db = crate::db::open(&args.database.database).await?;
    ensure_counters(&db).await?;
    let rates = Quotas {
        per_address: args.rate_per_address,
        per_shop: args.rate_per_shop,
        sign_ins: args.rate_sign_ins,
    };
    let state = build(db, public_url, rates, args.trusted_proxy.clone())?;
    Ok(Data::new(AppState { mail_config, ..state }))
}

/// Counts the stored responses where no counters exist: in an older version's database, or in an empty one.
async fn ensure_counters(db: &Db) -> Result<(), DbError> {
    if counters::marks(db).await?.is_none() {
        tracing::info!("counting every response once");
        let responses =
            counter_rebuild::rebuild(db, ShopZone::from_name("UTC").number(clock().now_ms())).await?;
        tracing::info!(responses, "counted; from now on counts are kept");
    }
    Ok(())
}

/// Uses the system's clock and randomness, and starts the writer.
pub fn build(db: Db, public_url: String, rates: Quotas, proxies: Proxies) -> Result<AppState, MissingAssets> {
    let event_bus = EventBus::default();
    let random: Arc<dyn Random> = Arc::new(SystemRandom);
    let writer = Writer::start(&db, event_bus.sender(), random.clone());
    Ok(AppState {
        limits: Limits::new(rates, proxies),
        connections: Connections::default(),
        metrics: Metrics::new(writer.health()),
        writer,
        event_bus,
        visitor_streams: VisitorStreams::default(),
        check_ins: CheckInCounter::default(),
        shop_cache: ShopCache::default(),
        tracked_names: TrackedNames::default(),
        db,
        clock: clock(),
        random,
        public_url,
        assets: Assets::load()?,
        mail_config: MailConfig::default(),
        promises: PromiseCache::default(),
        tag_sightings: TagSightings::default(),
    })
}
