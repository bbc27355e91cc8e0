//! Delivers the mails of the outbox.
//!
//! A shop's mails go out one after the other over one connection, and several shops are served at once: a server that does
//! not answer delays the mails of its own shop only. A panic while composing a mail counts as a failure of that mail alone.

use crate::db::outbox_claims;
use crate::db::outbox_claims::{ClaimedMail, DeliveryOutcome};
use crate::db::shops;
use crate::db::shops::Shop;
use crate::domain::mail::MailKind;
use crate::error::AppError;
use crate::notifications::mime::{Envelope, message};
use crate::notifications::{ComposeError, Composer};
use crate::smtp::MailRoute;
use crate::smtp::connection::SmtpConnection;
use crate::smtp::retry::{CLAIM_MS, DeliveryError, GIVE_UP_AFTER_MS, backoff_ms, classify};
use crate::smtp::server_config::MailServer;
use crate::state::AppState;
use crate::tasks::weekly_mail;
use crate::time::clock::{DAY_MS, HOUR_MS, MINUTE_MS};
use actix_web::web::Data;
use shared::ids::{ResponseId, ShopKey};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::task::JoinSet;

/// The pause between two looks at the outbox.
const IDLE_PAUSE: Duration = Duration::from_millis(500);
const ERROR_PAUSE: Duration = Duration::from_secs(5);
/// The most shops that are served at once.
const SHOPS_MAX: usize = 8;
/// Alerts to one person of a shop in an hour; further ones are collected in a digest …
const ALERTS_PER_HOUR_MAX: i64 = 30;
/// … which is sent this much later.
const DIGEST_DELAY_MS: i64 = 10 * MINUTE_MS;
const PURGE_INTERVAL_MS: i64 = HOUR_MS;
/// How often the task asks which weekly mails are due.
const WEEKLY_INTERVAL_MS: i64 = 10_000;
/// How long the outbox keeps finished mails.
const RETENTION_MS: i64 = 90 * DAY_MS;
/// The reason stored with a mail that was never tried for too long.
const TOO_OLD: &str = "This waited for more than three days before there was a way to send it.";

/// When a shop's mail server may be tried again after failures.
struct Backoff {
    failures: u32,
    until_ms: i64,
}

/// Runs until shutdown, and then finishes the deliveries that have begun.
pub(crate) async fn run(state: Data<AppState>) {
    let mut closing = state.event_bus.closing();
    let mut scheduler = DeliveryScheduler {
        purged_at_ms: i64::MIN,
        weekly_checked_at_ms: i64::MIN,
        ..DeliveryScheduler::default()
    };
    loop {
        let pause = match scheduler.deliver_due(&state).await {
            Ok(()) => IDLE_PAUSE,
            Err(failure) => {
                failure.log();
                ERROR_PAUSE
            }
        };
        tokio::select! {
            // An error means that the bus is gone, which happens at shutdown too.
            _ = closing.wait_for(|closing| *closing) => break,
            () = tokio::time::sleep(pause) => {}
        }
    }
    while scheduler.running.join_next().await.is_some() {}
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RunResult {
    /// Every due mail has an outcome.
    Delivered,
    /// The server failed after it had accepted a mail.
    PartlyDelivered,
    /// The server failed before it accepted any.
    Failed,
}

impl RunResult {
    /// The number of consecutive failures, given the number before this run.
    fn failures(self, before: u32) -> u32 {
        match self {
            Self::Delivered => 0,
            Self::PartlyDelivered => 1,
            Self::Failed => before + 1,
        }
    }
}

/// The runs in progress, at most one for each shop.
#[derive(Default)]
struct DeliveryScheduler {
    running: JoinSet<RunResult>,
    shops: BTreeMap<tokio::task::Id, ShopKey>,
    backoffs: BTreeMap<ShopKey, Backoff>,
    purged_at_ms: i64,
    weekly_checked_at_ms: i64,
}

impl DeliveryScheduler {
    /// Starts a run for each shop with due mail.
    async fn deliver_due(&mut self, state: &Data<AppState>) -> Result<(), AppError> {
        let now_ms = state.clock.now_ms();
        while let Some(ended) = self.running.try_join_next_with_id() {
            // The panic hook has written a panic to standard error; the next run of this shop continues.
            let (id, result) = match ended {
                Ok(ended) => ended,
                Err(panic) => (panic.id(), RunResult::Failed),
            };
            let Some(shop) = self.shops.remove(&id) else { continue };
            let before = self.backoffs.remove(&shop).map_or(0, |backoff| backoff.failures);
            let failures = result.failures(before);
            if failures > 0 {
                self.backoffs.insert(shop, Backoff { failures, until_ms: now_ms + backoff_ms(failures) });
            }
        }
        if now_ms.saturating_sub(self.purged_at_ms) >= PURGE_INTERVAL_MS {
            purge(state, now_ms).await?;
            self.purged_at_ms = now_ms;
        }
        if now_ms.saturating_sub(self.weekly_checked_at_ms) >= WEEKLY_INTERVAL_MS {
            self.weekly_checked_at_ms = now_ms;
            // An error here must not stop other mail.
            if let Err(failure) = weekly_mail::enqueue_due(state, now_ms).await {
                failure.log();
            }
        }
        let all_shops = state.mail_config.server.is_some();
        for shop in outbox_claims::shops_with_mail(&state.db, all_shops, now_ms).await? {
            let is_backing_off = self.backoffs.get(&shop).is_some_and(|backoff| backoff.until_ms > now_ms);
            if is_backing_off || self.shops.values().any(|busy| *busy == shop) {
                continue;
            }
            if self.running.len() >= SHOPS_MAX {
                break;
            }
            let (state, key) = (state.clone(), shop.clone());
            let run = self.running.spawn(async move {
                deliver_for_shop(&state, &key).await.unwrap_or_else(|failure| {
                    failure.log();
                    RunResult::Failed
                })
            });
            self.shops.insert(run.id(), shop);
        }
        Ok(())
    }
}

async fn purge(state: &AppState, now_ms: i64) -> Result<(), AppError> {
    for shop in shops::list(&state.db).await? {
        let mut tx = state.db.begin().await?;
        outbox_claims::purge_finished(&mut tx, &shop.key, now_ms - RETENTION_MS).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Sends a shop's due mails one after the other until its server fails.
async fn deliver_for_shop(state: &Data<AppState>, key: &ShopKey) -> Result<RunResult, AppError> {
    let Some(shop) = shops::find(&state.db, key).await? else { return Ok(RunResult::Delivered) };
    let route = state.mail_config.route(&state.db, key).await?;
    let mut connection = None;
    let (mut has_sent, mut result) = (false, RunResult::Delivered);
    while result == RunResult::Delivered && !*state.event_bus.closing().borrow() {
        let now_ms = state.clock.now_ms();
        let claimed = outbox_claims::claim(&state.db, key, now_ms, now_ms + CLAIM_MS).await?;
        let Some(mail) = claimed else { break };
        let next = deliver_one(state, &shop, &route, &mail, connection.take(), now_ms).await?;
        let (outcome, open_connection, is_server_failure) = match next {
            NextStep::Decided(outcome, open_connection) => (outcome, open_connection, false),
            NextStep::Failed(error, open_connection) => {
                let is_server = matches!(error, DeliveryError::Server(_));
                // The log gets no address, no text, and no reply of the server, which may hold both.
                tracing::warn!(
                    mail = mail.id.as_str(),
                    shop = key.as_str(),
                    is_server,
                    "a mail was not sent"
                );
                let random = state.random.bits() as f64 / u128::MAX as f64;
                (
                    classify(error, mail.attempts, mail.created_at_ms, now_ms, random),
                    open_connection,
                    is_server,
                )
            }
            NextStep::Digested => continue,
        };
        connection = open_connection;
        has_sent |= outcome == DeliveryOutcome::Sent;
        if is_server_failure {
            result = if has_sent { RunResult::PartlyDelivered } else { RunResult::Failed };
        }
        outbox_claims::record_outcome(&state.db, key, &mail, &outcome, state.clock.now_ms()).await?;
        state.metrics.mail(&outcome);
        if matches!(outcome, DeliveryOutcome::Failed(_) | DeliveryOutcome::Held(_)) {
            publish_change(state, key, &mail);
        }
    }
    if let Some(connection) = connection {
        connection.quit().await;
    }
    Ok(result)
}

enum NextStep {
    /// The mail has its outcome; the connection comes along if it is still open.
    Decided(DeliveryOutcome, Option<SmtpConnection>),
    Failed(DeliveryError, Option<SmtpConnection>),
    /// The mail is part of a digest now.
    Digested,
}

async fn deliver_one(
    state: &Data<AppState>,
    shop: &Shop,
    route: &MailRoute,
    mail: &ClaimedMail,
    connection: Option<SmtpConnection>,
    now_ms: i64,
) -> Result<NextStep, AppError> {
    if mail.attempts == 1 && now_ms - mail.created_at_ms > GIVE_UP_AFTER_MS {
        return Ok(NextStep::Decided(DeliveryOutcome::Held(TOO_OLD), connection));
    }
    let server = match route {
        MailRoute::Through(server) => server,
        MailRoute::NotConfigured => {
            return Ok(NextStep::Failed(
                DeliveryError::Server("no mail server is named".to_owned()),
                connection,
            ));
        }
        MailRoute::PasswordUnreadable => {
            let text = "the password of the mail server cannot be read any more; please type it again in the settings";
            return Ok(NextStep::Failed(DeliveryError::Server(text.to_owned()), connection));
        }
    };
    if belongs_in_digest(state, shop, mail, now_ms).await? {
        let one = state.random.mail_id(now_ms);
        outbox_claims::add_to_digest(&state.db, &shop.key, mail, &one, now_ms + DIGEST_DELAY_MS, now_ms)
            .await?;
        return Ok(NextStep::Digested);
    }
    // Composed in a task of its own, so that a panic ends that task only.
    let composing = tokio::spawn(compose(state.clone(), shop.clone(), mail.clone(), server.clone(), now_ms));
    let message = composing.await.unwrap_or_else(|cause| Err(AppError::Internal(cause.to_string()).into()));
    let message = match message {
        Ok(message) => message,
        Err(ComposeError::NotNeeded(why)) => {
            return Ok(NextStep::Decided(DeliveryOutcome::Dropped(why), connection));
        }
        Err(ComposeError::Failed(AppError::Internal(cause))) => {
            AppError::Internal(cause).log();
            return Ok(NextStep::Failed(DeliveryError::NotComposed, connection));
        }
        // The database or the writer failed, not this mail: it stays claimable.
        Err(ComposeError::Failed(error)) => return Err(error),
    };
    let connection = match connection {
        Some(connection) => Ok(connection),
        None => state.mail_config.smtp_connector(&state.public_url).connect(server).await,
    };
    Ok(match connection {
        Err(error) => NextStep::Failed(error, None),
        Ok(mut connection) => match connection.send(&message, server).await {
            Ok(_) => NextStep::Decided(DeliveryOutcome::Sent, Some(connection)),
            Err(error) => NextStep::Failed(error, None),
        },
    })
}

/// Whether the person got so many alerts in the last hour that this one belongs into a digest.
async fn belongs_in_digest(
    state: &AppState,
    shop: &Shop,
    mail: &ClaimedMail,
    now_ms: i64,
) -> Result<bool, AppError> {
    match mail.kind {
        MailKind::Complaint | MailKind::NotYet | MailKind::Wrote | MailKind::Reminder | MailKind::Overdue => {
            let sent =
                outbox_claims::count_sent_since(&state.db, &shop.key, &mail.person, now_ms - HOUR_MS).await?;
            Ok(sent >= ALERTS_PER_HOUR_MAX)
        }
        MailKind::Reply
        | MailKind::PutRight
        | MailKind::Ask
        | MailKind::Invitation
        | MailKind::Together
        | MailKind::Weekly => Ok(false),
    }
}

async fn compose(
    state: Data<AppState>,
    shop: Shop,
    mail: ClaimedMail,
    server: MailServer,
    now_ms: i64,
) -> Result<lettre::Message, ComposeError> {
    let composer = Composer { state: &state, shop: &shop, now_ms };
    let content = composer.compose(&mail).await?;
    let host = crate::smtp::host_of(&state.public_url);
    let envelope = Envelope { id: &mail.id, address: &mail.address, host, now_ms };
    Ok(message(&content, &server, &envelope)?)
}

/// Tells open pages of the shop to load again: they show mails that failed.
fn publish_change(state: &AppState, shop: &ShopKey, mail: &ClaimedMail) {
    let conversation = ResponseId::parse("response", &mail.response).ok();
    // Without a listener, sending fails; a page that opens later reads the state anyway.
    let _ = state
        .event_bus
        .sender()
        .send(crate::domain::change_event::ChangeEvent { shop: shop.clone(), conversation });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_takes_something_in_between_is_not_left_alone_for_longer_and_longer() {
        let mut failures = 0;
        for (result, expected) in [
            (RunResult::Failed, 1),
            (RunResult::Failed, 2),
            (RunResult::PartlyDelivered, 1),
            (RunResult::PartlyDelivered, 1),
            (RunResult::Failed, 2),
            (RunResult::Delivered, 0),
        ] {
            failures = result.failures(failures);
            assert_eq!(failures, expected, "{result:?}");
        }
    }
}
