//! A response as it is after the door: every field parsed, nothing left to check.

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

/// What a visitor sent, to be stored. Empty text means "not told".
#[derive(Debug, Clone)]
pub struct Response {
    /// Whose it is.
    pub shop: ShopKey,
    /// Made by the browser.
    pub id: ResponseId,
    /// The short number a visitor can quote.
    pub receipt: String,
    /// Hash of the secret.
    pub secret_hash: String,
    /// Hash of what was sent, to know it again.
    pub body_hash: String,
    /// When it was asked.
    pub moment: Moment,
    /// How it was drawn.
    pub scale: Scale,
    /// How it was.
    pub rating: Rating,
    /// Codes, in the order they were picked.
    pub reasons: Vec<String>,
    /// The visitor's words.
    pub comment: String,
    /// Where an answer may go.
    pub email: String,
    /// Whether the visitor would like an answer.
    pub wants_reply: bool,
    /// The order number.
    pub order: String,
    /// Where they were.
    pub page: Page,
    /// What the widget spoke.
    pub language: Language,
    /// What they held in their hands.
    pub device: Device,
    /// What was looked at, as the shop's page names it.
    pub product: String,
    /// Where it is counted; set when the shop is known.
    pub counted: TrackedKeys,
}

/// Where a response is counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrackedKeys {
    /// The shop's own day, from 1970-01-01.
    pub day: i32,
    /// The hour of the shop's own week, from Monday 00:00 = 0 to 167.
    pub hour: i32,
    /// Its page, or `*` if that is not counted by itself; empty for none.
    pub page: String,
    /// Its product, likewise.
    pub product: String,
}

/// What is new about a response. `None` stays as it is; empty text takes the old one back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ResponseUpdate {
    /// Another rating.
    pub rating: Option<Rating>,
    /// Other reasons.
    pub reasons: Option<Vec<String>>,
    /// Other words.
    pub comment: Option<String>,
    /// Another address.
    pub email: Option<String>,
    /// Another wish.
    pub wants_reply: Option<bool>,
    /// Another order number.
    pub order: Option<String>,
}

impl Response {
    /// Parses what came in; `body` is what was sent, `device` what its headers said.
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

    /// What it counts as.
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
            talk: self.is_complaint().then_some(ConversationFacts::NEW),
        }
    }

    /// Whether it expects a reply or a remedy.
    pub fn is_complaint(&self) -> bool {
        is_complaint(self.rating.get(), !self.comment.is_empty(), self.wants_reply)
    }

    /// The same as a change: what a browser sends that was told nothing about whether its first attempt arrived.
    /// What it left out stays as it is.
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
    /// Parses what came in, and the shop and the hash of the secret that go with it.
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

/// A new id and secret, for a form that goes out without script.
pub fn new_identity(random: &dyn Random, now_ms: i64) -> (ResponseId, Secret) {
    (random.response_id(now_ms), random.secret())
}

fn reasons(codes: Option<Vec<String>>) -> Result<Option<Vec<String>>, Refusal> {
    let Some(codes) = codes else { return Ok(None) };
    if codes.len() > REASONS_MAX || (1..codes.len()).any(|i| codes[..i].contains(&codes[i])) {
        return Err(Refusal::of("reasons", Code::TooManyReasons));
    }
    // Any code is taken, not only those on the list of today: the page may be older than the list, and a complaint
    // must not be lost for that.
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
