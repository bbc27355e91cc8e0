//! Changes the screen of a conversation in place, so that what the visitor is writing stays.

use crate::dom;
use crate::state::widget;
use crate::view::{self, conversation};
use shared::words::{Word, fill};

/// Draws again what was said, and leaves the field alone in which the visitor writes.
pub(crate) fn redraw(has_news: bool) {
    conversation::body().replace("talk");
    if has_news {
        scroll();
    }
    let state = widget().state.borrow();
    let last = state.conversations.current.as_ref().and_then(|current| current.messages.last());
    if let Some(last) = last.filter(|last| has_news && !last.mine) {
        let replied = fill(view::text(Word::Answered), "name", &last.person);
        dom::set_live_text(Some(&[replied.as_str(), ": ", &last.words].concat()));
    }
}

/// Scrolls to the question if one is asked, and else to the field for a message.
pub(crate) fn scroll() {
    let (selector, is_top) = if conversation::asks_verdict() { ("#ask", true) } else { ("#composer", false) };
    if let Some(element) = dom::query(selector) {
        element.scroll_into_view_with_bool(is_top);
    }
}
