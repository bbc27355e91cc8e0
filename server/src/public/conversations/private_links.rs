//! Private links. A link's secret is exchanged for one of the device and stays valid until it expires, so that a mail scanner
//! that opens the link does not use it up.

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

/// The browser made the secret, so that repeating the request makes no second link.
pub async fn create(
    request: HttpRequest,
    id: Path<String>,
    payload: Payload,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let (new_link, _) = json_body::read_json::<NewLink>(&request, payload).await?;
    let route = VisitorRoute::parse(&new_link.shop, &id, &new_link.secret)?;
    let key_hash = hash("link", &new_link.link)?;
    let now_ms = state.clock.now_ms();
    state.limits.response(&request, &route.shop, now_ms)?;
    require_shop(&state, &route.shop, now_ms).await?;
    let id = route.id.clone();
    let command = route.command(CommandAction::AddKey { kind: KeyKind::Link, key_hash });
    state.writer.execute(command, now_ms).await?;
    Ok(ok_response(id.as_str(), &id))
}

/// Echoes the conversation's id. 404 alike for an unknown link and an expired one.
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
    // The link proved the visitor's access; the new key itself is created by the collector.
    let command = new_key(shop, id.clone(), Actor::System, KeyKind::Device, device);
    state.writer.execute(command, now_ms).await?;
    Ok(ok_response(id.as_str(), &id))
}

fn hash(field: &'static str, secret: &str) -> Result<String, Refusal> {
    let secret = Secret::parse(secret).map_err(|_| Refusal::of(field, Code::SecretLooksWrong))?;
    Ok(secret_hash::hash_token(secret.reveal()))
}
