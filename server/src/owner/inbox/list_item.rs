//! A conversation in the list of the inbox.

use crate::db::inbox_queries::InboxRow;
use crate::db::members::Member;
use crate::domain::inbox_filter::{InboxFilter, href};
use crate::domain::reply_policy::ReplyPolicy;
use crate::domain::shop_settings::ShopSettings;
use crate::owner::inbox::labels;
use crate::owner::inbox::waiting_time::{WaitingTime, waiting_time};
use crate::owner::layout::Layout;
use crate::owner::rating_label::Face;
use crate::text::phrases;
use crate::text::phrases::first_name;
use crate::time::zone::ShopZone;
use shared::conversation::{AsideReason, Remedy, Stage};
use shared::moment::Moment;
use shared::rating::Scale;

pub struct ListItem {
    pub id: String,
    pub href: String,
    pub face: Face,
    /// The visitor's address, or "Someone".
    pub who: String,
    /// The last words.
    pub words: String,
    /// Page, order, assignee and remedy.
    pub facts: String,
    /// `None` if the visitor does not wait.
    pub waits: Option<WaitingTime>,
    /// The stage, where the tab does not say it.
    pub badge: String,
    /// CSS class.
    pub badge_class: &'static str,
    /// Whether it is open beside the list.
    pub is_here: bool,
    /// Whether no member has seen the newest of it.
    pub is_unread: bool,
}

pub struct ItemContext<'a> {
    pub shell: &'a Layout,
    pub settings: &'a ShopSettings,
    pub policy: &'a ReplyPolicy,
    pub people: &'a [Member],
    pub filter: &'a InboxFilter,
    /// Id of the conversation that is open; empty for none.
    pub open: &'a str,
    /// Unix milliseconds, UTC.
    pub now_ms: i64,
}

impl ItemContext<'_> {
    pub fn build(&self, row: InboxRow) -> ListItem {
        let moment = Moment::named(&row.moment).unwrap_or_default();
        let scale = Scale::named(&row.scale).unwrap_or_default();
        let stage = Stage::named(&row.stage).unwrap_or(Stage::Received);
        let waits = row.waits_since_at_ms.map(|since_ms| waiting_time(since_ms, self.policy, self.now_ms));
        let (badge, badge_class) = self.badge(&row, stage);
        ListItem {
            href: self.shell.to(&href(&format!("/inbox/{}", row.response), &[&self.filter.query()])),
            face: Face::new(row.rating, scale, moment),
            who: visitor_name(&row.email).to_owned(),
            facts: self.facts(&row, stage),
            words: if row.said.is_empty() { row.comment } else { row.said },
            badge: if waits.is_some() { String::new() } else { badge },
            waits,
            badge_class,
            is_here: row.response == self.open,
            is_unread: row.is_unread == 1,
            id: row.response,
        }
    }

    fn badge(&self, row: &InboxRow, stage: Stage) -> (String, &'static str) {
        let zone = &self.policy.zone;
        match stage {
            Stage::Recovered => ("okay again".to_owned(), "pill--good"),
            Stage::Unconfirmed => ("no word since".to_owned(), ""),
            Stage::SetAside => (
                AsideReason::named(&row.aside).map_or("set aside", labels::aside_short).to_owned(),
                if row.aside == AsideReason::Spam.as_str() { "pill--bad" } else { "" },
            ),
            Stage::PutRight => match (row.asked_at_ms, row.ask_at_ms) {
                (Some(at_ms), _) => {
                    (format!("asked {}", phrases::format_ago(self.now_ms - at_ms)), "pill--info")
                }
                (None, Some(at_ms)) => {
                    (format!("to be asked {}", ShopZone::format_date_short(zone.day(at_ms))), "pill--info")
                }
                (None, None) => ("put right".to_owned(), "pill--info"),
            },
            Stage::Received | Stage::InHand | Stage::Reopened => (String::new(), ""),
        }
    }

    fn facts(&self, row: &InboxRow, stage: Stage) -> String {
        let mut facts = Vec::new();
        if stage == Stage::Reopened {
            facts.push("Opened again".to_owned());
        }
        if let (Some(remedy), Stage::PutRight | Stage::Recovered | Stage::Unconfirmed) =
            (Remedy::named(&row.remedy), stage)
        {
            facts.push(labels::remedy(remedy).to_owned());
            facts.extend(
                (!row.cause.is_empty())
                    .then(|| crate::analytics::labels::cause_name(self.settings, &row.cause)),
            );
        }
        if let Some(person) = self.people.iter().find(|person| person.id == row.person) {
            facts.push(format!("{} has it", first_name(&person.name)));
        }
        facts.extend((!row.order_number.is_empty()).then(|| format!("order {}", row.order_number)));
        let page = if row.page_title.is_empty() { &row.page_path } else { &row.page_title };
        if row.order_number.is_empty() {
            facts.extend((!page.is_empty()).then(|| page.clone()));
        }
        if row.email.is_empty() {
            facts.push("no e-mail left".to_owned());
        }
        facts.join(" · ")
    }
}

/// The visitor's address, or "Someone".
fn visitor_name(email: &str) -> &str {
    if email.is_empty() { "Someone" } else { email }
}
