//! Carries out what is due in conversations.
//!
//! It finds conversations whose next check is due and sends the writer a command for each; the writer decides again
//! before it changes anything, so that several collectors can run this task. Visitors have priority: while other jobs wait
//! for the writer, the pause after a pass is a multiple of the time that the pass took.

use crate::conversations::command::{Actor, Command, CommandAction};
use crate::db::{conversations, counters, shops, visitor_keys};
use crate::domain::reply_policy::ReplyPolicy;
use crate::error::AppError;
use crate::state::AppState;
use crate::time::clock::HOUR_MS;
use crate::time::zone::ShopZone;
use actix_web::web::Data;
use futures_util::future::join_all;
use shared::ids::{ResponseId, ShopKey};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Conversations in one pass: a response that arrives meanwhile waits for all of them.
const PASS_MAX: i64 = 8;
/// The pause when nothing is due.
const IDLE_PAUSE: Duration = Duration::from_millis(500);
/// After a pass that had work, the pause is this multiple of its duration if other jobs wait for the writer …
const PAUSE_FACTOR_BUSY: u32 = 12;
/// … and this one if none do.
const PAUSE_FACTOR_IDLE: u32 = 1;
const ERROR_PAUSE: Duration = Duration::from_secs(5);
const PURGE_INTERVAL_MS: i64 = HOUR_MS;

/// Runs until shutdown. A panic ends only the pass in which it happens.
pub async fn run(state: Data<AppState>) {
    let mut closing = state.event_bus.closing();
    let mut purged_at_ms = i64::MIN;
    loop {
        let started = Instant::now();
        let pass = actix_web::rt::spawn(run_pass(state.clone(), purged_at_ms));
        let pause = match pass.await {
            Ok(Ok(pass)) => {
                purged_at_ms = pass.purged_at_ms;
                let factor = if state.writer.health().waiting.get() > 0 {
                    PAUSE_FACTOR_BUSY
                } else {
                    PAUSE_FACTOR_IDLE
                };
                if pass.checked == 0 { IDLE_PAUSE } else { started.elapsed() * factor }
            }
            Ok(Err(failure)) => {
                failure.log();
                ERROR_PAUSE
            }
            // The panic hook has written the panic to standard error.
            Err(_) => ERROR_PAUSE,
        };
        tokio::select! {
            // An error means that the bus is gone, which happens at shutdown too.
            _ = closing.wait_for(|closing| *closing) => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

struct Pass {
    checked: usize,
    /// When expired rows were last deleted: Unix milliseconds, UTC.
    purged_at_ms: i64,
}

async fn run_pass(state: Data<AppState>, mut purged_at_ms: i64) -> Result<Pass, AppError> {
    let now_ms = state.clock.now_ms();
    if now_ms.saturating_sub(purged_at_ms) >= PURGE_INTERVAL_MS {
        let mut tx = state.db.begin().await?;
        visitor_keys::delete_expired(&mut tx, now_ms).await?;
        tx.commit().await?;
        let today = ShopZone::from_name("UTC").number(now_ms);
        while counters::roll_up(&state.db, today).await? {}
        purged_at_ms = now_ms;
    }
    let due = conversations::list_due(&state.db, now_ms, PASS_MAX).await?;
    let policies = load_policies(&state, &due).await?;
    let commands = due.iter().filter_map(|(shop, id)| {
        let what = CommandAction::RunFollowUps(policies.get(shop)?.clone());
        let command = Command { shop: shop.clone(), id: id.clone(), by: Actor::System, what };
        Some(state.writer.execute(command, now_ms))
    });
    for outcome in join_all(commands).await {
        match outcome {
            // The conversation was erased meanwhile.
            Ok(_) | Err(AppError::NotFound) => {}
            Err(failure) => return Err(failure),
        }
    }
    Ok(Pass { checked: due.len(), purged_at_ms })
}

async fn load_policies(
    state: &AppState,
    due: &[(ShopKey, ResponseId)],
) -> Result<BTreeMap<ShopKey, Arc<ReplyPolicy>>, AppError> {
    let mut policies = BTreeMap::new();
    for (key, _) in due {
        if !policies.contains_key(key)
            && let Some(shop) = shops::find(&state.db, key).await?
        {
            let promise_open_ms = state.promises.open_ms(&state.db, &shop, state.clock.now_ms()).await?;
            policies
                .insert(key.clone(), Arc::new(ReplyPolicy::from_settings(&shop.settings, promise_open_ms)));
        }
    }
    Ok(policies)
}
