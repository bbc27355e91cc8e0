//! The configuration of a mail server.

use percent_encoding::percent_decode_str;
use shared::email::Email;
use shared::string_enum;

string_enum! {
    /// How the connection is encrypted, the best way first.
    Security {
        /// Encrypted from the first byte (RFC 8314).
        Tls = "tls",
        /// Refuses a server that does not offer it (RFC 3207).
        Starttls = "starttls",
        /// Not encrypted: for a server on the same machine or in the same network.
        None = "none",
    }
}

impl Security {
    /// Source: IANA, `submissions` and `submission`.
    pub fn port(self) -> u16 {
        match self {
            Self::Tls => 465,
            Self::Starttls => 587,
            Self::None => 25,
        }
    }
}

#[derive(Clone, PartialEq, Eq)]
pub struct MailServer {
    pub host: String,
    pub port: u16,
    pub security: Security,
    /// User name and password.
    pub sign_in: Option<(String, String)>,
    pub from: Email,
    /// `None` for the same address.
    pub reply_to: Option<Email>,
    /// Whether it may be in a private network: true for the operator's server, for those of shops only if the
    /// operator allows it.
    pub may_be_private: bool,
}

impl MailServer {
    /// Parses `smtps://NAME:PASSWORD@HOST`, `smtp://HOST:587` (with STARTTLS), or `smtp://HOST?tls=none`. Name and
    /// password are percent-encoded. The error never holds the password.
    pub fn parse(url: &str, from: Email) -> Result<Self, String> {
        let wrong = "TABLESIDE_SMTP_URL looks like smtps://name:password@smtp.example.org, or smtp://host:587 for STARTTLS";
        let (scheme, rest) = url.trim().split_once("://").ok_or(wrong)?;
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let security = match (scheme, query) {
            ("smtps", "") => Security::Tls,
            ("smtp", "" | "tls=required") => Security::Starttls,
            ("smtp", "tls=none") => Security::None,
            _ => return Err(wrong.to_owned()),
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (sign_in, place) = match rest.rsplit_once('@') {
            Some((sign_in, place)) => {
                let (name, password) = sign_in.split_once(':').unwrap_or((sign_in, ""));
                (Some((decoded(name).ok_or(wrong)?, decoded(password).ok_or(wrong)?)), place)
            }
            None => (None, rest),
        };
        let (host, port) = match place.rsplit_once(':') {
            // The colons of an IPv6 address stand in brackets.
            Some((host, port)) if !port.ends_with(']') => (host, port.parse().map_err(|_| wrong)?),
            _ => (place, security.port()),
        };
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let host = host_name(host).ok_or(wrong)?;
        Ok(Self { host, port, security, sign_in, from, reply_to: None, may_be_private: true })
    }

    /// `smtp.example.org:587`.
    pub fn shown(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }
}

/// A host name or IP address in lower case; `None` if the text is neither.
pub fn host_name(text: &str) -> Option<String> {
    let text = text.trim().trim_end_matches('.');
    let is_address = text.parse::<std::net::IpAddr>().is_ok();
    let is_name = (1..=253).contains(&text.len())
        && text.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        });
    (is_address || is_name).then(|| text.to_ascii_lowercase())
}

/// Percent-decodes. A `%` without two digits means that the password was not encoded, and is refused; the library
/// would leave it as it is.
fn decoded(text: &str) -> Option<String> {
    let is_encoded = |rest: &str| rest.len() >= 2 && rest.bytes().take(2).all(|b| b.is_ascii_hexdigit());
    let decoded = percent_decode_str(text).decode_utf8().ok()?;
    text.split('%').skip(1).all(is_encoded).then(|| decoded.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(url: &str) -> Result<MailServer, String> {
        MailServer::parse(url, Email::parse("anna@shop.example").unwrap())
    }

    #[test]
    fn addresses_that_operators_type_say_where_and_how_privately() {
        for (url, host, port, security) in [
            ("smtps://smtp.example.org", "smtp.example.org", 465, Security::Tls),
            ("smtp://smtp.example.org", "smtp.example.org", 587, Security::Starttls),
            ("smtp://smtp.example.org:2525/", "smtp.example.org", 2525, Security::Starttls),
            ("smtp://127.0.0.1:1025?tls=none", "127.0.0.1", 1025, Security::None),
            ("smtp://[::1]:1025?tls=none", "::1", 1025, Security::None),
            ("smtp://relay?tls=none", "relay", 25, Security::None),
        ] {
            let server = parsed(url).unwrap();
            assert_eq!((server.host.as_str(), server.port, server.security), (host, port, security), "{url}");
        }
        let server = parsed("smtps://anna%40shop.example:p%3Aw%2f@smtp.example.org:466").unwrap();
        assert_eq!(server.sign_in, Some(("anna@shop.example".to_owned(), "p:w/".to_owned())));
        assert_eq!(server.shown(), "smtp.example.org:466");
    }

    #[test]
    fn what_is_no_address_is_refused_without_telling_the_password() {
        for url in [
            "",
            "smtp.example.org",
            "http://smtp.example.org",
            "smtp://",
            "smtp://a b",
            "smtp://x\r\ny",
            "smtp://host:port",
            "smtp://host?tls=maybe",
            "smtps://n:hunter2%@host",
            "smtps://n:hunter2%+1@host",
            "smtps://n:hunter2%ff@host",
            "smtps://n:hunter2@-host",
        ] {
            let sentence = parsed(url).err().unwrap_or_else(|| panic!("{url} was taken"));
            assert!(!sentence.contains("hunter2"), "{sentence}");
        }
    }
}
