//! What a visitor has said so far: one response, from the tap on a face to the last word.

use crate::lines::{fields, line};
use shared::complaint::is_complaint;
use shared::email::Email;
use shared::moment::Moment;
use shared::rating::Scale;
use shared::refusal::Code;
use shared::text::COMMENT_MAX_CHARS;
use shared::wire::{NewResponse, ResponseChange, WirePage};
use shared::words::Word;

/// One response as the visitor sees it; kept on the device until it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// [`shared::ids::ResponseId`], made before anything is sent.
    pub id: String,
    /// [`shared::ids::Secret`].
    pub secret: String,
    /// When it was asked.
    pub moment: Moment,
    /// How the question was drawn.
    pub scale: Scale,
    /// 1 to 5, or 0 before a face was tapped.
    pub rating: u8,
    /// Codes of the reasons.
    pub reasons: Vec<String>,
    /// Words.
    pub comment: String,
    /// Where an answer may go.
    pub email: String,
    /// Whether an answer is wanted.
    pub wants_reply: bool,
    /// The order number.
    pub order: String,
    /// What was looked at, as the shop's page names it.
    pub product: String,
    /// Path of the shop's page.
    pub page_url: String,
    /// Title of the shop's page.
    pub page_title: String,
    /// The language of the question.
    pub language: String,
    /// Whether the collector has said that it knows this response: what is new is then a change of it.
    pub known: bool,
    /// Whether the collector refused it: not to be sent again as it is.
    pub refused: bool,
    /// Unix milliseconds, UTC, of the first tap.
    pub tapped_at_ms: u64,
}

impl Answer {
    /// The line under which it lies on the device: its fields in their order, the reasons with a space between them.
    pub fn write(&self) -> String {
        let yes = |it| if it { "yes" } else { "" };
        line(&[
            &self.id,
            &self.secret,
            self.moment.as_str(),
            self.scale.as_str(),
            &self.rating.to_string(),
            &self.reasons.join(" "),
            &self.comment,
            &self.email,
            yes(self.wants_reply),
            &self.order,
            &self.page_url,
            &self.page_title,
            &self.language,
            yes(self.known),
            yes(self.refused),
            &self.tapped_at_ms.to_string(),
            &self.product,
        ])
    }

    /// What was kept. A line that cannot be read is none.
    pub fn read(kept: &str) -> Option<Self> {
        let mut fields = fields(kept).into_iter();
        let mut next = || fields.next().unwrap_or_default();
        let read = Self {
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
            // Older pages kept none.
            product: next(),
        };
        Some(read)
    }

    /// Whether somebody of the shop will answer.
    pub fn is_complaint(&self) -> bool {
        is_complaint(self.rating, !self.comment.is_empty(), self.wants_reply)
    }

    /// The body of a `POST`, with everything that is known.
    pub fn as_new(&self, shop: &str) -> NewResponse {
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

    /// The body of a `PATCH`: all that a visitor can change, so that any order of arrival ends the same.
    pub fn as_change(&self, shop: &str) -> ResponseChange {
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

    /// Whether the visitor is unhappy, and so most likely wants an answer.
    pub fn is_unhappy(&self) -> bool {
        (1..=2).contains(&self.rating)
    }

    /// Whether nothing but the face was given.
    pub fn is_bare(&self) -> bool {
        self.comment.is_empty() && self.reasons.is_empty() && self.email.is_empty()
    }

    /// What was typed, white space around it gone; without an address nobody asked for.
    pub fn tidy(&mut self) {
        for text in [&mut self.comment, &mut self.email, &mut self.order] {
            *text = text.trim().to_owned();
        }
        if !self.wants_reply {
            self.email.clear();
        }
    }
}

/// What is wrong with an address that somebody typed: a sentence, and what fills its blank.
pub fn email_trouble(email: &str) -> Option<(Word, &str)> {
    let email = email.trim();
    if email.is_empty() || Email::parse(email).is_ok() {
        return None;
    }
    // `marta@posteo`: cut off where a provider's ending would follow.
    Some(match email.rsplit_once('@') {
        Some((_, end)) if !end.is_empty() && !end.contains('.') => (Word::EmailCutOff, end),
        _ => (Word::EmailWrong, ""),
    })
}

/// Why a response was refused, in words that help.
pub fn why_refused(code: Option<Code>) -> (Word, String) {
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

    pub(crate) fn answer(id: &str) -> Answer {
        Answer {
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
        assert_eq!(email_trouble("marta@posteo"), Some((Word::EmailCutOff, "posteo")));
        assert_eq!(email_trouble("marta"), Some((Word::EmailWrong, "")));
        assert_eq!(email_trouble("marta@"), Some((Word::EmailWrong, "")));
        assert_eq!(email_trouble(" marta@posteo.example "), None);
        assert_eq!(email_trouble(""), None, "nothing is compulsory");
    }

    #[test]
    fn an_address_goes_only_with_the_wish_for_an_answer() {
        let mut said = answer("a");
        said.email = " marta@posteo.example ".to_owned();
        said.tidy();
        assert_eq!(said.email, "marta@posteo.example");
        said.wants_reply = false;
        said.tidy();
        assert_eq!(said.email, "");
    }

    #[test]
    fn what_is_sent_first_and_what_is_sent_later_say_the_same() {
        let said = answer("a");
        let (new, change) = (said.as_new("kiln"), said.as_change("kiln"));
        assert_eq!((new.comment, new.order, new.reasons), (change.comment, change.order, change.reasons));
        assert_eq!(Some(new.rating), change.rating);
        assert_eq!(new.page.map(|p| p.url).as_deref(), Some("/product"));
    }
}
