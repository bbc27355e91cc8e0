//! Actions on several conversations at once.

use crate::conversations::command::CommandAction;
use crate::error::AppError;
use crate::owner::auth::session::MemberAccess;
use crate::owner::inbox::actions::ActionContext;
use crate::owner::inbox::{list, parse_id};
use crate::state::AppState;
use crate::text::form_fields::FormFields;
use actix_web::HttpResponse;
use actix_web::web::{Data, Form, Query};
use futures_util::future::join_all;
use shared::conversation::AsideReason;
use shared::ids::ResponseId;

pub async fn set_aside(
    MemberAccess(who): MemberAccess,
    query: Query<FormFields>,
    form: Form<FormFields>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let context =
        ActionContext { now_ms: state.clock.now_ms(), state: &state, who: &who, query: &query, form: &form };
    let Some(reason) = AsideReason::named(form.get("reason")) else {
        return Ok(context.redirect_to("/inbox", "refused=reason"));
    };
    let entry = |now_ms| state.random.message_id(now_ms);
    let changed =
        apply_to_each(&context, |now_ms| CommandAction::SetAside { entry: entry(now_ms), reason }).await?;
    if changed.is_empty() {
        return Ok(context.redirect_to("/inbox", "refused=talk"));
    }
    let ids: Vec<&str> = changed.iter().map(ResponseId::as_str).collect();
    Ok(context.redirect_to("/inbox", &format!("did=set-aside&n={}&undo={}", ids.len(), ids.join(","))))
}

pub async fn take_back(
    MemberAccess(who): MemberAccess,
    query: Query<FormFields>,
    form: Form<FormFields>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let context =
        ActionContext { now_ms: state.clock.now_ms(), state: &state, who: &who, query: &query, form: &form };
    let changed =
        apply_to_each(&context, |now_ms| CommandAction::TakeBack { entry: state.random.message_id(now_ms) })
            .await?;
    Ok(context.redirect_to("/inbox", &format!("did=take-back&n={}", changed.len())))
}

/// Returns the conversations that changed. Those in which the action makes no sense are skipped.
async fn apply_to_each(
    context: &ActionContext<'_>,
    what: impl Fn(i64) -> CommandAction,
) -> Result<Vec<ResponseId>, AppError> {
    let chosen = context.form.all("talk").filter_map(|id| parse_id(id).ok()).take(list::PAGE_SIZE);
    let commands = chosen.map(|id| {
        let what = what(context.now_ms);
        async move {
            match context.execute(&id, what).await {
                Ok(()) => Ok(Some(id)),
                Err(AppError::Refused(_) | AppError::NotFound) => Ok(None),
                Err(other) => Err(other),
            }
        }
    });
    let changed: Result<Vec<Option<ResponseId>>, AppError> = join_all(commands).await.into_iter().collect();
    Ok(changed?.into_iter().flatten().collect())
}
