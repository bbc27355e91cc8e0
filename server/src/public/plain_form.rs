//! `POST /w/KEY`: the rating form of the widget's page, as browsers without WebAssembly send it.

use crate::domain::device::Device;
use crate::domain::response::Response;
use crate::error::AppError;
use crate::public::responses;
use crate::public::widget_page::{SavedForm, page};
use crate::public::widget_setup::{WidgetQuery, gone_page, json_for_script, load_shop, send};
use crate::state::AppState;
use crate::text::form_fields::FormFields;
use crate::web::json_body;
use actix_web::http::header::{self};
use actix_web::web::{Data, Path, Payload, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template as _;
use serde::Deserialize;
use shared::ids::ShopKey;
use shared::moment::Moment;
use shared::rating::Scale;
use shared::refusal::Code;
use shared::wire::{NewResponse, WirePage};
use shared::words::Language;

#[derive(Debug, Deserialize)]
struct PlainForm {
    id: String,
    secret: String,
    #[serde(default)]
    moment: String,
    #[serde(default)]
    scale: String,
    #[serde(default)]
    rating: String,
    #[serde(default)]
    comment: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    order: String,
    #[serde(default)]
    wants_reply: String,
    #[serde(default)]
    page_url: String,
    #[serde(default)]
    page_title: String,
    #[serde(default)]
    language: String,
    #[serde(default)]
    product: String,
}

/// Stores the form as the widget's request is stored, then redirects, so that reloading does not send it again.
pub async fn post(
    request: HttpRequest,
    key: Path<String>,
    fields: Query<FormFields>,
    payload: Payload,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let query = WidgetQuery::from_query(&fields);
    let raw = json_body::read_body(&request, payload).await?;
    let text = std::str::from_utf8(&raw).map_err(|_| AppError::from(Code::Malformed))?;
    let (form, reasons) = parse_form(text)?;
    let Some((shop, origins)) = load_shop(&state, &key).await? else { return gone_page(&state, &query) };
    let saved = SavedForm {
        rating: form.rating.parse().unwrap_or(0),
        comment: form.comment.clone(),
        email: form.email.clone(),
        order: form.order.clone(),
        wants_reply: !form.wants_reply.is_empty(),
        reasons: reasons.clone(),
        page_url: form.page_url.clone(),
        page_title: form.page_title.clone(),
        product: form.product.clone(),
    };
    let identity = (form.id.clone(), form.secret.clone());
    let language = form.language.clone();
    let parsed = Response::parse(
        to_new_response(form, reasons, &shop.key, &saved),
        &raw,
        Device::from_headers(request.headers()),
    );
    let replies = parsed.as_ref().is_ok_and(Response::is_complaint);
    let stored = match parsed {
        Ok(response) => responses::store(&request, &state, response).await,
        Err(refusal) => Err(refusal.into()),
    };
    match stored {
        Ok(stored) => {
            let framed = if query.framed { "&framed=1" } else { "" };
            let lang = Language::of_tag(&language).as_str();
            let replies = if replies { "&replies=1" } else { "" };
            let next =
                format!("/w/{}?sent={}&lang={lang}{framed}{replies}", shop.key.as_str(), stored.receipt);
            Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, next)).finish())
        }
        Err(AppError::Refused(refusal)) => {
            let query = WidgetQuery { lang: language, ..query };
            let mut page =
                page(&state, &shop, &shop.settings, &origins, &query, saved, Some(refusal)).await?;
            // With the same id and secret, the corrected form is still one response.
            (page.setup.id, page.setup.secret) = identity;
            page.setup_json = json_for_script(&page.setup)?;
            let status = crate::error::status_of(refusal.code);
            let mut response = send(&origins, page.nonce.clone(), page.render()?, status, false)?;
            if let Some(seconds) = crate::error::retry_after_seconds(refusal.code) {
                response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
            }
            Ok(response)
        }
        Err(other) => Err(other),
    }
}

/// `serde_urlencoded` does not read a repeated field, such as the boxes of the reasons.
fn parse_form(text: &str) -> Result<(PlainForm, Vec<String>), AppError> {
    let pairs = form_urlencoded::parse(text.as_bytes());
    let reasons = pairs.filter(|(name, _)| name == "reasons").map(|(_, code)| code.into_owned()).collect();
    let form = Query::<PlainForm>::from_query(text).map_err(|_| AppError::from(Code::Malformed))?;
    Ok((form.into_inner(), reasons))
}

fn to_new_response(form: PlainForm, reasons: Vec<String>, key: &ShopKey, saved: &SavedForm) -> NewResponse {
    let page = (!form.page_url.is_empty()).then_some(WirePage { url: form.page_url, title: form.page_title });
    NewResponse {
        id: form.id,
        secret: form.secret,
        shop: key.as_str().to_owned(),
        moment: Moment::named(&form.moment).unwrap_or_default(),
        scale: Scale::named(&form.scale).unwrap_or_default(),
        rating: saved.rating,
        reasons: Some(reasons),
        comment: Some(form.comment),
        email: Some(form.email),
        wants_reply: Some(saved.wants_reply),
        order: Some(form.order),
        page,
        language: Some(form.language),
        product: Some(form.product),
    }
}
