//! A notice above the inbox and in the settings about mail that did not go out.

use crate::db::outbox;
use crate::db::outbox::{COUNTED_MAX, UnsentMail};
use crate::error::AppError;
use crate::owner::auth::session::SignedIn;
use crate::smtp::MailRoute;
use crate::state::AppState;
use crate::text::phrases::{capitalize, format_many};
use crate::time::clock::MINUTE_MS;
use crate::time::zone::ShopZone;

/// Mail that has waited no longer is on its way.
const NORMAL_DELAY_MS: i64 = 3 * MINUTE_MS;

/// In words, for the template `owner/mail_status.html`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MailTrouble {
    /// About waiting mail; empty for none.
    pub waits: String,
    /// About mail that failed for good.
    pub failed: String,
    /// About mail that is held back.
    pub held: String,
    /// The last reply of the mail server; empty for none.
    pub server_reply: String,
    /// Whether a mail server has to be named, or its password typed again.
    pub needs_server: bool,
    /// Whether the reader may decide about this mail.
    pub may_decide: bool,
    /// Where the form leads back: `inbox` or `settings`.
    pub back: &'static str,
}

impl MailTrouble {
    /// `None` if all mail went out.
    pub async fn load(
        state: &AppState,
        who: &SignedIn,
        back: &'static str,
    ) -> Result<Option<Self>, AppError> {
        let key = &who.shop.key;
        let unsent = outbox::count_unsent(&state.db, key).await?;
        if unsent == UnsentMail::default() {
            return Ok(None);
        }
        let route = state.mail_config.route(&state.db, key).await?;
        let zone = ShopZone::from_name(&who.shop.settings.time_zone);
        let status = Self {
            may_decide: who.role.may_decide(),
            back,
            ..describe_unsent(unsent, &route, &zone, state.clock.now_ms())
        };
        Ok(Some(status).filter(|status| !status.is_nothing()))
    }

    fn is_nothing(&self) -> bool {
        self.waits.is_empty() && self.failed.is_empty() && self.held.is_empty()
    }
}

fn describe_unsent(unsent: UnsentMail, route: &MailRoute, zone: &ShopZone, now_ms: i64) -> MailTrouble {
    let UnsentMail { waiting, waiting_since_ms, failed, held, trouble } = unsent;
    let mails = |n: i64| match n {
        COUNTED_MAX.. => "A thousand e-mails or more".to_owned(),
        n => capitalize(&format_many(n.unsigned_abs(), "e-mail", "e-mails")),
    };
    let verb = |n: i64, one: &'static str, more: &'static str| if n == 1 { one } else { more };
    let since_ms = waiting_since_ms.unwrap_or(now_ms);
    let waits = match route {
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
        MailRoute::Through(_) if trouble.is_empty() && now_ms - since_ms < NORMAL_DELAY_MS => String::new(),
        MailRoute::Through(_) => format!(
            "{} {} since {}. We try again by ourselves, for three days.",
            mails(waiting),
            verb(waiting, "waits", "wait"),
            zone.format_instant(since_ms, now_ms)
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
    let server_reply = if waits.is_empty() && failed.is_empty() { String::new() } else { trouble };
    MailTrouble {
        waits,
        failed,
        held,
        server_reply,
        needs_server: !matches!(route, MailRoute::Through(_)),
        ..MailTrouble::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn describe(unsent: UnsentMail, now_ms: i64) -> MailTrouble {
        describe_unsent(unsent, &MailRoute::NotConfigured, &ShopZone::from_name("UTC"), now_ms)
    }

    #[test]
    fn what_did_not_go_out_is_said_in_numbers_and_with_the_reason() {
        let status = describe(UnsentMail { waiting: 1, failed: 2, ..UnsentMail::default() }, 0);
        assert_eq!(status.waits, "One e-mail has not gone out: this shop has no mail server yet.");
        assert_eq!(
            (status.failed.as_str(), status.held.as_str()),
            ("Two e-mails could not be delivered.", "")
        );
        let status = describe(UnsentMail { held: 14, trouble: "x".into(), ..UnsentMail::default() }, 0);
        assert!(
            status.held.starts_with("14 e-mails are held back")
                && status.waits.is_empty()
                && status.server_reply.is_empty()
        );
    }
}
