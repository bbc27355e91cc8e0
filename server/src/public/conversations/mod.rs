//! `POST /v1/conversations…`: what a visitor's browser may call about conversations. The secret stands in every body;
//! whoever has the wrong one learns no more than where nothing is.

pub mod events;
pub mod private_links;
pub mod read;
pub mod write;

use crate::conversations::command::{Actor, Command, CommandAction};
use crate::error::AppError;
use crate::security::secret_hash;
use crate::state::AppState;
use actix_web::HttpResponse;
use shared::ids::{ResponseId, Secret, ShopKey};
use shared::refusal::{Code, Refusal};
use shared::wire::Stored;
use shared::wire::conversation::{CONVERSATIONS_MAX, ListConversations};

/// A visitor's way into one conversation, as they say; whether it is one, the database knows.
#[derive(Debug, Clone)]
pub struct VisitorRoute {
    /// The shop.
    pub shop: ShopKey,
    /// The conversation.
    pub id: ResponseId,
    /// Hash of the secret.
    pub secret_hash: String,
}

impl VisitorRoute {
    /// A way from an address and a body.
    ///
    /// # Errors
    /// The first field that is not fine, and why.
    pub fn parse(shop: &str, id: &str, secret: &str) -> Result<Self, Refusal> {
        Ok(Self {
            shop: ShopKey::parse(shop)?,
            id: ResponseId::parse("id", id)?,
            secret_hash: secret_hash::hash_token(Secret::parse(secret)?.reveal()),
        })
    }

    /// What the visitor wants done.
    pub fn command(self, what: CommandAction) -> Command {
        let by = Actor::Visitor { secret_hash: self.secret_hash };
        Command { shop: self.shop, id: self.id, by, what }
    }
}

/// Several ways at once.
///
/// # Errors
/// As [`VisitorRoute::parse`]; [`Code::TooMany`] for more than [`CONVERSATIONS_MAX`].
pub fn routes(asked: &ListConversations) -> Result<Vec<VisitorRoute>, AppError> {
    if asked.keys.len() > CONVERSATIONS_MAX {
        return Err(Refusal::of("keys", Code::TooMany).into());
    }
    let ways = asked.keys.iter().map(|key| VisitorRoute::parse(&asked.shop, &key.id, &key.secret));
    Ok(ways.collect::<Result<_, _>>()?)
}

/// The answer to whatever was done: it is on disk. Echoes the id that the browser gave it.
fn ok_response(echo: &str, id: &ResponseId) -> HttpResponse {
    HttpResponse::Ok().json(Stored { id: echo.to_owned(), receipt: shared::receipt::of(id) })
}

/// Whether there is such a shop; a deed for a shop that is gone would find nothing anyway, but says so less clearly.
async fn require_shop(state: &AppState, shop: &ShopKey, now_ms: i64) -> Result<(), AppError> {
    let known = state.shop_cache.find(&state.db, shop, now_ms).await?;
    known.map(drop).ok_or_else(|| Refusal::of("shop", Code::NoSuchShop).into())
}
