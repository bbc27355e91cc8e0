//! What a visitor's browser sends: real bodies, each with an id and a secret of its own.

use anyhow::{Context, Result};
use shared::ids::{ResponseId, Secret};
use shared::moment::Moment;
use shared::rating::Scale;
use shared::wire::{NewResponse, WirePage};
use std::sync::atomic::{AtomicU64, Ordering};
use testkit::clock::machine_now_ms;
use testkit::random::{SplitMix64, fresh_seed};

/// How many different texts each client sends in turn.
const TEXTS: usize = 8;
/// Length of a comment, in characters.
const COMMENT_CHARS: usize = 200;
const PAGES: [&str; 5] = ["/", "/cart", "/products/mug-blue", "/products/plate-large", "/checkout/delivery"];
const WORDS: [&str; 24] = [
    "the", "parcel", "came", "two", "days", "late", "and", "one", "cup", "was", "broken", "but", "Anna",
    "wrote", "back", "at", "once", "so", "it’s", "fine", "now", "blue", "size", "cart",
];

/// A whole request in which only the id, the secret and the visitor's address are still to be filled in.
struct Form {
    bytes: Vec<u8>,
    id: usize,
    secret: usize,
    visitor: usize,
}

/// Requests without end, no two alike.
pub(crate) struct Requests {
    forms: Vec<Form>,
    turn: usize,
    random: SplitMix64,
}

impl Requests {
    /// Requests for this shop.
    ///
    /// # Errors
    /// Never, unless the wire format has lost a field.
    pub(crate) fn to(shop: &str) -> Result<Self> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        // Seeds that differ even among the hundreds of clients of one run.
        let random = SplitMix64::new(COUNT.fetch_add(1, Ordering::Relaxed) << 32 | fresh_seed());
        let forms = (0..TEXTS).map(|_| Form::new(shop, &random)).collect::<Result<_>>()?;
        Ok(Self { forms, turn: 0, random })
    }

    /// The next request, and the id in it.
    pub(crate) fn next(&mut self) -> (&[u8], ResponseId) {
        self.turn = (self.turn + 1) % self.forms.len();
        let form = &mut self.forms[self.turn];
        let id = ResponseId::from_parts(machine_now_ms().unsigned_abs(), self.random.wide_bits());
        form.bytes[form.id..][..36].copy_from_slice(id.as_str().as_bytes());
        let secret = Secret::from_bytes(&self.random.secret_bytes());
        form.bytes[form.secret..][..43].copy_from_slice(secret.reveal().as_bytes());
        let visitor = self.random.bits();
        let visitor = format!("{:04x}:{:04x}", visitor & 0xffff, visitor >> 16 & 0xffff);
        form.bytes[form.visitor..][..9].copy_from_slice(visitor.as_bytes());
        (&form.bytes, id)
    }
}

impl Form {
    fn new(shop: &str, random: &SplitMix64) -> Result<Self> {
        let [id, secret, visitor] = [&"i".repeat(36), &"s".repeat(43), "vvvv:vvvv"];
        let body = serde_json::to_string(&NewResponse {
            id: id.to_owned(),
            secret: secret.to_owned(),
            shop: shop.to_owned(),
            moment: Moment::default(),
            scale: Scale::default(),
            rating: 1 + random.below(5) as u8,
            reasons: None,
            comment: Some(comment(random)),
            email: None,
            wants_reply: None,
            order: None,
            page: Some(WirePage {
                url: PAGES[random.below(PAGES.len())].to_owned(),
                title: "Kiln & Co – hand-made stoneware".to_owned(),
            }),
            language: Some("en".to_owned()),
            product: None,
        })?;
        // What Chromium sends from the frame, through a proxy that says who asked.
        let bytes = format!(
            "POST /v1/responses HTTP/1.1\r\nhost: 127.0.0.1\r\nx-forwarded-for: 2001:db8:{visitor}::1\r\n\
             content-type: application/json\r\nsec-fetch-site: same-origin\r\nsec-fetch-mode: cors\r\n\
             user-agent: Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) \
             Chrome/140.0.0.0 Mobile Safari/537.36\r\naccept: */*\r\naccept-language: en\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        );
        let place = |text: &str| bytes.find(text).with_context(|| format!("no {text} in the request"));
        Ok(Self {
            id: place(id)?,
            secret: place(secret)?,
            visitor: place(visitor)?,
            bytes: bytes.into_bytes(),
        })
    }
}

fn comment(random: &SplitMix64) -> String {
    let mut text = String::new();
    while text.chars().count() < COMMENT_CHARS {
        text.push_str(WORDS[random.below(WORDS.len())]);
        text.push(' ');
    }
    // A visitor's text ends in a letter, not in a blank.
    let text: String = text.chars().take(COMMENT_CHARS - 1).collect();
    format!("{}.", text.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_request_is_one_of_its_own_and_whole() {
        let mut requests = Requests::to("kiln").unwrap();
        let mut ids = std::collections::HashSet::new();
        for _ in 0..200 {
            let (bytes, id) = requests.next();
            let text = std::str::from_utf8(bytes).unwrap();
            let (head, body) = text.split_once("\r\n\r\n").unwrap();
            assert!(head.contains(&format!("content-length: {}", body.len())));
            let body: NewResponse = serde_json::from_str(body).unwrap();
            assert_eq!(body.id, id.as_str());
            assert!(Secret::parse(&body.secret).is_ok());
            assert!((COMMENT_CHARS - 3..=COMMENT_CHARS).contains(&body.comment.unwrap().chars().count()));
            assert!(ids.insert(id));
        }
    }
}
