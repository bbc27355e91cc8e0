//! What the collector promises over HTTP and on the command line; each test starts the real program.

mod auth;
mod command_line;
mod conversation;
mod demo_data;
mod export;
mod headers;
mod hostile_bodies;
mod http_framing;
mod inbox;
mod mail;
mod mail_to_visitors;
mod matrix;
mod people;
mod plain_form;
mod privacy;
mod rate_limits;
mod reply_promise;
mod responses;
mod settings;
mod shared_report;
mod static_files;
mod summary;
mod weekly_mail;
mod wire_fields;
