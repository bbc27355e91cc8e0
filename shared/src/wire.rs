//! What goes over the wire between the widget and the collector, field by field, before anything is parsed.
//!
//! Optional fields may be absent or null. Unknown fields are refused, so nobody can set what is not theirs to set.

pub mod conversation;

use crate::moment::Moment;
use crate::rating::Scale;
use serde::{Deserialize, Serialize};

/// `POST /v1/responses`: a response as far as it is known. Sent again, it is the same response; sent again with more
/// in it and the right secret, it is completed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewResponse {
    /// [`crate::ids::ResponseId`], made by the browser.
    pub id: String,
    /// [`crate::ids::Secret`], made by the browser.
    pub secret: String,
    /// [`crate::ids::ShopKey`].
    pub shop: String,
    /// When it was asked.
    pub moment: Moment,
    /// How the question was drawn.
    pub scale: Scale,
    /// 1 to 5, 5 best.
    pub rating: u8,
    /// Codes from the shop's list.
    pub reasons: Option<Vec<String>>,
    /// The visitor's words, at most [`crate::text::COMMENT_MAX_CHARS`].
    pub comment: Option<String>,
    /// Where an answer may go.
    pub email: Option<String>,
    /// Whether the visitor would like an answer.
    pub wants_reply: Option<bool>,
    /// The order number, if the page or the visitor told.
    pub order: Option<String>,
    /// Where the visitor was.
    pub page: Option<WirePage>,
    /// The language the widget spoke, as a BCP 47 tag.
    pub language: Option<String>,
    /// What was looked at, as the shop's page names it, at most [`crate::text::PRODUCT_MAX_CHARS`].
    pub product: Option<String>,
}

/// `POST /v1/check-ins`: the question opened by itself, or was put off. Carries nothing about the visitor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckInReport {
    /// [`crate::ids::ShopKey`].
    pub shop: String,
    /// When it was asked.
    pub moment: Moment,
    /// [`crate::check_in::CheckIn`].
    pub what: String,
}

/// Where the visitor was: path and title.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WirePage {
    /// The path; of a whole address only the path is kept.
    pub url: String,
    /// The page's title.
    pub title: String,
}

/// `PATCH /v1/responses/{id}`: what is new about a response. A field that is absent stays as it is; an empty text
/// takes the old one back.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResponseChange {
    /// The secret the response was made with.
    pub secret: String,
    /// The shop it belongs to.
    pub shop: String,
    /// Another rating: "tapped by mistake?".
    pub rating: Option<u8>,
    /// As in [`NewResponse::reasons`].
    pub reasons: Option<Vec<String>>,
    /// As in [`NewResponse::comment`].
    pub comment: Option<String>,
    /// As in [`NewResponse::email`].
    pub email: Option<String>,
    /// As in [`NewResponse::wants_reply`].
    pub wants_reply: Option<bool>,
    /// As in [`NewResponse::order`].
    pub order: Option<String>,
}

/// The answer to both: it is on disk. Only an answer with the same id lets the browser forget its copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stored {
    /// The id that was sent.
    pub id: String,
    /// The short number a visitor can quote.
    pub receipt: String,
}

/// The answer to what was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// Why.
    pub error: WireError,
}

/// Why something was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WireError {
    /// [`crate::refusal::Code`].
    pub code: String,
    /// One English sentence for whoever reads the network log; the widget has its own words.
    pub message: String,
    /// The field it is about.
    pub field: Option<String>,
}

/// What the frame's page knows when it arrives, in a `<script type="application/json">`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrameSetup {
    /// The shop's key.
    pub shop: String,
    /// The shop's name.
    pub shop_name: String,
    /// Who asks.
    pub person: String,
    /// Address of the photo, or none for initials.
    pub photo: Option<String>,
    /// One or two letters.
    pub initials: String,
    /// When it is asked.
    pub moment: Moment,
    /// How the question is drawn.
    pub scale: Scale,
    /// The shop's reasons, as code and wording in turn: `["delivery", "Delivery", …]`.
    pub reasons: Vec<String>,
    /// The language of the words, as a BCP 47 tag.
    pub language: String,
    /// Every [`crate::words::Word`], in its order.
    pub words: Vec<String>,
    /// Where words can go when the collector does not answer.
    pub fallback_email: Option<String>,
    /// The origins that may open this page in a frame, as one regular expression.
    pub origins: String,
    /// When an answer comes; absent where nothing is promised.
    pub promise: Option<WirePromise>,
    /// Days of quiet after an answer and after "not now".
    pub quiet_days: Vec<u32>,
    /// The id and the secret that the plain form carries; the widget goes on with the same.
    pub id: String,
    /// See [`FrameSetup::id`].
    pub secret: String,
    /// Whether the page is in a frame.
    pub framed: bool,
    /// Whether this is an owner looking at a draft: everything works, nothing is sent.
    pub preview: bool,
}

/// When an answer comes, in the words of the person who asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WirePromise {
    /// What counts.
    pub head: String,
    /// Why one may believe it; may be empty.
    pub more: String,
    /// Whether it takes longer than usual.
    pub is_slow: bool,
    /// For how long from now on it is true, in milliseconds; whoever shows it later shows nothing.
    pub for_ms: u32,
}

/// What the loader knows about its shop; stands in `/s/KEY.js`. Nothing in it is private.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoaderSetup {
    /// The shop's key.
    pub key: String,
    /// The collector's address as visitors reach it, without a slash at the end.
    pub base: String,
    /// Where the tag may stand: the origins, as one regular expression.
    pub origins: String,
    /// `#rrggbb`.
    pub accent: String,
    /// `light` or `dark`; absent to follow the visitor's system.
    pub theme: Option<String>,
    /// `end` or `start`.
    pub corner: String,
    /// Whether the launcher is there.
    pub launcher: bool,
    /// The launcher's name in each language the widget speaks: `{"en": "Tell Anna how it’s going", …}`.
    pub labels: std::collections::BTreeMap<String, String>,
    /// Half-way: pages into the journey and seconds on the page; absent when off.
    pub mid: Option<[u32; 2]>,
    /// After checkout: seconds on the page; absent when off.
    pub after: Option<u32>,
    /// After checkout: the page, as a regular expression on the path; absent when only the tag or a call says it.
    pub after_path: Option<String>,
    /// Whether this is an owner's preview: the query for the frame, with the draft in it.
    pub preview: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(more: &str) -> String {
        format!(
            r#"{{"id":"i","secret":"s","shop":"k","moment":"any_time","scale":"thumbs","rating":5{more}}}"#
        )
    }

    #[test]
    fn only_a_visitors_fields_are_known() {
        assert!(serde_json::from_str::<NewResponse>(&json("")).is_ok());
        assert!(serde_json::from_str::<NewResponse>(&json(r#","comment":null,"wants_reply":true"#)).is_ok());
        for more in ["status", "receipt", "author", "created_at_ms", "verified", "device", "conversation"] {
            assert!(
                serde_json::from_str::<NewResponse>(&json(&format!(r#","{more}":"x""#))).is_err(),
                "{more}"
            );
        }
    }

    #[test]
    fn a_rating_is_a_whole_number_and_nothing_else() {
        for rating in ["5.0", "\"5\"", "true", "-1", "256", "null"] {
            let body = json("").replace(":5", &[":", rating].concat());
            assert!(serde_json::from_str::<NewResponse>(&body).is_err(), "{rating}");
        }
        assert!(serde_json::from_str::<NewResponse>(&json(r#","rating":4"#)).is_err(), "twice");
    }
}
