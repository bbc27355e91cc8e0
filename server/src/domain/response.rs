//! A parsed response: every field is valid.

use crate::domain::counters::{ConversationFacts, ResponseFacts};
use crate::domain::device::Device;
use crate::domain::page::Page;
use crate::domain::reason::{REASONS_MAX, is_code};
use crate::security::random::Random;
use crate::security::secret_hash;
use shared::complaint::is_complaint;
use shared::email::Email;
use shared::ids::{ResponseId, Secret, ShopKey};
use shared::moment::Moment;
use shared::rating::{Rating, Scale};
use shared::refusal::{Code, Refusal};
use shared::text::{COMMENT_MAX_CHARS, ORDER_MAX_CHARS, PRODUCT_MAX_CHARS, cut, line, lines};
use shared::wire::{NewResponse, ResponseChange};
use shared::words::Language;

/// Empty text stands for a field the visitor left out.
#[derive(Debug, Clone)]
pub struct Response {
    pub shop: ShopKey,
    /// Made by the browser.
    pub id: ResponseId,
    /// The short number a visitor can quote.
    pub receipt: String,
    pub secret_hash: String,
    /// To recognise a request that is sent again.
    pub body_hash: String,
    pub moment: Moment,
    pub scale: Scale,
    pub rating: Rating,
    /// Codes, in the order they were picked.
    pub reasons: Vec<String>,
    pub comment: String,
    pub email: String,
    pub wants_reply: bool,
    pub order: String,
    pub page: Page,
    pub language: Language,
    pub device: Device,
    /// As the shop's page names it.
    pub product: String,
    /// Set when the shop is known.
    pub counted: TrackedKeys,
}

/// The keys a response is counted under.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrackedKeys {
    /// The shop's local day, from 1970-01-01.
    pub day: i32,
    /// Hour of the shop's week, from Monday 00:00 = 0 to 167.
    pub hour: i32,
    /// The path, or `*` without a counter of its own; empty for none.
    pub page: String,
    /// The name, or `*` likewise.
    pub product: String,
}

/// `None` keeps a field; empty text clears it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ResponseUpdate {
    pub rating: Option<Rating>,
    pub reasons: Option<Vec<String>>,
    pub comment: Option<String>,
    pub email: Option<String>,
    pub wants_reply: Option<bool>,
    pub order: Option<String>,
}

impl Response {
    pub fn parse(wire: NewResponse, body: &[u8], device: Device) -> Result<Self, Refusal> {
        let id = ResponseId::parse("id", &wire.id)?;
        let page = wire.page.map(|p| Page::parse(&p.url, &p.title)).transpose()?;
        Ok(Self {
            shop: ShopKey::parse(&wire.shop)?,
            receipt: shared::receipt::of(&id),
            id,
            secret_hash: secret_hash::hash_token(Secret::parse(&wire.secret)?.reveal()),
            body_hash: secret_hash::sha256(body),
            moment: wire.moment,
            scale: wire.scale,
            rating: Rating::parse(i64::from(wire.rating))?,
            reasons: reasons(wire.reasons)?.unwrap_or_default(),
            comment: comment(wire.comment)?.unwrap_or_default(),
            email: email(wire.email)?.unwrap_or_default(),
            wants_reply: wire.wants_reply.unwrap_or_default(),
            order: order(wire.order)?.unwrap_or_default(),
            page: page.unwrap_or_default(),
            language: Language::of_tag(wire.language.as_deref().unwrap_or_default()),
            device,
            product: cut(&wire.product.unwrap_or_default(), PRODUCT_MAX_CHARS),
            counted: TrackedKeys::default(),
        })
    }

    pub fn facts(&self) -> ResponseFacts<'_> {
        ResponseFacts {
            day: self.counted.day,
            rating: self.rating.get(),
            hour: self.counted.hour,
            moment: self.moment.as_str().into(),
            page: self.counted.page.as_str().into(),
            product: self.counted.product.as_str().into(),
            device: self.device.as_str().into(),
            language: self.language.as_str().into(),
            has_words: !self.comment.is_empty(),
            reasons: self.reasons.iter().map(|code| code.as_str().into()).collect(),
            conversation: self.is_complaint().then_some(ConversationFacts::NEW),
        }
    }

    pub fn is_complaint(&self) -> bool {
        is_complaint(self.rating.get(), !self.comment.is_empty(), self.wants_reply)
    }

    /// For a browser that sends more than in its first request, of which it does not know whether it arrived. Fields
    /// that it left out are kept.
    pub fn as_change(&self) -> ResponseUpdate {
        let told = |text: &String| (!text.is_empty()).then(|| text.clone());
        ResponseUpdate {
            rating: Some(self.rating),
            reasons: (!self.reasons.is_empty()).then(|| self.reasons.clone()),
            comment: told(&self.comment),
            email: told(&self.email),
            wants_reply: self.wants_reply.then_some(true),
            order: told(&self.order),
        }
    }
}

impl ResponseUpdate {
    /// Returns the shop and the hash of the secret as well.
    pub fn parse(wire: ResponseChange) -> Result<(ShopKey, String, Self), Refusal> {
        let shop = ShopKey::parse(&wire.shop)?;
        let secret_hash = secret_hash::hash_token(Secret::parse(&wire.secret)?.reveal());
        let change = Self {
            rating: wire.rating.map(|r| Rating::parse(i64::from(r))).transpose()?,
            reasons: reasons(wire.reasons)?,
            comment: comment(wire.comment)?,
            email: email(wire.email)?,
            wants_reply: wire.wants_reply,
            order: order(wire.order)?,
        };
        Ok((shop, secret_hash, change))
    }
}

/// For a form that works without script.
pub fn new_identity(random: &dyn Random, now_ms: i64) -> (ResponseId, Secret) {
    (random.response_id(now_ms), random.secret())
}

fn reasons(codes: Option<Vec<String>>) -> Result<Option<Vec<String>>, Refusal> {
    let Some(codes) = codes else { return Ok(None) };
    if codes.len() > REASONS_MAX || (1..codes.len()).any(|i| codes[..i].contains(&codes[i])) {
        return Err(Refusal::of("reasons", Code::TooManyReasons));
    }
    // Any code is accepted, not only those on today's list: the page may be older than the list, and a complaint must
    // not be lost for that.
    if codes.iter().any(|code| !is_code(code)) {
        return Err(Refusal::of("reasons", Code::UnknownReason));
    }
    Ok(Some(codes))
}

fn comment(text: Option<String>) -> Result<Option<String>, Refusal> {
    text.map(|text| lines("comment", &text, COMMENT_MAX_CHARS)).transpose()
}

fn email(text: Option<String>) -> Result<Option<String>, Refusal> {
    text.map(|text| {
        let text = text.trim();
        if text.is_empty() { Ok(String::new()) } else { Email::parse(text).map(|e| e.as_str().to_owned()) }
    })
    .transpose()
}

fn order(text: Option<String>) -> Result<Option<String>, Refusal> {
    text.map(|text| line("order", &text, ORDER_MAX_CHARS)).transpose()
}
