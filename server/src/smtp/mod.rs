//! SMTP: through which server a shop's mail goes, the connection to it, and when a delivery is retried.
//!
//! A mail begins as a row that is written with its cause (`db/outbox.rs`); `tasks/mail_delivery.rs` claims it and
//! `notifications/` composes it. Mail is only sent; replies come in through the pages behind its links.

pub(crate) mod connection;
pub(crate) mod retry;
pub mod secret_box;
pub mod server_config;

use crate::db::mail_servers;
use crate::db::mail_servers::MailServerRow;
use crate::db::{Db, DbError};
use crate::smtp::secret_box::SecretBox;
use crate::smtp::server_config::{MailServer, Security};
use shared::email::Email;
use shared::ids::ShopKey;
use std::time::Duration;

#[derive(Clone, Default)]
pub struct MailConfig {
    /// For shops that have no server of their own.
    pub server: Option<MailServer>,
    /// Encrypts the passwords of shops' servers.
    pub secret_box: SecretBox,
    /// Whether the servers of shops may be in private networks.
    pub shops_may_be_private: bool,
    /// How long a server may take for one mail.
    pub timeout: Duration,
}

#[derive(Clone)]
pub enum MailRoute {
    Through(MailServer),
    /// No server is configured.
    NotConfigured,
    /// The server's password can no longer be decrypted.
    PasswordUnreadable,
}

impl MailConfig {
    pub async fn route(&self, db: &Db, shop: &ShopKey) -> Result<MailRoute, DbError> {
        match mail_servers::find(db, shop).await? {
            Some(row) => {
                Ok(self.own_server(shop, &row).map_or(MailRoute::PasswordUnreadable, MailRoute::Through))
            }
            None => Ok(self.server.clone().map_or(MailRoute::NotConfigured, MailRoute::Through)),
        }
    }

    fn own_server(&self, shop: &ShopKey, row: &MailServerRow) -> Option<MailServer> {
        let sign_in = match (row.user_name.as_str(), row.password_sealed.as_str()) {
            ("", _) => None,
            (user, "") => Some((user.to_owned(), String::new())),
            (user, sealed) => Some((user.to_owned(), self.secret_box.open(&purpose(shop), sealed).ok()?)),
        };
        Some(MailServer {
            host: row.host.clone(),
            port: u16::try_from(row.port).ok()?,
            security: Security::named(&row.security)?,
            sign_in,
            from: Email::parse(&row.from_address).ok()?,
            reply_to: Email::parse(&row.reply_to).ok(),
            may_be_private: self.shops_may_be_private,
        })
    }
}

impl MailConfig {
    pub(crate) fn smtp_connector(&self, public_url: &str) -> connection::SmtpConnector {
        connection::SmtpConnector { name: host_of(public_url).to_owned(), timeout: self.timeout }
    }
}

pub(crate) fn host_of(public_url: &str) -> &str {
    let place = public_url.split_once("://").map_or(public_url, |(_, place)| place);
    let end = if place.starts_with('[') { place.find(']').map(|end| end + 1) } else { place.find(':') };
    let host = place.get(..end.unwrap_or(place.len())).unwrap_or(place);
    host.trim_start_matches('[').trim_end_matches(']')
}

/// The purpose that binds a sealed password to its shop.
pub fn purpose(shop: &ShopKey) -> String {
    ["mail server of ", shop.as_str()].concat()
}
