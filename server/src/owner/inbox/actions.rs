//! The forms of a conversation. Each is parsed here and becomes a command for the writer.

use crate::conversations::command::{Actor, Command, CommandAction, MessageText};
use crate::db::members;
use crate::domain::inbox_filter::{InboxFilter, href};
use crate::error::{AppError, status_of};
use crate::owner::auth::session::{MemberAccess, OwnerAccess, SignedIn};
use crate::owner::inbox::conversation::ReplyDraft;
use crate::owner::inbox::{page, parse_id};
use crate::state::AppState;
use crate::text::form_fields::FormFields;
use crate::web::redirect::see_other;
use crate::web::urls::for_shop;
use actix_web::HttpResponse;
use actix_web::web::{Data, Form, Path, Query};
use shared::conversation::{AsideReason, Remedy};
use shared::ids::{MessageId, ResponseId};
use shared::refusal::{Code, Refusal};
use shared::text::{COMMENT_MAX_CHARS, lines};

const ASK_AFTER_MAX_DAYS: u32 = 30;

/// Who acts, and what their form holds.
pub(crate) struct ActionContext<'a> {
    pub(crate) state: &'a AppState,
    pub(crate) who: &'a SignedIn,
    pub(crate) query: &'a FormFields,
    pub(crate) form: &'a FormFields,
    pub(crate) now_ms: i64,
}

impl ActionContext<'_> {
    fn by(&self) -> Actor {
        Actor::Person { id: self.who.owner.id.clone(), name: self.who.owner.name.clone() }
    }

    /// The page made the id, so that the form sent twice acts once.
    fn id(&self, field: &'static str) -> Result<MessageId, Refusal> {
        match self.form.get(field) {
            "" => Ok(self.state.random.message_id(self.now_ms)),
            text => MessageId::parse(field, text),
        }
    }

    fn message_text(&self) -> Result<Option<MessageText>, Refusal> {
        let text = lines("words", self.form.raw("words"), COMMENT_MAX_CHARS)?;
        Ok(if text.is_empty() { None } else { Some(MessageText { id: self.id("id")?, text }) })
    }

    /// The shop's last message on the page, by which the writer notices a reply of another member meanwhile.
    fn after(&self) -> Option<String> {
        self.form.has("after").then(|| self.form.get("after").to_owned())
    }

    pub(crate) async fn execute(&self, id: &ResponseId, what: CommandAction) -> Result<(), AppError> {
        let command = Command { shop: self.who.shop.key.clone(), id: id.clone(), by: self.by(), what };
        self.state.writer.execute(command, self.now_ms).await.map(drop)
    }

    /// What the page showed counts as seen once its reader acts.
    async fn mark_read(&self, id: &ResponseId) -> Result<(), AppError> {
        match self.form.get("until").parse() {
            Ok(until_ms) => self.execute(id, CommandAction::MarkSeen { until_ms }).await,
            Err(_) => Ok(()),
        }
    }

    /// Redirects to the inbox with the same filter and shop.
    pub(crate) fn redirect_to(&self, path: &str, more: &str) -> HttpResponse {
        let filter = InboxFilter::parse(self.query);
        let choice = (self.who.shops.len() > 1).then(|| self.who.shop.key.as_str());
        see_other(&for_shop(&href(path, &[&filter.query(), more]), choice))
    }

    /// Executes the command and redirects to the conversation; a refusal shows the form again with what was typed.
    async fn perform(
        &self,
        id: &str,
        action: &'static str,
        what: impl FnOnce(&Self) -> Result<CommandAction, Refusal>,
    ) -> Result<HttpResponse, AppError> {
        let id = parse_id(id)?;
        let outcome = match what(self) {
            Ok(what) => self.execute(&id, what).await,
            Err(refusal) => Err(refusal.into()),
        };
        match outcome {
            Ok(()) => {
                self.mark_read(&id).await?;
                Ok(self.redirect_to(&format!("/inbox/{}", id.as_str()), &format!("did={action}")))
            }
            Err(AppError::Refused(refusal)) => {
                let text = |name| self.form.get(name).to_owned();
                let typed = ReplyDraft {
                    words: self.form.raw("words").to_owned(),
                    is_note: action == "note",
                    remedy: if action == "set-aside" { text("reason") } else { text("remedy") },
                    cause: text("cause"),
                    ask: text("ask"),
                    part: if action == "note" { "reply" } else { action },
                    refusal: Some(refusal),
                };
                page(self.state, self.who, self.query, Some((&id, typed)), status_of(refusal.code)).await
            }
            Err(other) => Err(other),
        }
    }
}

fn missing(field: &'static str) -> Refusal {
    Refusal::of(field, Code::Missing)
}

/// A reply to the visitor, or an internal note.
pub async fn reply(
    MemberAccess(who): MemberAccess,
    id: Path<String>,
    query: Query<FormFields>,
    form: Form<FormFields>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let context =
        ActionContext { now_ms: state.clock.now_ms(), state: &state, who: &who, query: &query, form: &form };
    let is_note = form.get("kind") == "note";
    context
        .perform(&id, if is_note { "note" } else { "reply" }, |context| {
            let words = context.message_text()?.ok_or_else(|| missing("words"))?;
            Ok(if is_note {
                CommandAction::AddNote(words)
            } else {
                CommandAction::SendMessage { words, after: context.after() }
            })
        })
        .await
}

/// The text is optional.
pub async fn mark_put_right(
    MemberAccess(who): MemberAccess,
    id: Path<String>,
    query: Query<FormFields>,
    form: Form<FormFields>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let context =
        ActionContext { now_ms: state.clock.now_ms(), state: &state, who: &who, query: &query, form: &form };
    context
        .perform(&id, "put-right", |context| {
            let settings = &context.who.shop.settings;
            // An internal note must not be sent to the visitor with the remedy.
            let words = if context.form.get("kind") == "note" { None } else { context.message_text()? };
            let remedy = Remedy::named(context.form.get("remedy")).ok_or_else(|| missing("remedy"))?;
            let cause = context.form.get("cause");
            if !settings.causes.is_empty() && !settings.causes.iter().any(|known| known.code == cause) {
                return Err(missing("cause"));
            }
            let ask_after_days = match context.form.get("ask") {
                "" => Some(settings.ask_after_days),
                "never" => None,
                days => Some(crate::domain::shop_settings::number("ask", days, 0, ASK_AFTER_MAX_DAYS)?),
            };
            Ok(CommandAction::PutRight {
                entry: context.id("line")?,
                remedy,
                cause: cause.to_owned(),
                words,
                after: context.after(),
                ask_after_days,
            })
        })
        .await
}

pub async fn set_aside(
    MemberAccess(who): MemberAccess,
    id: Path<String>,
    query: Query<FormFields>,
    form: Form<FormFields>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let context =
        ActionContext { now_ms: state.clock.now_ms(), state: &state, who: &who, query: &query, form: &form };
    context
        .perform(&id, "set-aside", |context| {
            let reason = AsideReason::named(context.form.get("reason")).ok_or_else(|| missing("reason"))?;
            Ok(CommandAction::SetAside { entry: context.id("line")?, reason })
        })
        .await
}

/// The visitor's last message needs no reply.
pub async fn mark_no_reply_needed(
    MemberAccess(who): MemberAccess,
    id: Path<String>,
    query: Query<FormFields>,
    form: Form<FormFields>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let context =
        ActionContext { now_ms: state.clock.now_ms(), state: &state, who: &who, query: &query, form: &form };
    context
        .perform(&id, "let-rest", |context| {
            Ok(CommandAction::MarkNoReplyNeeded { entry: context.id("line")? })
        })
        .await
}

/// Takes back that it was put right or set aside.
pub async fn take_back(
    MemberAccess(who): MemberAccess,
    id: Path<String>,
    query: Query<FormFields>,
    form: Form<FormFields>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let context =
        ActionContext { now_ms: state.clock.now_ms(), state: &state, who: &who, query: &query, form: &form };
    context
        .perform(&id, "take-back", |context| Ok(CommandAction::TakeBack { entry: context.id("line")? }))
        .await
}

/// Assigns the conversation to a member, or to none.
pub async fn assign(
    MemberAccess(who): MemberAccess,
    id: Path<String>,
    query: Query<FormFields>,
    form: Form<FormFields>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let context =
        ActionContext { now_ms: state.clock.now_ms(), state: &state, who: &who, query: &query, form: &form };
    let people = members::list(&state.db, &who.shop.key).await?;
    context
        .perform(&id, "give", |context| {
            let to = context.form.get("to");
            let name = match to {
                "" => "",
                to => {
                    let known = people.iter().find(|person| person.id == to && person.role.may_answer());
                    known.map(|person| person.name.as_str()).ok_or_else(|| missing("to"))?
                }
            };
            Ok(CommandAction::Assign { entry: context.id("line")?, to: to.to_owned(), name: name.to_owned() })
        })
        .await
}

/// Marks everything up to an instant as seen.
pub async fn mark_read(
    MemberAccess(who): MemberAccess,
    id: Path<String>,
    query: Query<FormFields>,
    form: Form<FormFields>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let context =
        ActionContext { now_ms: state.clock.now_ms(), state: &state, who: &who, query: &query, form: &form };
    let id = parse_id(&id)?;
    context.mark_read(&id).await?;
    Ok(context.redirect_to(&format!("/inbox/{}", id.as_str()), ""))
}

pub async fn erase(
    OwnerAccess(who): OwnerAccess,
    id: Path<String>,
    query: Query<FormFields>,
    form: Form<FormFields>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let context =
        ActionContext { now_ms: state.clock.now_ms(), state: &state, who: &who, query: &query, form: &form };
    let id = parse_id(&id)?;
    context.execute(&id, CommandAction::Erase).await?;
    Ok(context.redirect_to("/inbox", "did=erase"))
}
