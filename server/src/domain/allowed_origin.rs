//! Origins on which a shop's tag may run.

use shared::refusal::{Code, Refusal};

/// One origin, or all subdomains of a domain: `https://shop.example`, `https://*.shop.example`,
/// `http://localhost:3000`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OriginRule(String);

impl OriginRule {
    /// Parses what an owner typed; a path or a trailing slash is dropped.
    ///
    /// `http` is accepted for the local machine only (`localhost`, `*.localhost`, `127.0.0.1`): other pages over it
    /// can be read and changed on the way.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let wrong = Refusal::of("origin", Code::OriginLooksWrong);
        let text = text.trim().to_lowercase();
        let (scheme, rest) = text.split_once("://").unwrap_or(("https", text.as_str()));
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) => (host, Some(port.parse::<u16>().map_err(|_| wrong)?)),
            None => (authority, None),
        };
        // An address bar shows `müller.example` and sends `xn--mller-kva.example`.
        let host = &ascii_host(host).ok_or(wrong)?;
        let bare = host.strip_prefix("*.").unwrap_or(host);
        let label = |l: &str| {
            (1..=63).contains(&l.len())
                && l.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
                && !l.starts_with('-')
                && !l.ends_with('-')
        };
        let local = bare == "localhost" || bare.ends_with(".localhost") || bare == "127.0.0.1";
        let fine = bare.len() <= 253 && bare.split('.').all(label) && (local || bare.contains('.'));
        if !fine || !(scheme == "https" || scheme == "http" && local) {
            return Err(wrong);
        }
        let default_port = if scheme == "https" { 443 } else { 80 };
        Ok(Self(match port {
            Some(port) if port != default_port => format!("{scheme}://{host}:{port}"),
            _ => format!("{scheme}://{host}"),
        }))
    }

    /// As a browser writes an origin, or with `*.` before the domain.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A regular expression for the loader that matches the origins allowed by any of these rules.
    pub fn regex<'a>(rules: impl IntoIterator<Item = &'a Self>) -> String {
        // The browser itself writes the origin that is tested, so `*` can only match labels of a host.
        let one = |rule: &Self| rule.0.replace('.', "\\.").replace('*', ".+");
        let all: Vec<String> = rules.into_iter().map(one).collect();
        format!("^({})$", all.join("|"))
    }

    /// `origin` is in the form a browser sends.
    pub fn allows(&self, origin: &str) -> bool {
        match self.0.split_once("*.") {
            None => self.0 == origin,
            // `*.` stands for one or more whole labels, so `evilshop.example` is not below `shop.example`.
            Some((scheme, domain)) => origin
                .strip_prefix(scheme)
                .and_then(|rest| rest.strip_suffix(domain))
                .and_then(|labels| labels.strip_suffix('.'))
                .is_some_and(|labels| {
                    labels.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-.".contains(&b))
                        && labels.split('.').all(|l| !l.is_empty())
                }),
        }
    }
}

/// The host in the form that browsers send. Source: UTS #46.
fn ascii_host(host: &str) -> Option<String> {
    if host.is_ascii() {
        return Some(host.to_owned());
    }
    let (stars, bare) = host.strip_prefix("*.").map_or(("", host), |bare| ("*.", bare));
    Some([stars, &idna::domain_to_ascii(bare).ok()?].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_owner_may_type() {
        for (typed, kept) in [
            ("https://shop.example", "https://shop.example"),
            (" Shop.Example/ ", "https://shop.example"),
            ("https://shop.example:443/basket?x", "https://shop.example"),
            ("https://shop.example:8443", "https://shop.example:8443"),
            ("https://*.shop.example", "https://*.shop.example"),
            ("https://Müller.example", "https://xn--mller-kva.example"),
            ("https://*.müller.example", "https://*.xn--mller-kva.example"),
            ("http://localhost:3000", "http://localhost:3000"),
            ("http://kiln.localhost:8081", "http://kiln.localhost:8081"),
            ("http://127.0.0.1:8081", "http://127.0.0.1:8081"),
        ] {
            assert_eq!(OriginRule::parse(typed).map(|o| o.0), Ok(kept.to_owned()), "{typed}");
        }
        for wrong in [
            "",
            "*",
            "https://*",
            "https://*.",
            "shop",
            "null",
            "http://shop.example",
            "ftp://shop.example",
            "https://sh op.example",
            "https://shop.example;x",
            "https://user@shop.example",
            "https://shop..example",
            "https://shop.example:99999",
            "https://*.*.example",
            "https://[::1]",
            "https://shop.example'",
        ] {
            assert!(OriginRule::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn pages_get_one_expression_for_all_rules() {
        let rules = ["https://shop.example", "https://*.shop.example", "http://localhost:3000"];
        let rules: Vec<OriginRule> = rules.iter().map(|r| OriginRule::parse(r).unwrap()).collect();
        assert_eq!(
            OriginRule::regex(&rules),
            r"^(https://shop\.example|https://.+\.shop\.example|http://localhost:3000)$"
        );
        assert_eq!(OriginRule::regex(&[]), "^()$", "fits no origin");
    }

    #[test]
    fn only_the_shop_itself_falls_under_its_rule() {
        let one = OriginRule::parse("https://shop.example").unwrap();
        let all = OriginRule::parse("https://*.shop.example").unwrap();
        for (origin, by_one, by_all) in [
            ("https://shop.example", true, false),
            ("https://www.shop.example", false, true),
            ("https://a.b.shop.example", false, true),
            ("https://evilshop.example", false, false),
            ("https://shop.example.evil.com", false, false),
            ("https://evil.com/.shop.example", false, false),
            ("https://.shop.example", false, false),
            ("http://shop.example", false, false),
            ("http://www.shop.example", false, false),
            ("https://shop.example:8443", false, false),
            ("https://shop.example.", false, false),
            ("HTTPS://SHOP.EXAMPLE", false, false),
            ("null", false, false),
            ("", false, false),
        ] {
            assert_eq!((one.allows(origin), all.allows(origin)), (by_one, by_all), "{origin}");
        }
    }
}
