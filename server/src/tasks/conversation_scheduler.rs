//! The clerk: sees to it that what is due in conversations is done, soon and once, whatever else goes on.
//!
//! It finds out where an alarm rang and hands in a deed for each; the one writer looks again before anything is done. So
//! several collectors may have a clerk each, and what one did the others find done. Visitors go first: after a round while
//! others wait for the writer, the clerk rests many times as long as the round took.

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

/// The most conversations of one round: whoever sends something meanwhile waits for all of them.
const ROUND: i64 = 8;
/// How long the clerk rests when nothing is due.
const REST: Duration = Duration::from_millis(500);
/// After a round that had something to do it rests so many times as long as that took, if others wait for the writer …
const REST_FOR_OTHERS: u32 = 12;
/// … and if nobody does.
const REST_FOR_NOBODY: u32 = 1;
/// How long it rests when something went wrong.
const REST_FOR_TROUBLE: Duration = Duration::from_secs(5);
/// How often what is over is forgotten.
const TIDY_MS: i64 = HOUR_MS;

/// Works until the house closes. A panic costs a round.
pub async fn run(state: Data<AppState>) {
    let mut closing = state.event_bus.closing();
    let mut tidied_at_ms = i64::MIN;
    loop {
        let begun = Instant::now();
        let round = actix_web::rt::spawn(run_pass(state.clone(), tidied_at_ms));
        let rest = match round.await {
            Ok(Ok(round)) => {
                tidied_at_ms = round.tidied_at_ms;
                let times =
                    if state.writer.health().waiting.get() > 0 { REST_FOR_OTHERS } else { REST_FOR_NOBODY };
                if round.looked == 0 { REST } else { begun.elapsed() * times }
            }
            Ok(Err(failure)) => {
                failure.log();
                REST_FOR_TROUBLE
            }
            // The panic has been said on standard error.
            Err(_) => REST_FOR_TROUBLE,
        };
        tokio::select! {
            // An error means that the house is gone.
            _ = closing.wait_for(|closing| *closing) => return,
            () = tokio::time::sleep(rest) => {}
        }
    }
}

/// What a round came to.
struct Pass {
    /// How many conversations were looked at.
    looked: usize,
    /// When what is over was last forgotten: Unix milliseconds, UTC.
    tidied_at_ms: i64,
}

async fn run_pass(state: Data<AppState>, mut tidied_at_ms: i64) -> Result<Pass, AppError> {
    let now_ms = state.clock.now_ms();
    if now_ms.saturating_sub(tidied_at_ms) >= TIDY_MS {
        let mut tx = state.db.begin().await?;
        visitor_keys::delete_expired(&mut tx, now_ms).await?;
        tx.commit().await?;
        let today = ShopZone::from_name("UTC").number(now_ms);
        while counters::roll_up(&state.db, today).await? {}
        tidied_at_ms = now_ms;
    }
    let due = conversations::list_due(&state.db, now_ms, ROUND).await?;
    let rules = load_policy(&state, &due).await?;
    let looks = due.iter().filter_map(|(shop, id)| {
        let what = CommandAction::RunFollowUps(rules.get(shop)?.clone());
        let command = Command { shop: shop.clone(), id: id.clone(), by: Actor::System, what };
        Some(state.writer.execute(command, now_ms))
    });
    for outcome in join_all(looks).await {
        match outcome {
            // Somebody erased it meanwhile.
            Ok(_) | Err(AppError::NotFound) => {}
            Err(failure) => return Err(failure),
        }
    }
    Ok(Pass { looked: due.len(), tidied_at_ms })
}

/// The rules of the shops whose conversations these are.
async fn load_policy(
    state: &AppState,
    due: &[(ShopKey, ResponseId)],
) -> Result<BTreeMap<ShopKey, Arc<ReplyPolicy>>, AppError> {
    let mut rules = BTreeMap::new();
    for (key, _) in due {
        if !rules.contains_key(key)
            && let Some(shop) = shops::find(&state.db, key).await?
        {
            let promise_open_ms = state.promises.open_ms(&state.db, &shop, state.clock.now_ms()).await?;
            rules.insert(key.clone(), Arc::new(ReplyPolicy::from_settings(&shop.settings, promise_open_ms)));
        }
    }
    Ok(rules)
}
