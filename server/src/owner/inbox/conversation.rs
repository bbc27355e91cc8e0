//! One conversation: what was said and done, what can be done now, and what is known about it.

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
use crate::owner::inbox::waiting_time::{WaitingTime, waits};
use crate::owner::responses::response_view;
use crate::owner::responses::response_view::ResponseView;
use crate::state::AppState;
use crate::text::phrases::first_name;
use shared::conversation::{AsideReason, Remedy, Stage, Transition, apply};
use shared::ids::ResponseId;
use shared::refusal::Refusal;

/// What was typed or chosen, and why it was not taken.
#[derive(Debug, Clone, Default)]
pub struct ReplyDraft {
    /// The words.
    pub words: String,
    /// Whether they are for the people of the shop only.
    pub is_note: bool,
    /// The remedy.
    pub remedy: String,
    /// The cause.
    pub cause: String,
    /// After how many days the visitor is to be asked; empty for as the shop has set it.
    pub ask: String,
    /// What was not done: `reply`, `put-right` or `set-aside`; empty for nothing.
    pub part: &'static str,
    /// Why; none if everything is fine.
    pub refusal: Option<Refusal>,
}

/// Something that can be chosen.
pub struct ReplyOption {
    /// In the form.
    pub value: String,
    /// What it is called.
    pub name: String,
    /// Whether it is the one.
    pub is_chosen: bool,
}

/// A conversation, ready to be shown.
pub struct ConversationView {
    /// Its id.
    pub id: String,
    /// Who it is, as far as they told.
    pub who: String,
    /// Where it stands.
    pub stage: &'static str,
    /// How far it is for the visitor, in steps.
    pub steps: Vec<StageStep>,
    /// Their waiting, if they wait.
    pub waits: Option<WaitingTime>,
    /// What was said and done.
    pub entries: Vec<TimelineEntry>,
    /// Everything the visitor told.
    pub one: ResponseView,
    /// What was typed.
    pub typed: ReplyDraft,
    /// Why it was not taken; empty if everything is fine.
    pub refused: &'static str,
    /// The id of the next thing said from this page.
    pub new_id: String,
    /// The id of the next thing done from this page.
    pub new_line: String,
    /// What the shop had said last when this page was made, by its id; empty for nothing.
    pub after: String,
    /// Up to when the page shows everything: Unix milliseconds, UTC.
    pub until_ms: i64,
    /// Whether something of the visitor's is new.
    pub is_unread: bool,
    /// Who has it; empty for nobody.
    pub person: String,
    /// Who could have it.
    pub people: Vec<ReplyOption>,
    /// How it may be put right.
    pub remedies: Vec<ReplyOption>,
    /// Why it may have happened.
    pub causes: Vec<ReplyOption>,
    /// When the visitor may be asked.
    pub asks: Vec<ReplyOption>,
    /// Why nothing may need to be answered.
    pub asides: Vec<ReplyOption>,
    /// What the shop says often: what it is called, and what it is.
    pub saved: Vec<SavedReply>,
    /// Who else is there.
    pub others: Vec<String>,
    /// Where an answer goes.
    pub goes_to: &'static str,
    /// Whether it can be put right.
    pub can_put_right: bool,
    /// Whether it can be set aside.
    pub can_set_aside: bool,
    /// Whether what was said last can be let rest.
    pub can_let_rest: bool,
    /// Whether it can be taken back that it was put right or set aside.
    pub can_take_back: bool,
    /// Whether anything can be said.
    pub may_answer: bool,
    /// Whether it can be erased.
    pub may_decide: bool,
    /// The next one who waits, and who that is.
    pub next: Option<(String, String)>,
    /// The list it came from.
    pub back_href: String,
    /// The query of every form.
    query: String,
    /// The shop, in the query of every form.
    shop: Option<String>,
}

/// One of the steps that the visitor sees.
pub struct StageStep {
    /// What it is called.
    pub name: &'static str,
    /// Whether it is done.
    pub is_done: bool,
    /// Whether it is this one.
    pub is_here: bool,
}

impl ConversationView {
    /// Where a form of this conversation goes.
    pub fn action_path(&self, what: &str) -> String {
        let path = href(&format!("/inbox/{}/{what}", self.id), &[&self.query]);
        crate::web::urls::for_shop(&path, self.shop.as_deref())
    }

    /// Whether the form that was not taken is this one.
    pub fn is_refused(&self, part: &str) -> bool {
        self.typed.part == part
    }
}

/// The conversation on this response.
pub(crate) async fn talk(
    state: &AppState,
    who: &SignedIn,
    id: &ResponseId,
    typed: ReplyDraft,
    showing: &ItemContext<'_>,
) -> Result<ConversationView, AppError> {
    let (db, key, settings, now_ms) = (&state.db, &who.shop.key, &who.shop.settings, showing.now_ms);
    let it = conversations::load(db, key, id).await?.ok_or(AppError::NotFound)?;
    let listed = response_queries::find(db, key, id).await?.ok_or(AppError::NotFound)?;
    let said = messages::list(db, key, id).await?;
    let mails = inbox_queries::mails(db, key, id).await?;
    let days = &showing.policy.days;
    let one = response_view::ViewContext { shell: showing.shell, settings, days, now_ms }.build(listed);
    let telling = EventView {
        shop: key,
        it: &it,
        response: &one,
        mails: &mails,
        people: showing.people,
        settings,
        days,
        now_ms,
    };
    let entries = telling.entries(&said);
    let is_unread = entries
        .iter()
        .any(|entry| matches!(entry, TimelineEntry::Said(said) if said.by == Author::Visitor && said.is_new));
    let choice = |value: &str, name: String, chosen: &str| ReplyOption {
        value: value.to_owned(),
        name,
        is_chosen: value == chosen,
    };
    let name_of =
        |id: &str| showing.people.iter().find(|p| p.id == id).map_or("", |p| first_name(&p.name)).to_owned();
    let ask = if typed.ask.is_empty() { settings.ask_after_days.to_string() } else { typed.ask.clone() };
    let can = |what| apply(it.snapshot(), what).is_ok();
    let progress = usize::from(it.stage.progress());
    let steps = ["Received", "Being looked at", "Put right", "Okay again"];
    Ok(ConversationView {
        id: id.as_str().to_owned(),
        who: one.visitor_name().to_owned(),
        stage: labels::stage_label(it.stage),
        steps: steps
            .into_iter()
            .enumerate()
            .map(|(n, name)| StageStep {
                name,
                is_done: n < progress || progress == 3,
                is_here: n == progress,
            })
            .collect(),
        waits: it.waits_since_at_ms.map(|since_ms| waits(since_ms, showing.policy, now_ms)),
        refused: typed.refusal.map_or("", |refusal| labels::refused(refusal.code, refusal.field)),
        new_id: state.random.message_id(now_ms).as_str().to_owned(),
        new_line: state.random.message_id(now_ms).as_str().to_owned(),
        after: said.iter().rfind(|m| is_answer(m)).map(|m| m.id.as_str().to_owned()).unwrap_or_default(),
        until_ms: said.iter().map(|m| m.sent_at_ms).max().unwrap_or(it.opened_at_ms),
        is_unread: is_unread || it.read_at_ms.is_none(),
        person: name_of(&it.person),
        people: showing
            .people
            .iter()
            .filter(|p| p.role.may_answer())
            .map(|p| choice(&p.id, p.name.clone(), &it.person))
            .collect(),
        remedies: Remedy::ALL
            .iter()
            .map(|r| choice(r.as_str(), labels::remedy(*r).to_owned(), &typed.remedy))
            .collect(),
        causes: settings.causes.iter().map(|c| choice(&c.code, c.name.clone(), &typed.cause)).collect(),
        asks: asks(settings.ask_after_days).into_iter().map(|(v, name)| choice(&v, name, &ask)).collect(),
        asides: AsideReason::ALL
            .iter()
            .map(|r| choice(r.as_str(), labels::aside_reason(*r).to_owned(), &typed.remedy))
            .collect(),
        saved: saved_replies::list(db, key).await?,
        others: presence::other_viewers(state, who, id).await?,
        goes_to: if one.email.is_empty() {
            "to where they asked"
        } else {
            "to where they asked, and by e-mail"
        },
        can_put_right: it.stage.is_open(),
        can_set_aside: can(Transition::SetAside(AsideReason::NothingToAnswer)),
        can_let_rest: it.waits_since_at_ms.is_some() && can(Transition::LetRest),
        can_take_back: matches!(it.stage, Stage::PutRight | Stage::SetAside),
        may_answer: who.role.may_answer(),
        may_decide: who.role.may_decide(),
        next: None,
        back_href: showing.shell.to(&href("/inbox", &[&showing.filter.query()])),
        query: showing.filter.query(),
        shop: (who.shops.len() > 1).then(|| key.as_str().to_owned()),
        entries,
        typed,
        one,
    })
}

/// When a visitor may be asked whether it is okay now, the shop's own time among them.
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
