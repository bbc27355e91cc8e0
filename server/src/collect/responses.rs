//! `POST /v1/responses` and `PATCH /v1/responses/{id}`: a visitor's answer, as far as it is known.

use crate::collect::body;
use crate::collect::device::Device;
use crate::collect::response::{Change, Response};
use crate::db::{responses, shops};
use crate::failure::Failure;
use crate::house::House;
use crate::token;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use shared::ids::{ResponseId, ShopKey};
use shared::refusal::{Code, Refusal};
use shared::wire::{NewResponse, ResponseChange, Stored};

/// Takes a response. The same request again gets the same answer.
///
/// # Errors
/// 4xx with the field that was not fine; 422 if the id stands for something else; 503 if it could not be stored.
pub async fn add(
    request: HttpRequest,
    payload: Payload,
    house: Data<House>,
) -> Result<HttpResponse, Failure> {
    let (wire, body) = body::json::<NewResponse>(&request, payload).await?;
    let response = Response::parse(wire, &body, Device::of(request.headers()))?;
    Ok(HttpResponse::Created().json(store(&house, response).await?))
}

/// Completes a response.
///
/// # Errors
/// 4xx with the field that was not fine; 404 alike for an unknown id and a wrong secret; 503 if it could not be stored.
pub async fn change(
    request: HttpRequest,
    id: Path<String>,
    payload: Payload,
    house: Data<House>,
) -> Result<HttpResponse, Failure> {
    let id = ResponseId::parse("id", &id)?;
    let (wire, _) = body::json::<ResponseChange>(&request, payload).await?;
    let (shop, secret_hash, change) = Change::parse(wire)?;
    Ok(HttpResponse::Ok().json(complete(&house, &shop, &id, &secret_hash, &change).await?))
}

/// Stores a response that came through whichever door.
///
/// # Errors
/// [`Code::NoSuchShop`], [`Code::IdTaken`], or what the database says.
pub async fn store(house: &House, response: Response) -> Result<Stored, Failure> {
    if shops::find(&house.db, &response.shop).await?.is_none() {
        return Err(Refusal::of("shop", Code::NoSuchShop).into());
    }
    let now_ms = house.clock.now_ms();
    let mut tx = house.db.begin().await?;
    if !responses::add(&mut tx, &response, now_ms).await? {
        let kept = responses::find(&mut tx, &response.shop, &response.id).await?.ok_or(Failure::NotFound)?;
        match again(&kept, &response) {
            Again::TheSame => {}
            Again::More => {
                let change = response.as_change();
                responses::change(&mut tx, &response.shop, &response.id, &change, now_ms).await?;
            }
            Again::SomethingElse => return Err(Refusal::of("id", Code::IdTaken).into()),
        }
    }
    tx.commit().await?;
    Ok(receipt(&response.id))
}

/// What a request with a known id is.
#[derive(Debug, PartialEq, Eq)]
enum Again {
    /// The very same request: its first answer got lost.
    TheSame,
    /// From the same visitor, with more in it.
    More,
    /// Somebody else's, or a mistake.
    SomethingElse,
}

fn again(kept: &responses::Stored, response: &Response) -> Again {
    if token::same(&kept.first_body_hash, &response.body_hash) {
        Again::TheSame
    } else if token::same(&kept.secret_hash, &response.secret_hash) {
        Again::More
    } else {
        Again::SomethingElse
    }
}

async fn complete(
    house: &House,
    shop: &ShopKey,
    id: &ResponseId,
    secret_hash: &str,
    change: &Change,
) -> Result<Stored, Failure> {
    let mut tx = house.db.begin().await?;
    let kept = responses::find(&mut tx, shop, id).await?.ok_or(Failure::NotFound)?;
    if !token::same(&kept.secret_hash, secret_hash) {
        return Err(Failure::NotFound);
    }
    responses::change(&mut tx, shop, id, change, house.clock.now_ms()).await?;
    tx.commit().await?;
    Ok(receipt(id))
}

fn receipt(id: &ResponseId) -> Stored {
    Stored { id: id.as_str().to_owned(), receipt: shared::receipt::of(id) }
}
