//! News of the visitor's conversations: one stream, as long as the page is in sight.
//!
//! The stream says `data: new` or `: still here`. Where no stream gets through, each failed attempt counts as news, so that
//! the widget asks now and then.

use super::json::get;
use super::{api_client, browser};
use crate::dom::on_event;
use js_sys::Uint8Array;
use leptos::prelude::{document, window};
use std::cell::{Cell, RefCell};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{AbortSignal, Event, ReadableStreamDefaultReader};

/// The wait before the next attempt, if no stream got through.
const RETRY_MS: u64 = 20_000;
/// The wait before the next stream, after one that brought something.
const RECONNECT_MS: u64 = 2_000;

#[wasm_bindgen]
extern "C" {
    #[derive(Clone)]
    type AbortController;

    #[wasm_bindgen(constructor)]
    fn new() -> AbortController;
    #[wasm_bindgen(method, getter)]
    fn signal(this: &AbortController) -> AbortSignal;
    #[wasm_bindgen(method)]
    fn abort(this: &AbortController);
}

/// The stream of the page.
pub(crate) struct EventStream {
    /// The body of the request; empty if there is nothing to listen for.
    body: RefCell<String>,
    current: RefCell<Option<AbortController>>,
    /// Counts attempts, so that a stream or a timer knows whether a later one has taken its place.
    attempt: Cell<u32>,
    on_news: fn(),
}

impl EventStream {
    pub(crate) const fn new(on_news: fn()) -> Self {
        Self {
            body: RefCell::new(String::new()),
            current: RefCell::new(None),
            attempt: Cell::new(0),
            on_news,
        }
    }

    /// Opens and closes the stream with the page from now on.
    pub(crate) fn follow_page(&'static self) {
        on_event(&document(), "visibilitychange", Box::new(|_| self.open()));
        // A page with an open stream is not kept for the visitor's way back.
        on_event(&window(), "pagehide", Box::new(|_| self.abort()));
        let on_pageshow = |event: Event| {
            if get(&event, "persisted").is_truthy() {
                self.open();
            }
        };
        on_event(&window(), "pageshow", Box::new(on_pageshow));
    }

    /// Listens with this request body; with an empty one it stops.
    pub(crate) fn listen(&'static self, body: String) {
        self.body.replace(body);
        self.open();
    }

    fn abort(&self) {
        if let Some(current) = self.current.take() {
            current.abort();
        }
    }

    fn open(&'static self) {
        let attempt = self.attempt.get() + 1;
        self.attempt.set(attempt);
        self.abort();
        if self.body.borrow().is_empty() || document().hidden() {
            return;
        }
        let controller = AbortController::new();
        self.current.replace(Some(controller.clone()));
        spawn_local(async move {
            let got_through = self.read(&controller).await.is_some();
            if self.attempt.get() != attempt || controller.signal().aborted() {
                return;
            }
            if !got_through {
                (self.on_news)();
            }
            let wait_ms = if got_through { RECONNECT_MS } else { RETRY_MS };
            let wait_ms = wait_ms + wait_ms * u64::from(browser::random_byte()) / 255;
            browser::run_after(
                wait_ms,
                Box::new(move || {
                    if self.attempt.get() == attempt {
                        self.open();
                    }
                }),
            );
        });
    }

    /// Reads a stream to its end; `None` if nothing came.
    async fn read(&self, controller: &AbortController) -> Option<()> {
        let body = self.body.borrow().clone();
        let signal = controller.signal();
        let response = api_client::fetch("POST", "/v1/conversations/news", &body, false, &signal).await?;
        let stream = response.body().filter(|_| response.ok())?;
        let reader: ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
        let mut got_through = None;
        while let Ok(part) = JsFuture::from(reader.read()).await {
            if get(&part, "done").is_truthy() {
                break;
            }
            // Of the two lines only `data: new` has a d in it.
            if get(&part, "value").unchecked_into::<Uint8Array>().to_vec().contains(&b'd') {
                (self.on_news)();
            }
            got_through = Some(());
        }
        got_through
    }
}
