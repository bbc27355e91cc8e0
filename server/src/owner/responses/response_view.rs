//! A response as its owner sees it: everything the visitor told, in words.

use crate::db::response_queries::ResponseListRow;
use crate::domain::shop_settings::ShopSettings;
use crate::owner::layout::Layout;
use crate::owner::rating_label;
use crate::owner::rating_label::Face;
use crate::text::form_fields::encoded;
use crate::text::phrases;
use crate::time::zone::{ShopZone, iso_timestamp};
use shared::complaint::is_complaint;
use shared::moment::Moment;
use shared::rating::Scale;
use shared::words::Language;

/// A response, ready to be shown.
pub struct ResponseView {
    /// How they felt.
    pub face: Face,
    /// 1 to 5, 5 best.
    pub rating: i64,
    /// The scale it was given on.
    pub scale: &'static str,
    /// When it came, in the shop's time.
    pub when: String,
    /// The same for machines.
    pub datetime: String,
    /// How long ago.
    pub ago: String,
    /// Unix milliseconds, UTC.
    pub at_ms: i64,
    /// The visitor's words.
    pub words: String,
    /// The reasons they picked, in the shop's wording.
    pub reasons: Vec<String>,
    /// The short number the visitor may quote.
    pub receipt: String,
    /// Where it stands by itself.
    pub href: String,
    /// When they were asked.
    pub moment: String,
    /// The page they were on.
    pub page_path: String,
    /// What that page is called.
    pub page_title: String,
    /// What they looked at, as the shop's page names it.
    pub product: String,
    /// The order number.
    pub order_number: String,
    /// Where an answer may go.
    pub email: String,
    /// The language they were asked in.
    pub language: String,
    /// What they held.
    pub device: String,
    /// Whether they would like an answer.
    pub wants_reply: bool,
    /// A letter to them, begun; none without an address.
    pub mail: Option<String>,
    /// Where the conversation is that hangs on it; none if there is none.
    pub talk: Option<String>,
}

/// What is needed to show responses of one shop.
pub struct ViewContext<'a> {
    /// What stands around the page.
    pub shell: &'a Layout,
    /// The shop's wording.
    pub settings: &'a ShopSettings,
    /// The shop's days.
    pub days: &'a ShopZone,
    /// Unix milliseconds, UTC.
    pub now_ms: i64,
}

impl ViewContext<'_> {
    /// A response, ready to be shown.
    pub fn build(&self, listed: ResponseListRow) -> ResponseView {
        let scale = Scale::named(&listed.scale).unwrap_or_default();
        let moment = Moment::named(&listed.moment).unwrap_or_default();
        let rating = u8::try_from(listed.rating).unwrap_or_default();
        ResponseView {
            face: Face::new(listed.rating, scale, moment),
            rating: listed.rating,
            scale: rating_label::scale(scale),
            when: self.days.format_instant(listed.created_at_ms, self.now_ms),
            datetime: iso_timestamp(listed.created_at_ms),
            ago: phrases::format_ago(self.now_ms - listed.created_at_ms),
            at_ms: listed.created_at_ms,
            reasons: listed.reasons.split_whitespace().map(|code| reason(self.settings, code)).collect(),
            href: self.shell.to(&format!("/responses/{}", listed.id)),
            moment: phrases::moment_name(&listed.moment).to_owned(),
            talk: is_complaint(rating, !listed.comment.is_empty(), listed.wants_reply)
                .then(|| self.shell.to(&format!("/inbox/{}", listed.id))),
            mail: mail(&listed.email, &self.shell.shop_name, &listed.receipt),
            language: phrases::language_name(&listed.language).to_owned(),
            device: phrases::device_name(&listed.device).to_owned(),
            words: listed.comment,
            receipt: listed.receipt,
            page_path: listed.page_path,
            page_title: listed.page_title,
            product: listed.product,
            order_number: listed.order_number,
            email: listed.email,
            wants_reply: listed.wants_reply,
        }
    }
}

impl ResponseView {
    /// Who it is, as far as they told.
    pub fn visitor_name(&self) -> &str {
        if self.email.is_empty() { "Someone" } else { &self.email }
    }

    /// The page's title, or its path.
    pub fn page(&self) -> &str {
        if self.page_title.is_empty() { &self.page_path } else { &self.page_title }
    }
}

/// A reason in the shop's wording; one that is no longer on the list is shown by its code.
pub fn reason(settings: &ShopSettings, code: &str) -> String {
    let known = settings.reasons.iter().find(|r| r.code == code);
    known.map_or_else(|| phrases::capitalize(&code.replace('_', " ")), |r| r.label(Language::En).to_owned())
}

/// A letter to the visitor with the receipt in its subject. Source: RFC 6068.
fn mail(email: &str, shop: &str, receipt: &str) -> Option<String> {
    let subject = encoded(&format!("Your message to {shop} ({receipt})"));
    (!email.is_empty()).then(|| format!("mailto:{}?subject={subject}", encoded(email).replace("%40", "@")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_has_the_receipt_in_its_subject_and_nothing_breaks_out_of_it() {
        assert_eq!(
            mail("o'neil@x.ie", "Kiln & Kettle", "K7Q-4MD").unwrap(),
            "mailto:o%27neil@x.ie?subject=Your%20message%20to%20Kiln%20%26%20Kettle%20%28K7Q-4MD%29"
        );
        assert_eq!(mail("", "Kiln", "K7Q-4MD"), None);
    }

    #[test]
    fn a_reason_that_was_taken_off_the_list_is_still_told() {
        let settings = ShopSettings::default();
        assert_eq!(reason(&settings, "arrived_broken"), "Arrived broken");
        assert_eq!(reason(&settings, "too_heavy"), "Too heavy");
    }
}
