//! The visitor's side of conversations. The secret is in every body; a wrong one gets the answer of a conversation that does
//! not exist.

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

/// A visitor's claim to a conversation; whether the secret is right, the database decides.
#[derive(Debug, Clone)]
pub struct VisitorRoute {
    pub shop: ShopKey,
    pub id: ResponseId,
    pub secret_hash: String,
}

impl VisitorRoute {
    pub fn parse(shop: &str, id: &str, secret: &str) -> Result<Self, Refusal> {
        Ok(Self {
            shop: ShopKey::parse(shop)?,
            id: ResponseId::parse("id", id)?,
            secret_hash: secret_hash::hash_token(Secret::parse(secret)?.reveal()),
        })
    }

    pub fn command(self, what: CommandAction) -> Command {
        let by = Actor::Visitor { secret_hash: self.secret_hash };
        Command { shop: self.shop, id: self.id, by, what }
    }
}

pub fn parse_routes(request_body: &ListConversations) -> Result<Vec<VisitorRoute>, AppError> {
    if request_body.keys.len() > CONVERSATIONS_MAX {
        return Err(Refusal::of("keys", Code::TooMany).into());
    }
    let parsed =
        request_body.keys.iter().map(|key| VisitorRoute::parse(&request_body.shop, &key.id, &key.secret));
    Ok(parsed.collect::<Result<_, _>>()?)
}

/// Confirms that the change is stored, and echoes the id that the browser gave it.
fn ok_response(echo: &str, id: &ResponseId) -> HttpResponse {
    HttpResponse::Ok().json(Stored { id: echo.to_owned(), receipt: shared::receipt::of(id) })
}

/// Commands for an unknown shop would change nothing; this gives them a clearer error.
async fn require_shop(state: &AppState, shop: &ShopKey, now_ms: i64) -> Result<(), AppError> {
    let shop = state.shop_cache.find(&state.db, shop, now_ms).await?;
    shop.map(drop).ok_or_else(|| Refusal::of("shop", Code::NoSuchShop).into())
}
