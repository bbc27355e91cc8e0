//! The sender: takes mail in hand and brings it to its server, soon, and each once as far as anybody can tell.
//!
//! Each shop's mail goes one after the other over one line, and several shops' at once; so a mail that does not get through
//! holds up the next of its shop for as long as a server may be silent, and no other shop at all. A mail that we stumble over
//! is a mail that failed, and nothing else.

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

/// How long the sender rests between two looks at what is due.
const REST: Duration = Duration::from_millis(500);
/// How long it rests when something went wrong.
const REST_FOR_TROUBLE: Duration = Duration::from_secs(5);
/// The most shops whose mail goes out at once.
const LANES_MAX: usize = 8;
/// The most alerts to one person of a shop in an hour; what comes on top is told of in one mail, a little later.
const ALERTS_AN_HOUR: i64 = 30;
/// How much later.
const TOGETHER_AFTER_MS: i64 = 10 * MINUTE_MS;
/// How often what was done long ago is forgotten.
const TIDY_MS: i64 = HOUR_MS;
/// How often it is looked whether a weekly mail is due.
const POST_MS: i64 = 10_000;
/// For how long it is remembered that a mail was sent, or did not go out.
const REMEMBERED_MS: i64 = 90 * DAY_MS;
/// What is noted on a mail that waited too long before it was ever tried.
const OLD: &str = "This waited for more than three days before there was a way to send it.";

/// A shop's mail server after trouble.
struct Backoff {
    troubles: u32,
    until_ms: i64,
}

/// Works until the house closes, and then finishes what it has in hand.
pub(crate) async fn run(state: Data<AppState>) {
    let mut closing = state.event_bus.closing();
    let mut lanes =
        DeliveryScheduler { tidied_at_ms: i64::MIN, posted_at_ms: i64::MIN, ..DeliveryScheduler::default() };
    loop {
        let rest = match lanes.deliver_due(&state).await {
            Ok(()) => REST,
            Err(failure) => {
                failure.log();
                REST_FOR_TROUBLE
            }
        };
        tokio::select! {
            // An error means that the house is gone.
            _ = closing.wait_for(|closing| *closing) => break,
            () = tokio::time::sleep(rest) => {}
        }
    }
    while lanes.running.join_next().await.is_some() {}
}

/// How it went for a shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RunResult {
    /// Everything that was due is decided.
    Well,
    /// Its server was in trouble, after it had taken something.
    WellAtFirst,
    /// Its server was in trouble at once.
    Badly,
}

impl RunResult {
    /// How many troubles in a row that makes, after so many before.
    fn troubles(self, before: u32) -> u32 {
        match self {
            Self::Well => 0,
            Self::WellAtFirst => 1,
            Self::Badly => before + 1,
        }
    }
}

/// Who is on the way for which shop.
#[derive(Default)]
struct DeliveryScheduler {
    running: JoinSet<RunResult>,
    shops: BTreeMap<tokio::task::Id, ShopKey>,
    rests: BTreeMap<ShopKey, Backoff>,
    tidied_at_ms: i64,
    posted_at_ms: i64,
}

impl DeliveryScheduler {
    /// Sends somebody on the way for every shop that has mail which is due.
    async fn deliver_due(&mut self, state: &Data<AppState>) -> Result<(), AppError> {
        let now_ms = state.clock.now_ms();
        while let Some(ended) = self.running.try_join_next_with_id() {
            // A panic has been said on standard error; whoever comes next for this shop goes on.
            let (id, went) = match ended {
                Ok(ended) => ended,
                Err(stumbled) => (stumbled.id(), RunResult::Badly),
            };
            let Some(shop) = self.shops.remove(&id) else { continue };
            let before = self.rests.remove(&shop).map_or(0, |rest| rest.troubles);
            let troubles = went.troubles(before);
            if troubles > 0 {
                self.rests.insert(shop, Backoff { troubles, until_ms: now_ms + backoff_ms(troubles) });
            }
        }
        if now_ms.saturating_sub(self.tidied_at_ms) >= TIDY_MS {
            purge(state, now_ms).await?;
            self.tidied_at_ms = now_ms;
        }
        if now_ms.saturating_sub(self.posted_at_ms) >= POST_MS {
            self.posted_at_ms = now_ms;
            // Whatever is wrong with it, no other mail waits for that.
            if let Err(failure) = weekly_mail::enqueue_due(state, now_ms).await {
                failure.log();
            }
        }
        let of_all = state.mail_config.server.is_some();
        for shop in outbox_claims::shops_with_mail(&state.db, of_all, now_ms).await? {
            let is_resting = self.rests.get(&shop).is_some_and(|rest| rest.until_ms > now_ms);
            if is_resting || self.shops.values().any(|busy| *busy == shop) {
                continue;
            }
            if self.running.len() >= LANES_MAX {
                break;
            }
            let (state, key) = (state.clone(), shop.clone());
            let lane = self.running.spawn(async move {
                deliver_for_shop(&state, &key).await.unwrap_or_else(|failure| {
                    failure.log();
                    RunResult::Badly
                })
            });
            self.shops.insert(lane.id(), shop);
        }
        Ok(())
    }
}

async fn purge(state: &AppState, now_ms: i64) -> Result<(), AppError> {
    for shop in shops::list(&state.db).await? {
        let mut tx = state.db.begin().await?;
        outbox_claims::purge_finished(&mut tx, &shop.key, now_ms - REMEMBERED_MS).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Sends what is due of a shop, one after the other, until its server is in trouble.
async fn deliver_for_shop(state: &Data<AppState>, key: &ShopKey) -> Result<RunResult, AppError> {
    let Some(shop) = shops::find(&state.db, key).await? else { return Ok(RunResult::Well) };
    let way = state.mail_config.route(&state.db, key).await?;
    let mut line = None;
    let (mut has_sent, mut went) = (false, RunResult::Well);
    while went == RunResult::Well && !*state.event_bus.closing().borrow() {
        let now_ms = state.clock.now_ms();
        let taken = outbox_claims::claim(&state.db, key, now_ms, now_ms + CLAIM_MS).await?;
        let Some(mail) = taken else { break };
        let step = deliver_one(state, &shop, &way, &mail, line.take(), now_ms).await?;
        let (fate, kept, blamed) = match step {
            NextStep::Settled(fate, kept) => (fate, kept, false),
            NextStep::Trouble(trouble, kept) => {
                let is_server = matches!(trouble, DeliveryError::Server(_));
                // Nobody's address or words, and nothing that a server said, which may hold both.
                tracing::warn!(
                    mail = mail.id.as_str(),
                    shop = key.as_str(),
                    is_server,
                    "a mail was not sent"
                );
                let random = state.random.bits() as f64 / u128::MAX as f64;
                (classify(trouble, mail.attempts, mail.created_at_ms, now_ms, random), kept, is_server)
            }
            NextStep::Together => continue,
        };
        line = kept;
        has_sent |= fate == DeliveryOutcome::Sent;
        if blamed {
            went = if has_sent { RunResult::WellAtFirst } else { RunResult::Badly };
        }
        outbox_claims::record_outcome(&state.db, key, &mail, &fate, state.clock.now_ms()).await?;
        state.metrics.mail(&fate);
        if matches!(fate, DeliveryOutcome::Failed(_) | DeliveryOutcome::Held(_)) {
            publish_change(state, key, &mail);
        }
    }
    if let Some(line) = line {
        line.quit().await;
    }
    Ok(went)
}

/// How one mail went.
enum NextStep {
    /// It is decided what becomes of it; and the line, if it is still open.
    Settled(DeliveryOutcome, Option<SmtpConnection>),
    /// There was trouble.
    Trouble(DeliveryError, Option<SmtpConnection>),
    /// It will be told of together with others.
    Together,
}

async fn deliver_one(
    state: &Data<AppState>,
    shop: &Shop,
    way: &MailRoute,
    mail: &ClaimedMail,
    line: Option<SmtpConnection>,
    now_ms: i64,
) -> Result<NextStep, AppError> {
    if mail.attempts == 1 && now_ms - mail.created_at_ms > GIVE_UP_AFTER_MS {
        return Ok(NextStep::Settled(DeliveryOutcome::Held(OLD), line));
    }
    let server = match way {
        MailRoute::Through(server) => server,
        MailRoute::NotConfigured => {
            return Ok(NextStep::Trouble(DeliveryError::Server("no mail server is named".to_owned()), line));
        }
        MailRoute::PasswordUnreadable => {
            let text = "the password of the mail server cannot be read any more; please type it again in the settings";
            return Ok(NextStep::Trouble(DeliveryError::Server(text.to_owned()), line));
        }
    };
    if is_one_too_many(state, shop, mail, now_ms).await? {
        let one = state.random.mail_id(now_ms);
        outbox_claims::add_to_digest(&state.db, &shop.key, mail, &one, now_ms + TOGETHER_AFTER_MS, now_ms)
            .await?;
        return Ok(NextStep::Together);
    }
    // Made by somebody else, so that whoever stumbles over it takes nothing else along.
    let making = tokio::spawn(compose(state.clone(), shop.clone(), mail.clone(), server.clone(), now_ms));
    // A panic of the task counts as a mail that could not be made.
    let made = making.await.unwrap_or_else(|cause| Err(AppError::Internal(cause.to_string()).into()));
    let made = match made {
        Ok(made) => made,
        Err(ComposeError::NotNeeded(why)) => {
            return Ok(NextStep::Settled(DeliveryOutcome::Dropped(why), line));
        }
        Err(ComposeError::Failed(AppError::Internal(cause))) => {
            AppError::Internal(cause).log();
            return Ok(NextStep::Trouble(DeliveryError::NotComposed, line));
        }
        // The database or the writer is in trouble, and this mail is not: it is claimed again.
        Err(ComposeError::Failed(error)) => return Err(error),
    };
    let line = match line {
        Some(line) => Ok(line),
        None => state.mail_config.smtp_connector(&state.public_url).connect(server).await,
    };
    Ok(match line {
        Err(trouble) => NextStep::Trouble(trouble, None),
        Ok(mut line) => match line.send(&made, server).await {
            Ok(_) => NextStep::Settled(DeliveryOutcome::Sent, Some(line)),
            Err(trouble) => NextStep::Trouble(trouble, None),
        },
    })
}

/// Whether a person of the shop has had so many alerts lately that one more would be too many.
async fn is_one_too_many(
    state: &AppState,
    shop: &Shop,
    mail: &ClaimedMail,
    now_ms: i64,
) -> Result<bool, AppError> {
    match mail.kind {
        MailKind::Complaint | MailKind::NotYet | MailKind::Wrote | MailKind::Reminder | MailKind::Overdue => {
            let sent =
                outbox_claims::count_sent_since(&state.db, &shop.key, &mail.person, now_ms - HOUR_MS).await?;
            Ok(sent >= ALERTS_AN_HOUR)
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

/// Pages of the shop that are open look again: there is something they should show.
fn publish_change(state: &AppState, shop: &ShopKey, mail: &ClaimedMail) {
    let conversation = ResponseId::parse("response", &mail.response).ok();
    // Whoever is not there to hear it sees it when they come.
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
        let mut troubles = 0;
        for (went, makes) in [
            (RunResult::Badly, 1),
            (RunResult::Badly, 2),
            (RunResult::WellAtFirst, 1),
            (RunResult::WellAtFirst, 1),
            (RunResult::Badly, 2),
            (RunResult::Well, 0),
        ] {
            troubles = went.troubles(troubles);
            assert_eq!(troubles, makes, "{went:?}");
        }
    }
}
