//! One conversation: its timeline, the forms, and what is known about the visitor.

use crate::db::saved_replies;
use crate::db::saved_replies::SavedReply;
use crate::db::{conversations, inbox_queries, messages, response_queries};
use crate::domain::inbox_filter::href;
use crate::error::AppError;
use crate::owner::auth::session::SignedIn;
use crate::owner::inbox::labels;
use crate::owner::inbox::list_item::ItemContext;
use crate::owner::inbox::presence;
use crate::owner::inbox::timeline::{Author, EventView, TimelineEntry, is_answer};
use crate::owner::inbox::waiting_time::{WaitingTime, waiting_time};
use crate::owner::responses::response_view;
use crate::owner::responses::response_view::ResponseView;
use crate::state::AppState;
use crate::text::phrases::first_name;
use shared::conversation::{AsideReason, Remedy, Stage, Transition, apply};
use shared::ids::ResponseId;
use shared::refusal::Refusal;

/// The fields of a refused form, to show them again.
#[derive(Debug, Clone, Default)]
pub struct ReplyDraft {
    pub words: String,
    /// Whether the text is an internal note.
    pub is_note: bool,
    pub remedy: String,
    pub cause: String,
    /// Days until the visitor is asked; empty for the shop's setting.
    pub ask: String,
    /// The refused form: `reply`, `put-right` or `set-aside`; empty for none.
    pub part: &'static str,
    pub refusal: Option<Refusal>,
}

pub struct ReplyOption {
    pub value: String,
    pub name: String,
    pub is_chosen: bool,
}

pub struct ConversationView {
    pub id: String,
    /// The visitor's address, or "Someone".
    pub who: String,
    pub stage: &'static str,
    /// The stages as the visitor sees them.
    pub steps: Vec<StageStep>,
    /// `None` if the visitor does not wait.
    pub waits: Option<WaitingTime>,
    pub entries: Vec<TimelineEntry>,
    /// The visitor's response.
    pub one: ResponseView,
    pub typed: ReplyDraft,
    /// Why the form was refused; empty if it was not.
    pub refused: &'static str,
    /// The id of the next message from this page.
    pub new_id: String,
    /// The id of the next event from this page.
    pub new_line: String,
    /// The id of the shop's last message on this page; empty for none.
    pub after: String,
    /// The page shows everything up to here: Unix milliseconds, UTC.
    pub until_ms: i64,
    /// Whether the visitor's part has something unread.
    pub is_unread: bool,
    /// To whom it is assigned; empty for none.
    pub person: String,
    /// To whom it can be assigned.
    pub people: Vec<ReplyOption>,
    pub remedies: Vec<ReplyOption>,
    pub causes: Vec<ReplyOption>,
    /// When the visitor can be asked.
    pub asks: Vec<ReplyOption>,
    /// Reasons to set it aside.
    pub asides: Vec<ReplyOption>,
    pub saved: Vec<SavedReply>,
    /// Other members with the page open, in sentences.
    pub others: Vec<String>,
    /// How a reply reaches the visitor, in words.
    pub goes_to: &'static str,
    pub can_put_right: bool,
    pub can_set_aside: bool,
    /// Whether the visitor's last message can be marked as needing no reply.
    pub can_let_rest: bool,
    /// Whether it can be taken back that it was put right or set aside.
    pub can_take_back: bool,
    pub may_answer: bool,
    pub may_decide: bool,
    /// Link and name of the next visitor who waits.
    pub next: Option<(String, String)>,
    /// Back to the list.
    pub back_href: String,
    /// Part of the address of every form.
    query: String,
    /// Likewise.
    shop: Option<String>,
}

pub struct StageStep {
    pub name: &'static str,
    pub is_done: bool,
    pub is_here: bool,
}

impl ConversationView {
    /// The address of a form.
    pub fn action_path(&self, what: &str) -> String {
        let path = href(&format!("/inbox/{}/{what}", self.id), &[&self.query]);
        crate::web::urls::for_shop(&path, self.shop.as_deref())
    }

    /// Whether this form was refused.
    pub fn is_refused(&self, part: &str) -> bool {
        self.typed.part == part
    }
}

pub(crate) async fn load(
    state: &AppState,
    who: &SignedIn,
    id: &ResponseId,
    typed: ReplyDraft,
    context: &ItemContext<'_>,
) -> Result<ConversationView, AppError> {
    let (db, key, settings, now_ms) = (&state.db, &who.shop.key, &who.shop.settings, context.now_ms);
    let conversation = conversations::load(db, key, id).await?.ok_or(AppError::NotFound)?;
    let row = response_queries::find(db, key, id).await?.ok_or(AppError::NotFound)?;
    let messages = messages::list(db, key, id).await?;
    let mails = inbox_queries::list_visitor_mails(db, key, id).await?;
    let zone = &context.policy.zone;
    let one = response_view::ViewContext { shell: context.shell, settings, days: zone, now_ms }.build(row);
    let event_view = EventView {
        shop: key,
        conversation: &conversation,
        response: &one,
        mails: &mails,
        people: context.people,
        settings,
        zone,
        now_ms,
    };
    let entries = event_view.entries(&messages);
    let is_unread = entries
        .iter()
        .any(|entry| matches!(entry, TimelineEntry::Message(messages) if messages.by == Author::Visitor && messages.is_new));
    let option = |value: &str, name: String, chosen: &str| ReplyOption {
        value: value.to_owned(),
        name,
        is_chosen: value == chosen,
    };
    let name_of =
        |id: &str| context.people.iter().find(|p| p.id == id).map_or("", |p| first_name(&p.name)).to_owned();
    let ask = if typed.ask.is_empty() { settings.ask_after_days.to_string() } else { typed.ask.clone() };
    let can = |what| apply(conversation.snapshot(), what).is_ok();
    let progress = usize::from(conversation.stage.progress());
    let steps = ["Received", "Being looked at", "Put right", "Okay again"];
    Ok(ConversationView {
        id: id.as_str().to_owned(),
        who: one.visitor_name().to_owned(),
        stage: labels::stage_label(conversation.stage),
        steps: steps
            .into_iter()
            .enumerate()
            .map(|(n, name)| StageStep {
                name,
                is_done: n < progress || progress == 3,
                is_here: n == progress,
            })
            .collect(),
        waits: conversation.waits_since_at_ms.map(|since_ms| waiting_time(since_ms, context.policy, now_ms)),
        refused: typed.refusal.map_or("", |refusal| labels::refused(refusal.code, refusal.field)),
        new_id: state.random.message_id(now_ms).as_str().to_owned(),
        new_line: state.random.message_id(now_ms).as_str().to_owned(),
        after: messages.iter().rfind(|m| is_answer(m)).map(|m| m.id.as_str().to_owned()).unwrap_or_default(),
        until_ms: messages.iter().map(|m| m.sent_at_ms).max().unwrap_or(conversation.opened_at_ms),
        is_unread: is_unread || conversation.read_at_ms.is_none(),
        person: name_of(&conversation.person),
        people: context
            .people
            .iter()
            .filter(|p| p.role.may_answer())
            .map(|p| option(&p.id, p.name.clone(), &conversation.person))
            .collect(),
        remedies: Remedy::ALL
            .iter()
            .map(|r| option(r.as_str(), labels::remedy(*r).to_owned(), &typed.remedy))
            .collect(),
        causes: settings.causes.iter().map(|c| option(&c.code, c.name.clone(), &typed.cause)).collect(),
        asks: asks(settings.ask_after_days).into_iter().map(|(v, name)| option(&v, name, &ask)).collect(),
        asides: AsideReason::ALL
            .iter()
            .map(|r| option(r.as_str(), labels::aside_reason(*r).to_owned(), &typed.remedy))
            .collect(),
        saved: saved_replies::list(db, key).await?,
        others: presence::other_viewers(state, who, id).await?,
        goes_to: if one.email.is_empty() {
            "to where they asked"
        } else {
            "to where they asked, and by e-mail"
        },
        can_put_right: conversation.stage.is_open(),
        can_set_aside: can(Transition::SetAside(AsideReason::NothingToAnswer)),
        can_let_rest: conversation.waits_since_at_ms.is_some() && can(Transition::LetRest),
        can_take_back: matches!(conversation.stage, Stage::PutRight | Stage::SetAside),
        may_answer: who.role.may_answer(),
        may_decide: who.role.may_decide(),
        next: None,
        back_href: context.shell.to(&href("/inbox", &[&context.filter.query()])),
        query: context.filter.query(),
        shop: (who.shops.len() > 1).then(|| key.as_str().to_owned()),
        entries,
        typed,
        one,
    })
}

/// The choices for when a visitor is asked, with the shop's setting among them.
fn asks(own_days: u32) -> Vec<(String, String)> {
    let mut days = vec![0, 1, 2, 3, 5, 7, 14, 30];
    if !days.contains(&own_days) {
        days.push(own_days);
        days.sort_unstable();
    }
    let name = |days: u32| match days {
        0 => "at once".to_owned(),
        1 => "tomorrow".to_owned(),
        n => format!("in {} days", crate::text::phrases::format_count(n.into())),
    };
    let days = days.into_iter().map(|n| (n.to_string(), name(n)));
    days.chain([("never".to_owned(), "don’t ask".to_owned())]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shops_own_time_can_always_be_chosen() {
        let names = |own| asks(own).into_iter().map(|(_, name)| name).collect::<Vec<_>>().join(", ");
        assert_eq!(
            names(2),
            "at once, tomorrow, in two days, in three days, in five days, in seven days, in 14 days, in 30 days, \
             don’t ask"
        );
        assert!(names(10).contains("in seven days, in ten days, in 14 days"));
    }
}
