//! Finds elements in the page, listens to them, and reads forms.

use crate::model::draft_response::DraftResponse;
use crate::platform::json::get;
use leptos::prelude::document;
use wasm_bindgen::prelude::*;
use web_sys::{Element, Event, EventTarget, HtmlElement, HtmlInputElement};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = matchMedia)]
    fn match_media(query: &str) -> JsValue;
}

pub(crate) fn by_id(id: &str) -> Option<Element> {
    document().get_element_by_id(id)
}

pub(crate) fn query(selector: &str) -> Option<HtmlElement> {
    document().query_selector(selector).ok()?.map(JsCast::unchecked_into)
}

/// Calls `f` at every event of this kind. Takes a box, so that every listener is the same type to the compiler.
pub(crate) fn on_event(target: &EventTarget, kind: &str, f: Box<dyn Fn(Event)>) {
    let listener = Closure::wrap(f);
    let _ = target.add_event_listener_with_callback(kind, listener.as_ref().unchecked_ref());
    listener.forget();
}

/// Whether the visitor points at the card, or has the focus in it. A tap leaves a hover behind, so hovering counts only on
/// devices that can hover.
pub(crate) fn is_busy() -> bool {
    let can_hover = get(&match_media("(hover:hover)"), "matches").is_truthy();
    can_hover && query("#card:hover").is_some() || query("#card :focus-visible").is_some()
}

/// Sets the text that screen readers announce.
pub(crate) fn set_live_text(text: Option<&str>) {
    if let Some(live) = by_id("live") {
        live.set_text_content(text);
    }
}

/// A field of a form. A text area is taken for an input, because its value is found in the same way.
fn field(form: &Element, selector: &str) -> Option<HtmlInputElement> {
    form.query_selector(selector).ok()?.map(JsCast::unchecked_into)
}

/// The value of a field; empty if the form has no such field.
pub(crate) fn field_value(form: &Element, selector: &str) -> String {
    field(form, selector).map(|field| field.value()).unwrap_or_default()
}

/// Reads the fields of a form into a response, and gives the rating that is chosen in it, or 0. Works for the plain form
/// and for ours.
pub(crate) fn read_form(form: &Element, response: &mut DraftResponse) -> u8 {
    let read = |selector: &str, into: &mut String| {
        if let Some(field) = field(form, selector) {
            *into = field.value();
        }
    };
    read("[name=comment]", &mut response.comment);
    read("[name=email]", &mut response.email);
    read("[name=order]", &mut response.order);
    if let Some(wants_reply) = field(form, "[name=wants_reply]") {
        response.wants_reply = wants_reply.checked();
    }
    if let Ok(chosen) = form.query_selector_all("[name=reasons]:checked") {
        response.reasons = (0..chosen.length())
            .filter_map(|i| chosen.item(i))
            .map(|node| node.unchecked_into::<HtmlInputElement>().value())
            .collect();
    }
    field(form, "[name=rating]:checked").and_then(|f| f.value().parse().ok()).unwrap_or(0)
}
