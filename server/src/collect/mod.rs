//! What the widget may call: the loader, the frame's page, the door for responses, and that to conversations.
//!
//! Nothing here knows who a visitor is; whoever has a response's secret may complete it, and talk about it.

pub mod body;
pub mod check_ins;
pub mod counted_names;
pub mod device;
pub mod files;
pub mod frame;
pub mod hosted;
pub mod known_shops;
pub mod loader;
pub mod response;
pub mod responses;
pub mod sightings;
pub mod talks;
