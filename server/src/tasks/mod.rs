//! What runs by itself, beside the requests.

pub mod conversation_scheduler;
pub(crate) mod mail_delivery;
pub mod postgres_analyze;
pub(crate) mod weekly_mail;
