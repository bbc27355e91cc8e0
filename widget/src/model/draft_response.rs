//! The response that the visitor is giving: one record, from the first tap on a face to the last word.

use super::tsv;
use shared::complaint::is_complaint;
use shared::email::Email;
use shared::moment::Moment;
use shared::rating::Scale;
use shared::refusal::Code;
use shared::text::COMMENT_MAX_CHARS;
use shared::wire::{NewResponse, ResponseChange, WirePage};
use shared::words::Word;

/// One response; it lies on the device until the collector has stored it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DraftResponse {
    /// [`shared::ids::ResponseId`], made before anything is sent.
    pub(crate) id: String,
    /// [`shared::ids::Secret`].
    pub(crate) secret: String,
    /// The moment at which the visitor was asked.
    pub(crate) moment: Moment,
    /// The faces that the visitor saw.
    pub(crate) scale: Scale,
    /// 1 to 5, or 0 before a face was tapped.
    pub(crate) rating: u8,
    /// Codes of the reasons.
    pub(crate) reasons: Vec<String>,
    pub(crate) comment: String,
    pub(crate) email: String,
    pub(crate) wants_reply: bool,
    /// The order number.
    pub(crate) order: String,
    /// The product, as the shop's page names it.
    pub(crate) product: String,
    /// Path of the shop's page.
    pub(crate) page_url: String,
    pub(crate) page_title: String,
    /// The language of the question.
    pub(crate) language: String,
    /// Whether the collector has stored an earlier form of it, so that it is sent as a change.
    pub(crate) known: bool,
    /// Whether the collector refused it, so that it is not sent again as it is.
    pub(crate) refused: bool,
    /// Unix milliseconds, UTC, of the first tap.
    pub(crate) tapped_at_ms: u64,
}

impl DraftResponse {
    /// The line under which it lies on the device: its fields in a fixed order, the reasons separated by spaces.
    pub(crate) fn encode(&self) -> String {
        let flag = |is_set| if is_set { "yes" } else { "" };
        tsv::encode(&[
            &self.id,
            &self.secret,
            self.moment.as_str(),
            self.scale.as_str(),
            &self.rating.to_string(),
            &self.reasons.join(" "),
            &self.comment,
            &self.email,
            flag(self.wants_reply),
            &self.order,
            &self.page_url,
            &self.page_title,
            &self.language,
            flag(self.known),
            flag(self.refused),
            &self.tapped_at_ms.to_string(),
            &self.product,
        ])
    }

    /// The response in a line; `None` if the line is not one of ours.
    pub(crate) fn decode(line: &str) -> Option<Self> {
        let mut fields = tsv::decode(line).into_iter();
        let mut next = || fields.next().unwrap_or_default();
        Some(Self {
            id: next(),
            secret: next(),
            moment: Moment::named(&next())?,
            scale: Scale::named(&next())?,
            rating: next().parse().ok()?,
            reasons: next().split_whitespace().map(str::to_owned).collect(),
            comment: next(),
            email: next(),
            wants_reply: !next().is_empty(),
            order: next(),
            page_url: next(),
            page_title: next(),
            language: next(),
            known: !next().is_empty(),
            refused: !next().is_empty(),
            tapped_at_ms: next().parse().ok()?,
            // Absent in lines of older versions.
            product: next(),
        })
    }

    /// Whether the shop will reply.
    pub(crate) fn is_complaint(&self) -> bool {
        is_complaint(self.rating, !self.comment.is_empty(), self.wants_reply)
    }

    /// The body of a `POST`, with every field.
    pub(crate) fn to_new_response(&self, shop: &str) -> NewResponse {
        let page = WirePage { url: self.page_url.clone(), title: self.page_title.clone() };
        NewResponse {
            id: self.id.clone(),
            secret: self.secret.clone(),
            shop: shop.to_owned(),
            moment: self.moment,
            scale: self.scale,
            rating: self.rating,
            reasons: Some(self.reasons.clone()),
            comment: Some(self.comment.clone()),
            email: Some(self.email.clone()),
            wants_reply: Some(self.wants_reply),
            order: Some(self.order.clone()),
            page: (!self.page_url.is_empty()).then_some(page),
            language: Some(self.language.clone()),
            product: (!self.product.is_empty()).then(|| self.product.clone()),
        }
    }

    /// The body of a `PATCH`: every field that a visitor can change, so that the order of arrival makes no difference.
    pub(crate) fn to_change(&self, shop: &str) -> ResponseChange {
        ResponseChange {
            secret: self.secret.clone(),
            shop: shop.to_owned(),
            rating: Some(self.rating),
            reasons: Some(self.reasons.clone()),
            comment: Some(self.comment.clone()),
            email: Some(self.email.clone()),
            wants_reply: Some(self.wants_reply),
            order: Some(self.order.clone()),
        }
    }

    /// Records a rating. An unhappy visitor most likely wants a reply.
    pub(crate) fn rate(&mut self, rating: u8, now_ms: u64) {
        if self.tapped_at_ms == 0 {
            self.tapped_at_ms = now_ms;
        }
        self.wants_reply |= (1..=2).contains(&rating);
        self.rating = rating;
    }

    /// The rating alone. It is sent at once; the rest is sent when the visitor says so.
    pub(crate) fn rating_only(&self) -> Self {
        Self {
            reasons: Vec::new(),
            comment: String::new(),
            email: String::new(),
            wants_reply: false,
            ..self.clone()
        }
    }

    /// Whether there is nothing in it beside the rating.
    pub(crate) fn is_rating_only(&self) -> bool {
        self.comment.is_empty() && self.reasons.is_empty() && self.email.is_empty()
    }

    /// Trims what was typed, and removes the address if the visitor wants no reply.
    pub(crate) fn tidy(&mut self) {
        for text in [&mut self.comment, &mut self.email, &mut self.order] {
            *text = text.trim().to_owned();
        }
        if !self.wants_reply {
            self.email.clear();
        }
    }
}

/// The sentence about a wrong e-mail address, and what fills its blank.
pub(crate) fn email_error(email: &str) -> Option<(Word, &str)> {
    let email = email.trim();
    if email.is_empty() || Email::parse(email).is_ok() {
        return None;
    }
    // `marta@posteo` was cut off before the ending of the provider's domain.
    Some(match email.rsplit_once('@') {
        Some((_, end)) if !end.is_empty() && !end.contains('.') => (Word::EmailCutOff, end),
        _ => (Word::EmailWrong, ""),
    })
}

/// The sentence about a refusal, and what fills its blank.
pub(crate) fn refusal_reason(code: Option<Code>) -> (Word, String) {
    let word = match code {
        Some(Code::TooLong | Code::TooLarge) => return (Word::TooLong, COMMENT_MAX_CHARS.to_string()),
        Some(Code::ControlCharacter) => Word::OddCharacter,
        Some(Code::EmailLooksWrong) => Word::EmailWrong,
        Some(Code::NoSuchShop) => Word::ShopGone,
        _ => Word::SomethingWrong,
    };
    (word, String::new())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn draft(id: &str) -> DraftResponse {
        DraftResponse {
            id: id.to_owned(),
            secret: "s".to_owned(),
            moment: Moment::MidJourney,
            scale: Scale::ThreeFaces,
            rating: 1,
            reasons: vec!["delivery".to_owned()],
            comment: "The bowl has a crack.".to_owned(),
            email: String::new(),
            wants_reply: true,
            order: "20418".to_owned(),
            product: "Tidal glaze bowl".to_owned(),
            page_url: "/product".to_owned(),
            page_title: "Bowl".to_owned(),
            language: "en".to_owned(),
            known: false,
            refused: false,
            tapped_at_ms: 1_000,
        }
    }

    #[test]
    fn an_address_that_was_cut_off_is_told_apart_from_one_that_is_none() {
        assert_eq!(email_error("marta@posteo"), Some((Word::EmailCutOff, "posteo")));
        assert_eq!(email_error("marta"), Some((Word::EmailWrong, "")));
        assert_eq!(email_error("marta@"), Some((Word::EmailWrong, "")));
        assert_eq!(email_error(" marta@posteo.example "), None);
        assert_eq!(email_error(""), None, "nothing is compulsory");
    }

    #[test]
    fn an_address_is_sent_only_with_the_wish_for_a_reply() {
        let mut response = draft("a");
        response.email = " marta@posteo.example ".to_owned();
        response.tidy();
        assert_eq!(response.email, "marta@posteo.example");
        response.wants_reply = false;
        response.tidy();
        assert_eq!(response.email, "");
    }

    #[test]
    fn what_is_sent_first_and_what_is_sent_later_say_the_same() {
        let response = draft("a");
        let (new, change) = (response.to_new_response("kiln"), response.to_change("kiln"));
        assert_eq!((new.comment, new.order, new.reasons), (change.comment, change.order, change.reasons));
        assert_eq!(Some(new.rating), change.rating);
        assert_eq!(new.page.map(|p| p.url).as_deref(), Some("/product"));
    }

    /// A face that was tapped must not send what is still being written.
    #[test]
    fn the_rating_alone_carries_nothing_that_was_typed_or_picked() {
        let mut response = draft("a");
        response.email = "marta@posteo.example".to_owned();
        let bare = response.rating_only();
        assert!(bare.is_rating_only() && !bare.wants_reply);
        assert_eq!((bare.id, bare.rating, bare.order), (response.id, response.rating, response.order));
    }
}
