//! What goes over the wire between the widget and the collector, field by field, before anything is parsed.
//!
//! Optional fields may be absent or null. Unknown fields are refused, so that a client cannot set anything else.

pub mod conversation;

use crate::moment::Moment;
use crate::rating::Scale;
use serde::{Deserialize, Serialize};

/// `POST /v1/responses`: a response as far as the visitor has given it. The same id again is the same response; with
/// more fields and the right secret it completes that response.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewResponse {
    /// [`crate::ids::ResponseId`], made by the browser.
    pub id: String,
    /// [`crate::ids::Secret`], made by the browser.
    pub secret: String,
    /// [`crate::ids::ShopKey`].
    pub shop: String,
    /// The moment at which it was asked.
    pub moment: Moment,
    /// How the question was drawn.
    pub scale: Scale,
    /// 1 to 5, 5 best.
    pub rating: u8,
    /// Codes from the shop's list of reasons.
    pub reasons: Option<Vec<String>>,
    /// The visitor's words, at most [`crate::text::COMMENT_MAX_CHARS`].
    pub comment: Option<String>,
    /// The e-mail address for replies.
    pub email: Option<String>,
    /// Whether the visitor asks for a reply.
    pub wants_reply: Option<bool>,
    /// The order number, if the page or the visitor gave one.
    pub order: Option<String>,
    /// The page on which the visitor was.
    pub page: Option<WirePage>,
    /// The widget's language, as a BCP 47 tag.
    pub language: Option<String>,
    /// The product that the visitor looked at, as the shop's page names it, at most [`crate::text::PRODUCT_MAX_CHARS`].
    pub product: Option<String>,
}

/// `POST /v1/check-ins`: a trigger opened the question, or the visitor put it off. Carries nothing about the visitor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckInReport {
    /// [`crate::ids::ShopKey`].
    pub shop: String,
    /// The moment at which it was asked.
    pub moment: Moment,
    /// [`crate::check_in::CheckIn`].
    pub what: String,
}

/// The page on which the visitor was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WirePage {
    /// The path; of a whole URL only the path is stored.
    pub url: String,
    /// The page's title.
    pub title: String,
}

/// `PATCH /v1/responses/{id}`: changes to a response. An absent field stays as it is; an empty text removes the old
/// one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResponseChange {
    /// The secret of the response.
    pub secret: String,
    /// The shop it belongs to.
    pub shop: String,
    /// Another rating, after "tapped by mistake?".
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

/// The HTTP response to both: the visitor's response is on disk. The browser keeps its copy until it receives the same
/// id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stored {
    /// The id that was sent.
    pub id: String,
    /// The short number that a visitor can quote.
    pub receipt: String,
}

/// The HTTP response to a refused request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// The reason.
    pub error: WireError,
}

/// Why a request was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WireError {
    /// [`crate::refusal::Code`].
    pub code: String,
    /// One English sentence for developers who read the network log; the widget has its own sentences.
    pub message: String,
    /// The field that it is about.
    pub field: Option<String>,
}

/// What the frame's page carries, in a `<script type="application/json">`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrameSetup {
    /// The shop's key.
    pub shop: String,
    /// The shop's name.
    pub shop_name: String,
    /// The name of the contact person.
    pub person: String,
    /// URL of the photo, or none for initials.
    pub photo: Option<String>,
    /// The contact person's initials: one or two letters.
    pub initials: String,
    /// The moment of the question.
    pub moment: Moment,
    /// How the question is drawn.
    pub scale: Scale,
    /// The shop's reasons, as code and wording in turn: `["delivery", "Delivery", …]`.
    pub reasons: Vec<String>,
    /// The language of [`FrameSetup::words`], as a BCP 47 tag.
    pub language: String,
    /// Every [`crate::words::Word`], in its order.
    pub words: Vec<String>,
    /// The e-mail address that visitors get when the collector does not respond.
    pub fallback_email: Option<String>,
    /// The origins that may open this page in a frame, as one regular expression.
    pub origins: String,
    /// The promised reply time; absent where nothing is promised.
    pub promise: Option<WirePromise>,
    /// The quiet periods after a response and after "not now", in days.
    pub quiet_days: Vec<u32>,
    /// The id in the plain form; the widget uses the same one.
    pub id: String,
    /// The secret in the plain form; the widget uses the same one.
    pub secret: String,
    /// Whether the page is in a frame.
    pub framed: bool,
    /// Whether this is an owner's preview of a draft: everything works, and nothing is sent.
    pub preview: bool,
}

/// The promised reply time, as sentences.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WirePromise {
    /// The promise itself.
    pub head: String,
    /// What it is based on; may be empty.
    pub more: String,
    /// Whether replies take longer than usual just now.
    pub is_slow: bool,
    /// For how many milliseconds from now it holds; afterwards the widget shows no promise.
    pub for_ms: u32,
}

/// The shop's settings in the loader, `/s/KEY.js`. None of them is private.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoaderSetup {
    /// The shop's key.
    pub key: String,
    /// The collector's public URL, without a slash at the end.
    pub base: String,
    /// Where the tag may stand: the origins, as one regular expression.
    pub origins: String,
    /// The accent colour, `#rrggbb`.
    pub accent: String,
    /// The theme, `light` or `dark`; absent to follow the visitor's system.
    pub theme: Option<String>,
    /// The corner of the launcher, `end` or `start`.
    pub corner: String,
    /// Whether the launcher is shown.
    pub launcher: bool,
    /// The launcher's label by language: `{"en": "Tell Anna how it’s going", …}`.
    pub labels: std::collections::BTreeMap<String, String>,
    /// Mid-journey: pages of the visit and seconds on the page; absent when off.
    pub mid: Option<[u32; 2]>,
    /// After checkout: seconds on the page; absent when off.
    pub after: Option<u32>,
    /// After checkout: a regular expression for the path of the thank-you page; absent when only the tag or a call says
    /// it.
    pub after_path: Option<String>,
    /// The query for the frame in an owner's preview, with the draft in it; absent elsewhere.
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
