//! A conversation as it stands in the list.

use crate::db::inbox_queries::InboxRow;
use crate::db::members::Member;
use crate::domain::inbox_filter::{InboxFilter, href};
use crate::domain::reply_policy::ReplyPolicy;
use crate::domain::shop_settings::ShopSettings;
use crate::owner::inbox::labels;
use crate::owner::inbox::waiting_time::{WaitingTime, waits};
use crate::owner::layout::Layout;
use crate::owner::rating_label::Face;
use crate::text::phrases;
use crate::text::phrases::first_name;
use crate::time::zone::ShopZone;
use shared::conversation::{AsideReason, Remedy, Stage};
use shared::moment::Moment;
use shared::rating::Scale;

/// A conversation, ready to be shown in the list.
pub struct ListItem {
    /// Its id.
    pub id: String,
    /// Where it stands by itself.
    pub href: String,
    /// How they felt.
    pub face: Face,
    /// Who it is, as far as they told.
    pub who: String,
    /// What they said last.
    pub words: String,
    /// Where, which order, whose, and what was done.
    pub facts: String,
    /// Their waiting, if they wait.
    pub waits: Option<WaitingTime>,
    /// Where it stands, where that is not what the list is about.
    pub badge: String,
    /// Class that colours the badge.
    pub badge_class: &'static str,
    /// Whether it is the one that is open.
    pub is_here: bool,
    /// Whether something of it has not been seen by anybody.
    pub is_unread: bool,
}

/// What is needed to show conversations of one shop.
pub struct ItemContext<'a> {
    /// What stands around the page.
    pub shell: &'a Layout,
    /// The shop's wording.
    pub settings: &'a ShopSettings,
    /// When something is due.
    pub policy: &'a ReplyPolicy,
    /// The people of the shop.
    pub people: &'a [Member],
    /// Which list it is.
    pub filter: &'a InboxFilter,
    /// The conversation that is open; empty for none.
    pub open: &'a str,
    /// Unix milliseconds, UTC.
    pub now_ms: i64,
}

impl ItemContext<'_> {
    /// A conversation, ready to be shown in the list.
    pub fn build(&self, it: InboxRow) -> ListItem {
        let moment = Moment::named(&it.moment).unwrap_or_default();
        let scale = Scale::named(&it.scale).unwrap_or_default();
        let stage = Stage::named(&it.stage).unwrap_or(Stage::Received);
        let waits = it.waits_since_at_ms.map(|since_ms| waits(since_ms, self.policy, self.now_ms));
        let (badge, badge_class) = self.badge(&it, stage);
        ListItem {
            href: self.shell.to(&href(&format!("/inbox/{}", it.response), &[&self.filter.query()])),
            face: Face::new(it.rating, scale, moment),
            who: visitor_name(&it.email).to_owned(),
            facts: self.facts(&it, stage),
            words: if it.said.is_empty() { it.comment } else { it.said },
            badge: if waits.is_some() { String::new() } else { badge },
            waits,
            badge_class,
            is_here: it.response == self.open,
            is_unread: it.is_unread == 1,
            id: it.response,
        }
    }

    fn badge(&self, it: &InboxRow, stage: Stage) -> (String, &'static str) {
        let days = &self.policy.days;
        match stage {
            Stage::Recovered => ("okay again".to_owned(), "pill--good"),
            Stage::Unconfirmed => ("no word since".to_owned(), ""),
            Stage::SetAside => (
                AsideReason::named(&it.aside).map_or("set aside", labels::aside_short).to_owned(),
                if it.aside == AsideReason::Spam.as_str() { "pill--bad" } else { "" },
            ),
            Stage::PutRight => match (it.asked_at_ms, it.ask_at_ms) {
                (Some(at_ms), _) => {
                    (format!("asked {}", phrases::format_ago(self.now_ms - at_ms)), "pill--info")
                }
                (None, Some(at_ms)) => {
                    (format!("to be asked {}", ShopZone::format_date_short(days.day(at_ms))), "pill--info")
                }
                (None, None) => ("put right".to_owned(), "pill--info"),
            },
            Stage::Received | Stage::InHand | Stage::Reopened => (String::new(), ""),
        }
    }

    fn facts(&self, it: &InboxRow, stage: Stage) -> String {
        let mut facts = Vec::new();
        if stage == Stage::Reopened {
            facts.push("Opened again".to_owned());
        }
        if let (Some(remedy), Stage::PutRight | Stage::Recovered | Stage::Unconfirmed) =
            (Remedy::named(&it.remedy), stage)
        {
            facts.push(labels::remedy(remedy).to_owned());
            facts.extend(
                (!it.cause.is_empty())
                    .then(|| crate::analytics::labels::cause_name(self.settings, &it.cause)),
            );
        }
        if let Some(person) = self.people.iter().find(|person| person.id == it.person) {
            facts.push(format!("{} has it", first_name(&person.name)));
        }
        facts.extend((!it.order_number.is_empty()).then(|| format!("order {}", it.order_number)));
        let page = if it.page_title.is_empty() { &it.page_path } else { &it.page_title };
        if it.order_number.is_empty() {
            facts.extend((!page.is_empty()).then(|| page.clone()));
        }
        if it.email.is_empty() {
            facts.push("no e-mail left".to_owned());
        }
        facts.join(" · ")
    }
}

/// Who it is, as far as they told.
fn visitor_name(email: &str) -> &str {
    if email.is_empty() { "Someone" } else { email }
}
