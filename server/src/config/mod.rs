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
use std::net::SocketAddr;

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

/// The address that visitors reach the collector under: https, or http on this machine; a host of its own, without a path.
///
/// # Errors
/// A sentence that says what cannot be part of it.
pub fn parse_public_url(text: &str) -> Result<String, String> {
    let text = text.trim();
    let refuse = |why: &str| Err(format!("{text:?} cannot be the public address: {why}"));
    let Some((scheme, rest)) = text.split_once("://") else {
        return refuse("it begins with https://, such as https://feedback.shop.example");
    };
    let authority = rest.strip_suffix('/').unwrap_or(rest);
    if authority.contains(['/', '?', '#']) {
        return refuse(
            "the collector needs a host name of its own, such as https://feedback.shop.example, without a path",
        );
    }
    if authority.contains('@') {
        return refuse("a user name or a password cannot be part of it");
    }
    match OriginRule::parse(text) {
        Ok(rule) if !rule.as_str().contains('*') => Ok(rule.as_str().to_owned()),
        Ok(_) => refuse("it names one host, such as https://feedback.shop.example"),
        Err(_) if scheme.eq_ignore_ascii_case("http") => refuse(
            "browsers need https for it, unless the host is localhost; a proxy in front can provide https",
        ),
        Err(_) => refuse("it looks like https://feedback.shop.example"),
    }
}

/// The public address of a collector that was started with these options.
///
/// # Errors
/// As [`parse_public_url`]; where it listens on every address of the machine, none of them can stand in a link.
pub fn public_url(given: Option<&str>, listen: &str) -> Result<String, String> {
    if let Some(url) = given.filter(|url| !url.trim().is_empty()) {
        return parse_public_url(url);
    }
    if listen.parse::<SocketAddr>().is_ok_and(|address| address.ip().is_unspecified()) {
        return Err(format!(
            "--listen {listen} is every address of this machine, and links need one: name the address visitors use, by \
             --public-url https://feedback.shop.example or TABLESIDE_PUBLIC_URL"
        ));
    }
    Ok(format!("http://{listen}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_address_is_taken_whole_or_refused_with_a_reason() {
        for (text, url) in [
            ("https://feedback.shop.example", "https://feedback.shop.example"),
            (" https://Feedback.Shop.example/ ", "https://feedback.shop.example"),
            ("https://feedback.shop.example:8443", "https://feedback.shop.example:8443"),
            ("https://feedback.müller.example", "https://feedback.xn--mller-kva.example"),
            ("http://localhost:8080", "http://localhost:8080"),
        ] {
            assert_eq!(parse_public_url(text).as_deref(), Ok(url), "{text}");
        }
        for (text, why) in [
            ("https://shop.example/feedback", "host name of its own"),
            ("https://shop.example/feedback/", "host name of its own"),
            ("https://shop.example?shop=1", "host name of its own"),
            ("https://shop.example#top", "host name of its own"),
            ("https://anna:secret@shop.example", "user name"),
            ("https://*.shop.example", "one host"),
            ("http://192.168.1.20:8651", "https"),
            ("http://shop.example", "https"),
            ("feedback.shop.example", "begins with https://"),
            ("https://", "looks like"),
        ] {
            let refused = parse_public_url(text).expect_err(text);
            assert!(refused.contains(why), "{text}: {refused}");
        }
    }

    #[test]
    fn every_address_of_the_machine_needs_a_public_one() {
        for listen in ["0.0.0.0:8080", "[::]:8080"] {
            assert!(public_url(None, listen).is_err_and(|why| why.contains("--public-url")), "{listen}");
            assert!(public_url(Some(""), listen).is_err(), "{listen}");
        }
        assert_eq!(public_url(Some(""), "127.0.0.1:8080").as_deref(), Ok("http://127.0.0.1:8080"));
        assert_eq!(
            public_url(Some("https://feedback.shop.example"), "0.0.0.0:8080").as_deref(),
            Ok("https://feedback.shop.example")
        );
    }
}
