//! `/inbox` and `/inbox/ID`: the list, and a conversation beside it.
//!
//! Every form works without script and ends in a redirect. `inbox.js` adds live changes, drafts, shortcuts and presence.

pub mod actions;
pub mod bulk_actions;
pub mod conversation;
pub mod export;
pub mod labels;
pub mod list;
pub mod list_item;
pub mod presence;
pub mod timeline;
pub mod waiting_time;

use crate::db::members;
use crate::domain::inbox_filter::{InboxFilter, href};
use crate::domain::reply_policy::ReplyPolicy;
use crate::error::AppError;
use crate::owner::auth::session::SignedIn;
use crate::owner::inbox::conversation::{ConversationView, ReplyDraft};
use crate::owner::inbox::list::InboxList;
use crate::owner::inbox::timeline::{Author, TimelineEntry};
use crate::owner::layout::{Layout, Section};
use crate::owner::mail_status::MailTrouble;
use crate::state::AppState;
use crate::text::form_fields::FormFields;
use crate::web::html_response;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use shared::ids::ResponseId;

#[derive(Template)]
#[template(path = "owner/inbox/page.html")]
struct InboxPage {
    shell: Layout,
    css: String,
    js: String,
    filter: InboxFilter,
    list: InboxList,
    mail_trouble: Option<MailTrouble>,
    conversation: Option<ConversationView>,
    may_answer: bool,
    /// The action that was just done; empty for none.
    did: String,
    /// The conversations of that action, if it can be taken back.
    undo: Vec<String>,
    undo_action: String,
    /// The address of this page without notices.
    here: String,
}

pub async fn get(
    who: SignedIn,
    query: Query<FormFields>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    page(&state, &who, &query, None, StatusCode::OK).await
}

/// A conversation beside the list.
pub async fn detail(
    who: SignedIn,
    id: Path<String>,
    query: Query<FormFields>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let id = parse_id(&id)?;
    page(&state, &who, &query, Some((&id, ReplyDraft::default())), StatusCode::OK).await
}

/// A malformed id is answered like an unknown one.
fn parse_id(id: &str) -> Result<ResponseId, AppError> {
    ResponseId::parse("id", id).map_err(|_| AppError::NotFound)
}

/// With the draft of a refused form.
async fn page(
    state: &AppState,
    who: &SignedIn,
    query: &FormFields,
    open: Option<(&ResponseId, ReplyDraft)>,
    status: StatusCode,
) -> Result<HttpResponse, AppError> {
    let shell = Layout::load(state, who, Section::Inbox).await?;
    let filter = InboxFilter::parse(query);
    let people = members::list(&state.db, &who.shop.key).await?;
    let promise_open_ms = state.promises.open_ms(&state.db, &who.shop, state.clock.now_ms()).await?;
    let policy = ReplyPolicy::from_settings(&who.shop.settings, promise_open_ms);
    let open_id = open.as_ref().map_or("", |(id, _)| id.as_str()).to_owned();
    let context = list_item::ItemContext {
        shell: &shell,
        settings: &who.shop.settings,
        policy: &policy,
        people: &people,
        filter: &filter,
        open: &open_id,
        now_ms: state.clock.now_ms(),
    };
    let list = list::load(state, &who.shop, query, &context).await?;
    let view = match open {
        Some((id, typed)) => {
            let mut view = conversation::load(state, who, id, typed, &context).await?;
            view.next = list.next_waiting().map(|item| (item.href.clone(), item.who.clone()));
            Some(view)
        }
        None => None,
    };
    let path = if open_id.is_empty() { "/inbox".to_owned() } else { format!("/inbox/{open_id}") };
    let undo = query.get("undo").split(',').filter(|id| parse_id(id).is_ok());
    let page = InboxPage {
        css: state.assets.url("inbox.css"),
        js: state.assets.url("inbox.js"),
        may_answer: who.role.may_answer(),
        did: done_message(query),
        undo: undo.take(list::PAGE_SIZE).map(str::to_owned).collect(),
        undo_action: shell.to(&href("/inbox/take-back", &[&filter.query()])),
        here: shell.to(&href(&path, &[&filter.query()])),
        list,
        mail_trouble: MailTrouble::load(state, who, "inbox").await?,
        conversation: view,
        filter,
        shell,
    };
    Ok(html_response::page(HttpResponse::build(status), page.render()?))
}

fn done_message(query: &FormFields) -> String {
    let done = labels::done_message(query.get("did"));
    match (query.get("n").parse::<u64>(), query.get("did"), done) {
        (Ok(n), "set-aside", _) if n != 1 => {
            format!("{} set aside.", crate::text::phrases::capitalize(&crate::text::phrases::format_count(n)))
        }
        (Ok(n), "take-back", _) if n != 1 => {
            format!(
                "{} taken back.",
                crate::text::phrases::capitalize(&crate::text::phrases::format_count(n))
            )
        }
        (_, _, done) => done.unwrap_or_default().to_owned(),
    }
}
