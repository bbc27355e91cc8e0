//! What goes over the wire: [`shared::wire`], read and written with what the browser has for it. Code made for each of these
//! types would weigh as much as all of the rest.

use crate::delivery::Told;
use crate::host::{get, text};
use js_sys::{Array, JSON, Object, Reflect};
use shared::moment::Moment;
use shared::rating::Scale;
use shared::wire::conversation::{ConversationSummary, VisitorConversation as Talk, VisitorMessage};
use shared::wire::{FrameSetup, NewResponse, ResponseChange, WirePage, WirePromise};
use wasm_bindgen::JsValue;

/// A JSON text of these fields.
pub fn body(fields: &[(&str, &JsValue)]) -> String {
    let object = object(fields);
    JSON::stringify(&object).ok().and_then(|text| text.as_string()).unwrap_or_default()
}

/// An object of these fields.
pub fn object(fields: &[(&str, &JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in fields {
        let _ = Reflect::set(&object, &(*name).into(), value);
    }
    object.into()
}

fn each<T>(from: &JsValue, name: &str, read: fn(&JsValue) -> T) -> Vec<T> {
    let found = get(from, name);
    if Array::is_array(&found) {
        Array::from(&found).iter().map(|one| read(&one)).collect()
    } else {
        Vec::new()
    }
}

fn number(from: &JsValue, name: &str) -> u64 {
    get(from, name).as_f64().unwrap_or_default() as u64
}

fn is(from: &JsValue, name: &str) -> bool {
    get(from, name).is_truthy()
}

/// How conversations stand; none if this is not the collector's answer: a captive portal answers 200 to everything.
pub fn lines(answer: &str) -> Option<Vec<ConversationSummary>> {
    let answer = JSON::parse(answer).ok()?;
    is(&answer, "talks").then(|| each(&answer, "talks", line))
}

fn line(from: &JsValue) -> ConversationSummary {
    ConversationSummary {
        id: text(from, "id"),
        stage: text(from, "stage"),
        receipt: text(from, "receipt"),
        unread: number(from, "unread") as u32,
        person: text(from, "person"),
        words: text(from, "words"),
        changed_at_ms: number(from, "changed_at_ms"),
    }
}

/// The conversation with this id, if that is what was answered.
pub fn talk(answer: &str, id: &str) -> Option<Talk> {
    let from = JSON::parse(answer).ok()?;
    let opened_at_ms = number(&from, "opened_at_ms");
    let talk = Talk {
        id: text(&from, "id"),
        stage: text(&from, "stage"),
        can_be_okay: is(&from, "can_be_okay"),
        has_email: is(&from, "has_email"),
        opened_at_ms: (opened_at_ms > 0).then_some(opened_at_ms),
        messages: each(&from, "messages", message),
    };
    (talk.id == id).then_some(talk)
}

/// What an answer tells about what was sent.
pub fn told(answer: &str) -> Told {
    let from = JSON::parse(answer).unwrap_or_default();
    let error = get(&from, "error");
    Told {
        id: text(&from, "id"),
        receipt: text(&from, "receipt"),
        code: text(&error, "code"),
        field: text(&error, "field"),
    }
}

/// What the frame's page knows when it arrives; none if it cannot be read.
pub fn setup(told: &str) -> Option<FrameSetup> {
    let from = JSON::parse(told).ok()?;
    let text = |name| text(&from, name);
    let maybe = |name| Some(text(name)).filter(|text| !text.is_empty());
    let texts = |name| each(&from, name, |one| one.as_string().unwrap_or_default());
    let promise = get(&from, "promise");
    Some(FrameSetup {
        shop: maybe("shop")?,
        shop_name: text("shop_name"),
        person: text("person"),
        photo: maybe("photo"),
        initials: text("initials"),
        moment: Moment::named(&text("moment"))?,
        scale: Scale::named(&text("scale"))?,
        reasons: texts("reasons"),
        language: text("language"),
        words: texts("words"),
        fallback_email: maybe("fallback_email"),
        origins: text("origins"),
        promise: promise.is_object().then(|| WirePromise {
            head: self::text(&promise, "head"),
            more: self::text(&promise, "more"),
            is_slow: is(&promise, "is_slow"),
            for_ms: number(&promise, "for_ms") as u32,
        }),
        quiet_days: each(&from, "quiet_days", |one| one.as_f64().unwrap_or_default() as u32),
        id: text("id"),
        secret: text("secret"),
        framed: is(&from, "framed"),
        preview: is(&from, "preview"),
    })
}

fn list(texts: &[String]) -> JsValue {
    texts.iter().map(|text| JsValue::from(text.as_str())).collect::<Array>().into()
}

/// The body of a `POST`. Each field is named in the pattern, so that one which is added to the type and forgotten here
/// does not compile: `product` was lost that way.
pub fn new_response(response: &NewResponse) -> String {
    let NewResponse {
        id,
        secret,
        shop,
        moment,
        scale,
        rating,
        reasons,
        comment,
        email,
        wants_reply,
        order,
        page,
        language,
        product,
    } = response;
    let page = page.as_ref().map_or(JsValue::NULL, |WirePage { url, title }| {
        object(&[("url", &url.as_str().into()), ("title", &title.as_str().into())])
    });
    body(&[
        ("id", &id.as_str().into()),
        ("secret", &secret.as_str().into()),
        ("shop", &shop.as_str().into()),
        ("moment", &moment.as_str().into()),
        ("scale", &scale.as_str().into()),
        ("rating", &(*rating).into()),
        ("reasons", &reasons.as_deref().map_or(JsValue::NULL, list)),
        ("comment", &maybe(comment)),
        ("email", &maybe(email)),
        ("wants_reply", &(*wants_reply).into()),
        ("order", &maybe(order)),
        ("page", &page),
        ("language", &maybe(language)),
        ("product", &maybe(product)),
    ])
}

/// The body of a `PATCH`, likewise.
pub fn change(change: &ResponseChange) -> String {
    let ResponseChange { secret, shop, rating, reasons, comment, email, wants_reply, order } = change;
    body(&[
        ("secret", &secret.as_str().into()),
        ("shop", &shop.as_str().into()),
        ("rating", &(*rating).into()),
        ("reasons", &reasons.as_deref().map_or(JsValue::NULL, list)),
        ("comment", &maybe(comment)),
        ("email", &maybe(email)),
        ("wants_reply", &(*wants_reply).into()),
        ("order", &maybe(order)),
    ])
}

fn maybe(text: &Option<String>) -> JsValue {
    text.as_deref().into()
}

fn message(from: &JsValue) -> VisitorMessage {
    let photo = text(from, "photo");
    VisitorMessage {
        id: text(from, "id"),
        kind: text(from, "kind"),
        person: text(from, "person"),
        mine: is(from, "mine"),
        photo: (!photo.is_empty()).then_some(photo),
        words: text(from, "words"),
        sent_at_ms: number(from, "sent_at_ms"),
        new: is(from, "new"),
    }
}
