//! What the widget may call: the loader, the frame's page, the door for responses, and that to conversations.
//!
//! Nothing here knows who a visitor is; whoever has a response's secret may complete it, and talk about it.

pub mod check_ins;
pub mod conversation_page;
pub mod conversations;
pub mod loader;
pub mod responses;
pub mod static_files;
pub mod tag_sightings;
pub mod unsubscribe;
pub mod unsubscribe_weekly;
pub mod widget_page;
