//! What the widget uses of the browser, and the page around the frame.

pub(crate) mod api_client;
pub(crate) mod browser;
pub(crate) mod frame_host;
pub(crate) mod json;
