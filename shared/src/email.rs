//! An e-mail address for replies. It is where mail goes, and never identifies a visitor.

use crate::refusal::{Code, Refusal};

/// An e-mail address in the form `local@domain.tld`, as the visitor typed it, without white space around it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Email(String);

impl Email {
    /// Parses what a person typed.
    ///
    /// Refuses addresses that are incomplete, and is lenient otherwise: only delivery proves an address.
    /// Source: RFC 5321 §4.5.3.1 for the lengths (64 and 254).
    ///
    /// # Errors
    /// [`Code::EmailLooksWrong`].
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let text = text.trim();
        let wrong = Err(Refusal::of("email", Code::EmailLooksWrong));
        let Some((local, domain)) = text.rsplit_once('@') else { return wrong };
        let labels: Vec<&str> = domain.split('.').collect();
        let local_is_fine = !local.is_empty()
            && local.len() <= 64
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..")
            && !local.contains('@');
        let domain_is_fine = labels.len() >= 2
            && labels.iter().all(|l| {
                !l.is_empty()
                    && l.len() <= 63
                    && !l.starts_with('-')
                    && !l.ends_with('-')
                    && l.chars().all(|c| c.is_alphanumeric() || c == '-')
            })
            && labels
                .last()
                .is_some_and(|tld| tld.chars().count() >= 2 && !tld.chars().all(|c| c.is_ascii_digit()));
        let odd = |c: char| c.is_control() || c.is_whitespace() || "\"(),:;<>[\\]".contains(c);
        if text.len() > 254 || !local_is_fine || !domain_is_fine || text.contains(odd) {
            return wrong;
        }
        Ok(Self(text.to_owned()))
    }

    /// The address as typed.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_people_have_are_taken() {
        for ok in
            ["marta@posteo.example", "a.b+c@sub.shop.co.uk", " x@y.de ", "jörg@bücher.example", "o'neil@x.ie"]
        {
            assert!(Email::parse(ok).is_ok(), "{ok}");
        }
    }

    #[test]
    fn addresses_that_were_cut_off_or_could_hurt_a_mail_header_are_not() {
        for wrong in [
            "",
            "marta",
            "marta@",
            "@posteo.example",
            "marta@posteo",
            "marta@posteo.",
            "marta@.example",
            "a b@c.de",
            "a@b..de",
            "a..b@c.de",
            "a@b@c.de",
            "a@1.2.3.4",
            "a@-b.de",
            "<a@b.de>",
            "a@b.de\nBcc: c@d.de",
            "a,b@c.de",
        ] {
            assert!(Email::parse(wrong).is_err(), "{wrong}");
        }
        assert!(Email::parse(&format!("{}@shop.example", "a".repeat(65))).is_err());
    }
}
