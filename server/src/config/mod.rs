//! Options that several commands share.

#![expect(rustdoc::bare_urls, reason = "clap prints what is said of an option as it stands")]

pub mod log_format;
pub mod mail;

use crate::config::log_format::LogFormat;
use crate::config::mail::MailArgs;
use crate::domain::allowed_origin::OriginRule;
use crate::limits::Quotas;
use crate::limits::client_ip::Proxies;
use clap::Args;

/// Where everything is kept.
#[derive(Debug, Clone, Args)]
pub struct DatabaseArgs {
    /// The database: a file of its own, or a PostgreSQL server.
    #[arg(
        long,
        env = "TABLESIDE_DATABASE",
        default_value = "sqlite://tableside.db",
        value_name = "ADDRESS",
        hide_env_values = true
    )]
    pub database: String,
}

/// How the collector is reached.
#[derive(Debug, Clone, Args)]
pub struct ServeArgs {
    /// The address and port to listen on.
    #[arg(long, env = "TABLESIDE_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDRESS:PORT")]
    pub listen: String,
    /// The address visitors reach us under, such as https://feedback.shop.example [default: http://LISTEN].
    #[arg(long, env = "TABLESIDE_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<String>,
    /// The database.
    #[command(flatten)]
    pub database: DatabaseArgs,
    /// Proxies in front of us whose X-Forwarded-For counts: addresses or networks, separated by commas.
    #[arg(
        long,
        env = "TABLESIDE_TRUSTED_PROXY",
        default_value = "",
        value_name = "ADDRESSES",
        hide_default_value = true
    )]
    pub trusted_proxy: Proxies,
    /// Requests with a response that one address may send a minute.
    #[arg(long, env = "TABLESIDE_RATE_PER_ADDRESS", default_value_t = Quotas::default().per_address, value_name = "NUMBER")]
    pub rate_per_address: u32,
    /// Requests with a response that one shop may get a minute.
    #[arg(long, env = "TABLESIDE_RATE_PER_SHOP", default_value_t = Quotas::default().per_shop, value_name = "NUMBER")]
    pub rate_per_shop: u32,
    /// Attempts to sign in that one address may make a minute.
    #[arg(long, env = "TABLESIDE_RATE_SIGN_INS", default_value_t = Quotas::default().sign_ins, value_name = "NUMBER")]
    pub rate_sign_ins: u32,
    /// Mail.
    #[command(flatten)]
    pub mail: MailArgs,
    /// The address and port for Prometheus; without it there are no metrics.
    #[arg(long, env = "TABLESIDE_METRICS_LISTEN", value_name = "ADDRESS:PORT")]
    pub metrics_listen: Option<String>,
    /// How to write the log: for people, or one JSON object a line.
    #[arg(long, env = "TABLESIDE_LOG", default_value = "pretty", value_name = "pretty|json")]
    pub log: LogFormat,
}

/// How the demo is reached.
#[derive(Debug, Clone, Args)]
pub struct DemoArgs {
    /// The collector.
    #[command(flatten)]
    pub serve: ServeArgs,
    /// The address and port of the demo shop, a site of its own.
    #[arg(
        long,
        env = "TABLESIDE_SHOP_LISTEN",
        default_value = "127.0.0.1:8081",
        value_name = "ADDRESS:PORT"
    )]
    pub shop_listen: String,
}

/// Accepts https, or http on this machine, without a path.
pub fn parse_public_url(text: &str) -> Result<String, String> {
    let rule = OriginRule::parse(text).ok().filter(|rule| !rule.as_str().contains('*'));
    rule.map(|rule| rule.as_str().to_owned()).ok_or_else(|| {
        format!("{text:?} cannot be the public address; it looks like https://feedback.shop.example")
    })
}
