//! What visitors and the widget call. Nothing here identifies a visitor: the secret of a response is the only credential.

pub mod check_ins;
pub mod conversation_page;
pub mod conversations;
pub mod loader;
pub mod plain_form;
pub mod responses;
pub mod static_files;
pub mod tag_sightings;
pub(crate) mod thanks_page;
pub mod unsubscribe;
pub mod unsubscribe_weekly;
pub mod widget_page;
pub(crate) mod widget_setup;
