//! The clipboard.

use leptos::prelude::{document, window};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{HtmlElement, HtmlTextAreaElement};

#[wasm_bindgen]
extern "C" {
    type CopyingDocument;

    #[wasm_bindgen(method, catch, js_name = execCommand)]
    fn exec_command(this: &CopyingDocument, command: &str) -> Result<bool, JsValue>;
}

/// Puts a text on the clipboard.
///
/// `execCommand` comes first: many pages deny their frames the newer clipboard, and the browser would say so on the
/// console.
pub(crate) fn copy(text: &str) {
    if copy_selection(text) != Some(true) {
        let clipboard = window().navigator().clipboard();
        // Undefined on pages without TLS.
        if !clipboard.is_undefined() {
            let written = JsFuture::from(clipboard.write_text(text));
            spawn_local(async move {
                let _ = written.await;
            });
        }
    }
}

/// Copies by a text area that is there for a moment; gives whether the browser did so.
fn copy_selection(text: &str) -> Option<bool> {
    let document = document();
    let focused = document.active_element();
    let area: HtmlTextAreaElement = document.create_element("textarea").ok()?.unchecked_into();
    area.set_class_name("vh");
    area.set_value(text);
    document.body()?.append_child(&area).ok()?;
    area.select();
    let is_copied = document.unchecked_ref::<CopyingDocument>().exec_command("copy").ok();
    area.remove();
    if let Some(focused) = focused {
        let _ = focused.unchecked_into::<HtmlElement>().focus();
    }
    is_copied
}
