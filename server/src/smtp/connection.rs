//! A connection to a mail server, used for one mail after the other.

use crate::security::ip_policy::is_public;
use crate::smtp::retry::DeliveryError;
use crate::smtp::server_config::{MailServer, Security};
use lettre::Message;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::{Category, Code, Detail, Severity};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

/// How much of a server's reply is kept.
const REPLY_MAX_CHARS: usize = 400;

pub(crate) struct SmtpConnector {
    /// The host of our public URL, sent with EHLO.
    pub name: String,
    /// For connecting, and for each mail.
    pub timeout: Duration,
}

pub(crate) struct SmtpConnection {
    connection: AsyncSmtpConnection,
    timeout: Duration,
}

impl SmtpConnector {
    /// Also authenticates.
    ///
    /// # Errors
    /// [`DeliveryError::Server`] with the server's reply, or with why there is none.
    pub(crate) async fn connect(&self, server: &MailServer) -> Result<SmtpConnection, DeliveryError> {
        let connection = tokio::time::timeout(self.timeout, self.open(server)).await;
        let connection = connection.unwrap_or_else(|_| Err(self.timeout_error(server)))?;
        Ok(SmtpConnection { connection, timeout: self.timeout })
    }

    async fn open(&self, server: &MailServer) -> Result<AsyncSmtpConnection, DeliveryError> {
        let address = resolve(server).await?;
        let name = match self.name.parse::<IpAddr>() {
            Ok(IpAddr::V4(address)) => ClientId::Ipv4(address),
            Ok(IpAddr::V6(address)) => ClientId::Ipv6(address),
            Err(_) => ClientId::Domain(self.name.clone()),
        };
        let server_error = |error: Error| DeliveryError::Server(describe_error(&error));
        let tls = || TlsParameters::new_rustls(server.host.clone()).map_err(server_error);
        let wrapped = match server.security {
            Security::Tls => Some(tls()?),
            Security::Starttls | Security::None => None,
        };
        let opened = AsyncSmtpConnection::connect_tokio1(address, Some(self.timeout), &name, wrapped, None);
        let mut connection = opened.await.map_err(server_error)?;
        if server.security == Security::Starttls {
            if !connection.can_starttls() {
                return Err(DeliveryError::Server(format!(
                    "{} does not offer STARTTLS, so nothing was sent: it would have been readable on the way",
                    server.shown()
                )));
            }
            connection.starttls(tls()?, &name).await.map_err(server_error)?;
        }
        if let Some((user, password)) = &server.sign_in {
            let credentials = Credentials::new(user.clone(), password.clone());
            connection
                .auth(&[Mechanism::Plain, Mechanism::Login], &credentials)
                .await
                .map_err(server_error)?;
        }
        Ok(connection)
    }

    fn timeout_error(&self, server: &MailServer) -> DeliveryError {
        DeliveryError::Server(format!(
            "{} did not answer within {} s",
            server.shown(),
            self.timeout.as_secs()
        ))
    }
}

impl SmtpConnection {
    /// Returns the server's reply. After an error the connection is unusable.
    pub(crate) async fn send(
        &mut self,
        mail: &Message,
        server: &MailServer,
    ) -> Result<String, DeliveryError> {
        let content = mail.formatted();
        let sending = self.connection.send(mail.envelope(), &content);
        match tokio::time::timeout(self.timeout, sending).await {
            Ok(Ok(response)) => {
                let words: Vec<&str> = response.message().collect();
                Ok(cut(&format!("{} {}", response.code(), words.join(" "))))
            }
            Ok(Err(error)) => Err(classify(&error)),
            Err(_) => Err(DeliveryError::Server(format!(
                "{} did not take the mail within {} s",
                server.shown(),
                self.timeout.as_secs()
            ))),
        }
    }

    pub(crate) async fn quit(mut self) {
        // A server that does not reply to QUIT has received it all the same.
        let _ = tokio::time::timeout(self.timeout, self.connection.quit()).await;
    }
}

/// Resolved once, and connected to that address: a name that is resolved again may lead elsewhere.
async fn resolve(server: &MailServer) -> Result<SocketAddr, DeliveryError> {
    let addresses = tokio::net::lookup_host((server.host.as_str(), server.port)).await;
    let mut addresses = addresses
        .map_err(|_| DeliveryError::Server(format!("there is no machine called {}", server.host)))?;
    addresses.find(|address| server.may_be_private || is_public(address.ip())).ok_or_else(|| {
        DeliveryError::Server(format!(
            "{} is in a private network; only whoever runs this server may send through it (TABLESIDE_SMTP_PRIVATE)",
            server.host
        ))
    })
}

/// Whether the server, the mail or the moment is to blame.
fn classify(error: &Error) -> DeliveryError {
    let text = describe_error(error);
    match error.status() {
        // "Closing the channel" and "authentication required" are not about this mail. Source: RFC 5321, section
        // 4.2.2, and RFC 4954, section 6.
        Some(code) if code == CLOSING || code == SIGN_IN_FIRST => DeliveryError::Server(text),
        Some(code) if code.severity == Severity::TransientNegativeCompletion => {
            DeliveryError::Temporary(text)
        }
        Some(_) => DeliveryError::Permanent(text),
        // The client found that this server cannot take this mail, such as one to an address outside of ASCII.
        None if error.is_client() => DeliveryError::Permanent(text),
        None => DeliveryError::Server(text),
    }
}

const CLOSING: Code = Code {
    severity: Severity::TransientNegativeCompletion,
    category: Category::Connections,
    detail: Detail::One,
};
const SIGN_IN_FIRST: Code = Code {
    severity: Severity::PermanentNegativeCompletion,
    category: Category::Unspecified3,
    detail: Detail::Zero,
};

/// The server's reply, or what went wrong before it.
fn describe_error(error: &Error) -> String {
    let mut causes = Vec::new();
    let mut cause = std::error::Error::source(error);
    while let Some(one) = cause {
        let words = one.to_string();
        // Many causes repeat the one below them.
        if !causes.iter().any(|c: &String| c.contains(&words)) {
            causes.push(words);
        }
        cause = one.source();
    }
    let causes = causes.join(": ");
    let text = match error.status() {
        Some(code) => format!("{code} {causes}"),
        None if causes.is_empty() => error.to_string(),
        None => causes,
    };
    cut(&text)
}

/// One line without control characters.
fn cut(text: &str) -> String {
    shared::text::cut(text, REPLY_MAX_CHARS)
}
