//! What the collector promises over HTTP and on the command line; each test starts the real program.

mod board;
mod command_line;
mod conversation;
mod doors;
mod export;
mod files;
mod framing;
mod headers;
mod history;
mod hostile_bodies;
mod inbox;
mod limits;
mod mail;
mod mail_to_visitors;
mod matrix;
mod people;
mod plain_form;
mod privacy;
mod promise;
mod responses;
mod settings;
mod summary;
mod weekly;
mod wire_fields;
