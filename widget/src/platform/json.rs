//! The types of [`shared::wire`] as JSON, read and written by the browser's own `JSON`. Code that serde derives for these
//! types would weigh ten kilobytes.

use crate::model::delivery::ResponseBody;
use js_sys::{Array, JSON, Object, Reflect};
use shared::moment::Moment;
use shared::rating::Scale;
use shared::wire::conversation::{ConversationSummary, VisitorConversation, VisitorMessage};
use shared::wire::{FrameSetup, NewResponse, ResponseChange, WirePage, WirePromise};
use wasm_bindgen::JsValue;

// ---- Values ----

/// A property of a JavaScript value; undefined if there is none.
pub(crate) fn get(from: &JsValue, name: &str) -> JsValue {
    Reflect::get(from, &name.into()).unwrap_or_default()
}

/// A property that is a text or a number, as a text; empty if there is none.
pub(crate) fn get_text(from: &JsValue, name: &str) -> String {
    let value = get(from, name);
    // Shops give order numbers as numbers, too.
    value
        .as_string()
        .or_else(|| value.as_f64().and_then(|_| JSON::stringify(&value).ok()?.as_string()))
        .unwrap_or_default()
}

fn get_number(from: &JsValue, name: &str) -> u64 {
    get(from, name).as_f64().unwrap_or_default() as u64
}

fn get_bool(from: &JsValue, name: &str) -> bool {
    get(from, name).is_truthy()
}

fn get_list<T>(from: &JsValue, name: &str, read: fn(&JsValue) -> T) -> Vec<T> {
    let list = get(from, name);
    if Array::is_array(&list) {
        Array::from(&list).iter().map(|item| read(&item)).collect()
    } else {
        Vec::new()
    }
}

/// An object with these properties.
pub(crate) fn object(fields: &[(&str, &JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in fields {
        let _ = Reflect::set(&object, &(*name).into(), value);
    }
    object.into()
}

/// The JSON text of an object with these properties.
pub(crate) fn stringify(fields: &[(&str, &JsValue)]) -> String {
    let object = object(fields);
    JSON::stringify(&object).ok().and_then(|text| text.as_string()).unwrap_or_default()
}

fn texts(texts: &[String]) -> JsValue {
    texts.iter().map(|text| JsValue::from(text.as_str())).collect::<Array>().into()
}

fn optional(text: &Option<String>) -> JsValue {
    text.as_deref().into()
}

// ---- Reading ----

/// [`shared::wire::conversation::ConversationList`]. `None` if the text is something else: a captive portal answers every
/// request with a page of its own.
pub(crate) fn conversation_list(text: &str) -> Option<Vec<ConversationSummary>> {
    let from = JSON::parse(text).ok()?;
    get_bool(&from, "talks").then(|| get_list(&from, "talks", conversation_summary))
}

fn conversation_summary(from: &JsValue) -> ConversationSummary {
    ConversationSummary {
        id: get_text(from, "id"),
        stage: get_text(from, "stage"),
        receipt: get_text(from, "receipt"),
        unread: get_number(from, "unread") as u32,
        person: get_text(from, "person"),
        words: get_text(from, "words"),
        changed_at_ms: get_number(from, "changed_at_ms"),
    }
}

/// The conversation with this id; `None` if the text is something else.
pub(crate) fn conversation(text: &str, id: &str) -> Option<VisitorConversation> {
    let from = JSON::parse(text).ok()?;
    let opened_at_ms = get_number(&from, "opened_at_ms");
    let conversation = VisitorConversation {
        id: get_text(&from, "id"),
        stage: get_text(&from, "stage"),
        can_be_okay: get_bool(&from, "can_be_okay"),
        has_email: get_bool(&from, "has_email"),
        opened_at_ms: (opened_at_ms > 0).then_some(opened_at_ms),
        messages: get_list(&from, "messages", message),
    };
    (conversation.id == id).then_some(conversation)
}

fn message(from: &JsValue) -> VisitorMessage {
    let photo = get_text(from, "photo");
    VisitorMessage {
        id: get_text(from, "id"),
        kind: get_text(from, "kind"),
        person: get_text(from, "person"),
        mine: get_bool(from, "mine"),
        photo: (!photo.is_empty()).then_some(photo),
        words: get_text(from, "words"),
        sent_at_ms: get_number(from, "sent_at_ms"),
        new: get_bool(from, "new"),
    }
}

/// The body of a response to something that was sent.
pub(crate) fn response_body(text: &str) -> ResponseBody {
    let from = JSON::parse(text).unwrap_or_default();
    let error = get(&from, "error");
    ResponseBody {
        id: get_text(&from, "id"),
        receipt: get_text(&from, "receipt"),
        code: get_text(&error, "code"),
        field: get_text(&error, "field"),
    }
}

/// The settings that came with the frame's page; `None` if they cannot be read.
pub(crate) fn frame_setup(text: &str) -> Option<FrameSetup> {
    let from = JSON::parse(text).ok()?;
    let text = |name| get_text(&from, name);
    let optional = |name| Some(text(name)).filter(|text| !text.is_empty());
    let texts = |name| get_list(&from, name, |item| item.as_string().unwrap_or_default());
    let promise = get(&from, "promise");
    Some(FrameSetup {
        shop: optional("shop")?,
        shop_name: text("shop_name"),
        person: text("person"),
        photo: optional("photo"),
        initials: text("initials"),
        moment: Moment::named(&text("moment"))?,
        scale: Scale::named(&text("scale"))?,
        reasons: texts("reasons"),
        language: text("language"),
        words: texts("words"),
        fallback_email: optional("fallback_email"),
        origins: text("origins"),
        promise: promise.is_object().then(|| WirePromise {
            head: get_text(&promise, "head"),
            more: get_text(&promise, "more"),
            is_slow: get_bool(&promise, "is_slow"),
            for_ms: get_number(&promise, "for_ms") as u32,
        }),
        quiet_days: get_list(&from, "quiet_days", |item| item.as_f64().unwrap_or_default() as u32),
        id: text("id"),
        secret: text("secret"),
        framed: get_bool(&from, "framed"),
        preview: get_bool(&from, "preview"),
    })
}

// ---- Writing ----
//
// Each field is named in a pattern without `..`, so that a field which is added to the type and forgotten here does not
// compile.

/// The JSON text of a [`NewResponse`].
pub(crate) fn new_response(response: &NewResponse) -> String {
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
    stringify(&[
        ("id", &id.as_str().into()),
        ("secret", &secret.as_str().into()),
        ("shop", &shop.as_str().into()),
        ("moment", &moment.as_str().into()),
        ("scale", &scale.as_str().into()),
        ("rating", &(*rating).into()),
        ("reasons", &reasons.as_deref().map_or(JsValue::NULL, texts)),
        ("comment", &optional(comment)),
        ("email", &optional(email)),
        ("wants_reply", &(*wants_reply).into()),
        ("order", &optional(order)),
        ("page", &page),
        ("language", &optional(language)),
        ("product", &optional(product)),
    ])
}

/// The JSON text of a [`ResponseChange`].
pub(crate) fn response_change(change: &ResponseChange) -> String {
    let ResponseChange { secret, shop, rating, reasons, comment, email, wants_reply, order } = change;
    stringify(&[
        ("secret", &secret.as_str().into()),
        ("shop", &shop.as_str().into()),
        ("rating", &(*rating).into()),
        ("reasons", &reasons.as_deref().map_or(JsValue::NULL, texts)),
        ("comment", &optional(comment)),
        ("email", &optional(email)),
        ("wants_reply", &(*wants_reply).into()),
        ("order", &optional(order)),
    ])
}
