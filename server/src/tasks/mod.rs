//! Background tasks; each runs until shutdown.

pub mod check_in_flush;
pub mod conversation_scheduler;
pub mod event_fanout;
pub(crate) mod mail_delivery;
pub mod metrics_server;
pub mod postgres_analyze;
pub(crate) mod weekly_mail;
