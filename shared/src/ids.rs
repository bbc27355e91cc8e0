//! Generated ids of shops, responses, messages and mails, and the secret that opens a conversation.

use crate::refusal::{Code, Refusal};

/// A shop's public name in URLs (`/s/KEY.js`): 4 to 32 of `a-z`, `0-9` and `-`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ShopKey(String);

impl ShopKey {
    /// Parses the key in a URL or a request body.
    ///
    /// # Errors
    /// [`Code::NoSuchShop`]: a key of another form belongs to no shop.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let fine = (4..=32).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if fine { Ok(Self(text.to_owned())) } else { Err(Refusal::of("shop", Code::NoSuchShop)) }
    }

    /// The key as it appears in URLs.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

macro_rules! uuid {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// Parses an id from a request.
            ///
            /// # Errors
            /// [`Code::IdLooksWrong`] unless it is a UUIDv7 in lower case with hyphens.
            pub fn parse(field: &'static str, text: &str) -> Result<Self, Refusal> {
                if is_uuid_v7(text) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(Refusal::of(field, Code::IdLooksWrong))
                }
            }

            /// Makes an id from an instant (Unix milliseconds, UTC) and 74 of the random bits.
            pub fn from_parts(at_ms: u64, random: u128) -> Self {
                Self(uuid_v7(at_ms, random))
            }

            /// The id in its canonical form.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
    };
}

uuid! {
    /// The id of a response: a UUIDv7 in its canonical form, made by the browser before anything is sent. The
    /// conversation that hangs on a response has the same.
    /// Source: RFC 9562, sections 4 and 5.7.
    ResponseId
}

uuid! {
    /// The id of one message or event in a conversation: a UUIDv7, made by the sender before sending.
    MessageId
}

uuid! {
    /// The id of an e-mail: a UUIDv7, which stands in its `Message-ID`.
    MailId
}

fn is_uuid_v7(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(i, b)| match i {
            8 | 13 | 18 | 23 => b == b'-',
            14 => b == b'7',
            19 => matches!(b, b'8' | b'9' | b'a' | b'b'),
            _ => matches!(b, b'0'..=b'9' | b'a'..=b'f'),
        })
}

fn uuid_v7(at_ms: u64, random: u128) -> String {
    let bits = u128::from(at_ms & 0xffff_ffff_ffff) << 80
        | 0x7 << 76
        | (random >> 62 & 0xfff) << 64
        | 0b10 << 62
        | random & 0x3fff_ffff_ffff_ffff;
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(36);
    for i in 0..32u32 {
        if matches!(i, 8 | 12 | 16 | 20) {
            text.push('-');
        }
        text.push(char::from(HEX[(bits >> (124 - 4 * i) & 15) as usize]));
    }
    text
}

/// 256 random bits, base64url without padding. It allows to complete, read and delete what it belongs to. The collector
/// stores only a hash.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Parses a secret from a request.
    ///
    /// # Errors
    /// [`Code::SecretLooksWrong`] unless it is the base64url form of exactly 32 bytes.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        // 43 characters carry 258 bits, so the lowest two bits of the last one must be zero.
        let letters = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        let last_is_whole = text.bytes().last().is_some_and(|b| b"AEIMQUYcgkosw048".contains(&b));
        if text.len() == 43 && letters && last_is_whole {
            Ok(Self(text.to_owned()))
        } else {
            Err(Refusal::of("secret", Code::SecretLooksWrong))
        }
    }

    /// Encodes 32 random bytes.
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let mut text = String::with_capacity(43);
        for chunk in bytes.chunks(3) {
            let n = chunk.iter().fold(0u32, |n, b| n << 8 | u32::from(*b)) << (8 * (3 - chunk.len()));
            for i in 0..=chunk.len() {
                text.push(char::from(LETTERS[(n >> (18 - 6 * i) & 63) as usize]));
            }
        }
        Self(text)
    }

    /// The secret in clear, to be hashed or sent and for nothing else.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use data_encoding::BASE64URL_NOPAD;
    use proptest::prelude::*;
    use uuid::{Uuid, Variant};

    /// What libraries have for it, which would weigh more in the widget than these few lines.
    fn is_uuid_v7_to_the_library(text: &str) -> bool {
        Uuid::parse_str(text).is_ok_and(|id| {
            let is_v7 = id.get_version_num() == 7 && id.get_variant() == Variant::RFC4122;
            is_v7 && id.hyphenated().to_string() == text
        })
    }

    proptest! {
        #[test]
        fn ids_are_made_and_taken_as_by_the_library(
            at_ms in 0u64..1 << 48,
            bits in any::<u128>(),
            at in 0usize..36,
            other in "[-0-9a-gA-G]",
        ) {
            let id = ResponseId::from_parts(at_ms, bits);
            let same = Uuid::parse_str(id.as_str()).unwrap();
            let (seconds, nanos) = same.get_timestamp().unwrap().to_unix();
            prop_assert_eq!(seconds * 1_000 + u64::from(nanos) / 1_000_000, at_ms);
            prop_assert!(is_uuid_v7_to_the_library(id.as_str()));
            let mut changed = id.as_str().to_owned();
            changed.replace_range(at..=at, &other);
            prop_assert_eq!(is_uuid_v7(&changed), is_uuid_v7_to_the_library(&changed), "{}", changed);
        }

        #[test]
        fn secrets_are_made_and_taken_as_by_the_library(bytes in any::<[u8; 32]>(), text in "[-_A-Za-z0-9+/=]{42,44}") {
            let made = Secret::from_bytes(&bytes);
            prop_assert_eq!(made.reveal(), BASE64URL_NOPAD.encode(&bytes));
            let taken = |text: &str| BASE64URL_NOPAD.decode(text.as_bytes()).is_ok_and(|bytes| bytes.len() == 32);
            for text in [text.clone(), text.replace(['+', '/', '='], "A")] {
                prop_assert_eq!(Secret::parse(&text).is_ok(), taken(&text), "{}", text);
            }
        }

        #[test]
        fn ids_made_here_are_taken_here_and_sort_by_time(a in 0u64..1 << 48, b in 0u64..1 << 48, bits in any::<u128>()) {
            let (x, y) = (ResponseId::from_parts(a, bits), ResponseId::from_parts(b, !bits));
            prop_assert_eq!(ResponseId::parse("id", x.as_str()), Ok(x.clone()));
            if a < b { prop_assert!(x < y) }
        }

        #[test]
        fn secrets_made_here_are_taken_here(bytes in any::<[u8; 32]>()) {
            let secret = Secret::from_bytes(&bytes);
            prop_assert_eq!(Secret::parse(secret.reveal()), Ok(secret));
        }
    }

    #[test]
    fn other_forms_are_refused() {
        for id in ["", "0191f6c2-0000-4000-8000-000000000000", "0191F6C2-0000-7000-8000-000000000000", "x"] {
            assert!(ResponseId::parse("id", id).is_err(), "{id}");
        }
        for key in ["", "abc", "Kiln", "a/b/c", "ключ", &"a".repeat(33)] {
            assert!(ShopKey::parse(key).is_err(), "{key}");
        }
        for secret in ["", &"A".repeat(42), &"A".repeat(44), &"=".repeat(43), &"B".repeat(43)] {
            assert!(Secret::parse(secret).is_err(), "{secret}");
        }
    }

    #[test]
    fn a_secret_does_not_show_in_a_log() {
        assert!(!format!("{:?}", Secret::from_bytes(&[7; 32])).contains("Bwc"));
    }
}
