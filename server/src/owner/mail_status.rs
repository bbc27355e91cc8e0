//! What mail did not go out: said above the inbox and in the settings, until it did or somebody has decided.

use crate::db::outbox;
use crate::db::outbox::{COUNTED_MAX, UnsentMail};
use crate::error::AppError;
use crate::owner::auth::session::SignedIn;
use crate::smtp::MailRoute;
use crate::state::AppState;
use crate::text::phrases::{capitalize, format_many};
use crate::time::clock::MINUTE_MS;
use crate::time::zone::ShopZone;

/// Mail that has waited for no longer than this is on its way.
const ON_ITS_WAY_MS: i64 = 3 * MINUTE_MS;

/// Mail that did not go out, in words; for the template `owner/mail_trouble.html`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MailTrouble {
    /// About what waits: empty if nothing does.
    pub waits: String,
    /// About what will not be tried again.
    pub failed: String,
    /// About what is held.
    pub held: String,
    /// What the mail server said last; empty if it was not asked.
    pub said: String,
    /// Whether a mail server has to be named, or its password typed.
    pub needs_server: bool,
    /// Whether whoever reads it may decide.
    pub may_decide: bool,
    /// Where they are: `inbox` or `settings`.
    pub back: &'static str,
}

impl MailTrouble {
    /// What there is to be said to whoever is signed in, on this page; `None` if all mail went out.
    ///
    /// # Errors
    /// What the database says.
    pub async fn load(
        state: &AppState,
        who: &SignedIn,
        back: &'static str,
    ) -> Result<Option<Self>, AppError> {
        let key = &who.shop.key;
        let not_gone = outbox::count_unsent(&state.db, key).await?;
        if not_gone == UnsentMail::default() {
            return Ok(None);
        }
        let way = state.mail_config.route(&state.db, key).await?;
        let days = ShopZone::from_name(&who.shop.settings.time_zone);
        let it = Self {
            may_decide: who.role.may_decide(),
            back,
            ..describe_unsent(not_gone, &way, &days, state.clock.now_ms())
        };
        Ok(Some(it).filter(|it| !it.is_nothing()))
    }

    fn is_nothing(&self) -> bool {
        self.waits.is_empty() && self.failed.is_empty() && self.held.is_empty()
    }
}

fn describe_unsent(not_gone: UnsentMail, way: &MailRoute, days: &ShopZone, now_ms: i64) -> MailTrouble {
    let UnsentMail { waiting, waiting_since_ms, failed, held, trouble } = not_gone;
    let mails = |n: i64| match n {
        COUNTED_MAX.. => "A thousand e-mails or more".to_owned(),
        n => capitalize(&format_many(n.unsigned_abs(), "e-mail", "e-mails")),
    };
    let verb = |n: i64, one: &'static str, more: &'static str| if n == 1 { one } else { more };
    let since_ms = waiting_since_ms.unwrap_or(now_ms);
    let waits = match way {
        _ if waiting == 0 => String::new(),
        MailRoute::NotConfigured => format!(
            "{} {} not gone out: this shop has no mail server yet.",
            mails(waiting),
            verb(waiting, "has", "have")
        ),
        MailRoute::PasswordUnreadable => format!(
            "{} {} not gone out: the password of the mail server can’t be read any more. Please type it again.",
            mails(waiting),
            verb(waiting, "has", "have")
        ),
        MailRoute::Through(_) if trouble.is_empty() && now_ms - since_ms < ON_ITS_WAY_MS => String::new(),
        MailRoute::Through(_) => format!(
            "{} {} since {}. We try again by ourselves, for three days.",
            mails(waiting),
            verb(waiting, "waits", "wait"),
            days.format_instant(since_ms, now_ms)
        ),
    };
    let failed = match failed {
        0 => String::new(),
        n => format!("{} could not be delivered.", mails(n)),
    };
    let held = match held {
        0 => String::new(),
        n => format!(
            "{} {} held back, because nobody knows whether {} still to be sent: after a restore, or after a long time without a mail server.",
            mails(n),
            verb(n, "is", "are"),
            verb(n, "it is", "they are")
        ),
    };
    let said = if waits.is_empty() && failed.is_empty() { String::new() } else { trouble };
    MailTrouble {
        waits,
        failed,
        held,
        said,
        needs_server: !matches!(way, MailRoute::Through(_)),
        ..MailTrouble::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn describe(not_gone: UnsentMail, now_ms: i64) -> MailTrouble {
        describe_unsent(not_gone, &MailRoute::NotConfigured, &ShopZone::from_name("UTC"), now_ms)
    }

    #[test]
    fn what_did_not_go_out_is_said_in_numbers_and_with_the_reason() {
        let it = describe(UnsentMail { waiting: 1, failed: 2, ..UnsentMail::default() }, 0);
        assert_eq!(it.waits, "One e-mail has not gone out: this shop has no mail server yet.");
        assert_eq!((it.failed.as_str(), it.held.as_str()), ("Two e-mails could not be delivered.", ""));
        let it = describe(UnsentMail { held: 14, trouble: "x".into(), ..UnsentMail::default() }, 0);
        assert!(it.held.starts_with("14 e-mails are held back") && it.waits.is_empty() && it.said.is_empty());
    }
}
