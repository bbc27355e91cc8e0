//! What the widget uses of the browser, and the page around the frame.

pub(crate) mod api_client;
pub(crate) mod browser;
pub(crate) mod clipboard;
pub(crate) mod event_stream;
pub(crate) mod frame_host;
pub(crate) mod json;
pub(crate) mod tab_lock;
