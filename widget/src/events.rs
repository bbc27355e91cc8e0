//! Listens to the visitor: one listener for each kind of event, at the top of the widget. A listener for each button would
//! weigh more, and would be lost whenever a screen is drawn again.

use crate::dom::on_event;
use crate::model::action::Action;
use crate::state::widget;
use std::cell::Cell;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, HtmlInputElement, KeyboardEvent};

/// Listens to what happens inside this element.
pub(crate) fn listen(root: &HtmlElement) {
    on_event(root, "click", Box::new(|event| on_click(&event)));
    on_event(root, "keydown", Box::new(|event| on_keydown(&event)));
    on_event(root, "input", Box::new(|event| on_input(&event)));
    on_event(root, "submit", Box::new(|event| on_submit(&event)));
}

thread_local! {
    /// Whether an arrow key causes the next click: arrow keys move between the faces and never send.
    static IS_ARROW_KEY: Cell<bool> = const { Cell::new(false) };
}

fn closest(event: &Event, selector: &str) -> Option<Element> {
    event.target()?.dyn_into::<Element>().ok()?.closest(selector).ok()?
}

/// The face to which an event belongs, and its rating.
fn face(event: &Event) -> Option<(HtmlInputElement, u8)> {
    let input: HtmlInputElement = closest(event, "[name=rating]")?.unchecked_into();
    let rating = input.value().parse().ok()?;
    Some((input, rating))
}

fn on_click(event: &Event) {
    widget().mark_touched();
    if IS_ARROW_KEY.replace(false) {
        return;
    }
    if let Some((_, rating)) = face(event) {
        widget().choose_rating(rating);
    } else if let Some(button) = closest(event, "[data-act]")
        && let Some(action) = button.get_attribute("data-act").and_then(|id| Action::from_id(&id))
    {
        let index = button.get_attribute("data-index").and_then(|n| n.parse().ok());
        widget().run(action, index.unwrap_or_default());
    }
}

fn on_keydown(event: &Event) {
    let Some((input, rating)) = face(event) else { return };
    let key = event.unchecked_ref::<KeyboardEvent>().key();
    IS_ARROW_KEY.set(key.starts_with("Arrow"));
    if key == "Enter" {
        event.prevent_default();
        input.set_checked(true);
        widget().choose_rating(rating);
    }
}

fn on_input(event: &Event) {
    let Some(form) = closest(event, "form") else { return };
    match form.id().as_str() {
        "composer" => widget().save_message_draft(&form),
        "add-email" => {}
        _ => widget().save_draft(&form),
    }
}

fn on_submit(event: &Event) {
    event.prevent_default();
    let Some(form) = closest(event, "form") else { return };
    match form.id().as_str() {
        "composer" => widget().send_message(&form),
        "add-email" => widget().add_email(&form),
        _ => widget().submit(&form),
    }
}
