//! `POST /v1/conversations/{id}/links` makes a private link; `POST /v1/links` swaps the link's secret for one that the
//! device keeps. A link can be opened again and again until it is over, so that no scanner of mails burns it.

use crate::conversations::command::{Actor, CommandAction};
use crate::conversations::execute::new_key;
use crate::db::visitor_keys;
use crate::domain::visitor_key::KeyKind;
use crate::error::AppError;
use crate::public::conversations::{VisitorRoute, ok_response, require_shop};
use crate::security::secret_hash;
use crate::state::AppState;
use crate::web::json_body;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use shared::ids::{Secret, ShopKey};
use shared::refusal::{Code, Refusal};
use shared::wire::conversation::{NewLink, OpenedLink};

/// Makes a link with the secret that the browser made for it.
///
/// # Errors
/// 4xx with the field that was not fine; 404 alike for an unknown conversation and a wrong secret; 503 if it could not be
/// stored.
pub async fn create(
    request: HttpRequest,
    id: Path<String>,
    payload: Payload,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let (wanted, _) = json_body::read_json::<NewLink>(&request, payload).await?;
    let way = VisitorRoute::parse(&wanted.shop, &id, &wanted.secret)?;
    let key_hash = hash("link", &wanted.link)?;
    let now_ms = state.clock.now_ms();
    state.limits.response(&request, &way.shop, now_ms)?;
    require_shop(&state, &way.shop, now_ms).await?;
    let id = way.id.clone();
    let command = way.command(CommandAction::AddKey { kind: KeyKind::Link, key_hash });
    state.writer.execute(command, now_ms).await?;
    Ok(ok_response(id.as_str(), &id))
}

/// Lets a device in that shows a link's secret, from now on by a secret of its own. Echoes the conversation's id.
///
/// # Errors
/// 4xx with the field that was not fine; 404 alike for a link that never was and one that is over; 503 if it could not be
/// stored.
pub async fn open(
    request: HttpRequest,
    payload: Payload,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let (opened, _) = json_body::read_json::<OpenedLink>(&request, payload).await?;
    let shop = ShopKey::parse(&opened.shop)?;
    let (link, device) = (hash("link", &opened.link)?, hash("secret", &opened.secret)?);
    let now_ms = state.clock.now_ms();
    state.limits.response(&request, &shop, now_ms)?;
    require_shop(&state, &shop, now_ms).await?;
    let id = visitor_keys::find_target(&state.db, &shop, KeyKind::Link, &link, now_ms).await?;
    let id = id.ok_or(AppError::NotFound)?;
    // The link was the visitor's; the key it makes is handed over by the house.
    let command = new_key(shop, id.clone(), Actor::System, KeyKind::Device, device);
    state.writer.execute(command, now_ms).await?;
    Ok(ok_response(id.as_str(), &id))
}

fn hash(field: &'static str, secret: &str) -> Result<String, Refusal> {
    let secret = Secret::parse(secret).map_err(|_| Refusal::of(field, Code::SecretLooksWrong))?;
    Ok(secret_hash::hash_token(secret.reveal()))
}
