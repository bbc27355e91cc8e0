//! The fields of a form or a query, before they are parsed.
//!
//! An owner's page never answers a missing or a doubled field with an error page: a missing field is empty.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct FormFields(Vec<(String, String)>);

impl FormFields {
    /// Never fails. Source: WHATWG URL, `application/x-www-form-urlencoded`.
    pub fn parse(text: &[u8]) -> Self {
        form_urlencoded::parse(text).collect()
    }

    /// The first value, trimmed; empty if there is none.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(n, _)| n == name).map_or("", |(_, text)| text.trim())
    }

    /// The first value as it was sent; passwords keep their blanks.
    pub fn raw(&self, name: &str) -> &str {
        self.0.iter().find(|(n, _)| n == name).map_or("", |(_, text)| text.as_str())
    }

    /// Whether the field was sent, as of a ticked box.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(n, _)| n == name)
    }

    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(n, _)| n == name).map(|(_, text)| text.as_str())
    }
}

impl<N: Into<String>, T: Into<String>> FromIterator<(N, T)> for FormFields {
    fn from_iter<I: IntoIterator<Item = (N, T)>>(fields: I) -> Self {
        Self(fields.into_iter().map(|(name, text)| (name.into(), text.into())).collect())
    }
}

/// Everything but unreserved characters. Source: RFC 3986, section 2.3.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Percent-encodes a value for a query. A blank is `%20` and not `+`, which `mailto:` would keep.
pub fn encoded(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_two_counts_and_none_is_empty() {
        let fields: FormFields = [("q", " one "), ("q", "two"), ("words", "")].into_iter().collect();
        assert_eq!((fields.get("q"), fields.raw("q"), fields.get("page")), ("one", " one ", ""));
        assert!(fields.has("words") && !fields.has("reply"));
        assert_eq!(fields.all("q").collect::<Vec<_>>(), [" one ", "two"]);
    }

    #[test]
    fn every_text_is_a_form() {
        let fields = FormFields::parse(b"q=a%26b+c&&q=%zz&=x&words&q=\xff");
        assert_eq!(fields.all("q").collect::<Vec<_>>(), ["a&b c", "%zz", "\u{fffd}"]);
        assert!(fields.has("words") && fields.raw("") == "x");
    }

    #[test]
    fn what_could_end_a_value_is_encoded() {
        assert_eq!(encoded("/a b&c=d#ü+"), "%2Fa%20b%26c%3Dd%23%C3%BC%2B");
    }
}
