//! Conversations as they come over the wire, and what goes back: [`shared::wire::talk`], read and written with what the
//! browser has for it. Code made for each of these types would weigh as much as the rest of the conversation.

use crate::host::{get, text};
use js_sys::{Array, JSON, Object, Reflect};
use shared::wire::talk::{Talk, TalkLine, TalkMessage};
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
pub fn lines(answer: &str) -> Option<Vec<TalkLine>> {
    let answer = JSON::parse(answer).ok()?;
    is(&answer, "talks").then(|| each(&answer, "talks", line))
}

fn line(from: &JsValue) -> TalkLine {
    TalkLine {
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

/// The id that an answer echoes.
pub fn id(answer: &str) -> String {
    JSON::parse(answer).map(|answer| text(&answer, "id")).unwrap_or_default()
}

fn message(from: &JsValue) -> TalkMessage {
    let photo = text(from, "photo");
    TalkMessage {
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
