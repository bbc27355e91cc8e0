//! Options about mail.

use crate::smtp::MailConfig;
use crate::smtp::secret_box::{KEY_MIN_CHARS, SecretBox};
use crate::smtp::server_config::MailServer;
use clap::Args;
use shared::email::Email;
use std::time::Duration;

/// How mail goes out.
#[derive(Debug, Clone, Args)]
pub struct MailArgs {
    /// The mail server for all shops that have none of their own, such as smtps://name:password@smtp.example.org (or
    /// smtp://host for STARTTLS, smtp://host?tls=none for one on this machine).
    #[arg(long, env = "TABLESIDE_SMTP_URL", hide_env_values = true, value_name = "URL")]
    pub smtp_url: Option<String>,
    /// Whom those mails are from, such as feedback@shop.example.
    #[arg(long, env = "TABLESIDE_MAIL_FROM", value_name = "EMAIL", requires = "smtp_url")]
    pub mail_from: Option<String>,
    /// How long a mail server may take for one mail, in seconds.
    #[arg(long, env = "TABLESIDE_SMTP_TIMEOUT", default_value_t = 30, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=300))]
    pub smtp_timeout: u64,
    /// Let owners of shops name mail servers in private networks. Only where all of them may know what stands in yours.
    #[arg(long, env = "TABLESIDE_SMTP_PRIVATE")]
    pub smtp_private: bool,
    /// The key that passwords of shops' mail servers are sealed with: 22 random characters or more, the same for every
    /// collector [default with SQLite: a file beside the database].
    #[arg(long, env = "TABLESIDE_KEY", hide_env_values = true, value_name = "TEXT")]
    pub key: Option<String>,
}

impl MailArgs {
    /// The collector's own mail server, for shops without one.
    pub fn mail_config(&self, database: &str) -> Result<MailConfig, String> {
        let server = match (&self.smtp_url, &self.mail_from) {
            (None, _) => None,
            (Some(_), None) => {
                return Err("mail needs a sender: TABLESIDE_MAIL_FROM=feedback@shop.example".to_owned());
            }
            (Some(url), Some(from)) => {
                let from = Email::parse(from).map_err(|_| format!("{from:?} is not an e-mail address"))?;
                Some(MailServer::parse(url, from)?)
            }
        };
        if self.key.as_ref().is_some_and(|key| key.trim().chars().count() < KEY_MIN_CHARS) {
            return Err(format!("TABLESIDE_KEY has at least {KEY_MIN_CHARS} characters"));
        }
        Ok(MailConfig {
            server,
            secret_box: SecretBox::of(self.key.as_deref(), database),
            shops_may_be_private: self.smtp_private,
            timeout: Duration::from_secs(self.smtp_timeout),
        })
    }
}
