//! A response as the people of the shop see it.

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

pub struct ResponseView {
    pub face: Face,
    /// 1 to 5, 5 best.
    pub rating: i64,
    pub scale: &'static str,
    /// In the shop's time zone.
    pub when: String,
    /// The same in ISO 8601.
    pub datetime: String,
    pub ago: String,
    /// Unix milliseconds, UTC.
    pub at_ms: i64,
    pub words: String,
    /// In the shop's wording.
    pub reasons: Vec<String>,
    pub receipt: String,
    pub href: String,
    pub moment: String,
    pub page_path: String,
    pub page_title: String,
    pub product: String,
    pub order_number: String,
    pub email: String,
    pub language: String,
    pub device: String,
    pub wants_reply: bool,
    /// A `mailto:` link; `None` without an address.
    pub mail: Option<String>,
    /// Link to the conversation; `None` if the response is no complaint.
    pub conversation_href: Option<String>,
}

pub struct ViewContext<'a> {
    pub shell: &'a Layout,
    pub settings: &'a ShopSettings,
    pub days: &'a ShopZone,
    /// Unix milliseconds, UTC.
    pub now_ms: i64,
}

impl ViewContext<'_> {
    pub fn build(&self, row: ResponseListRow) -> ResponseView {
        let scale = Scale::named(&row.scale).unwrap_or_default();
        let moment = Moment::named(&row.moment).unwrap_or_default();
        let rating = u8::try_from(row.rating).unwrap_or_default();
        ResponseView {
            face: Face::new(row.rating, scale, moment),
            rating: row.rating,
            scale: rating_label::scale(scale),
            when: self.days.format_instant(row.created_at_ms, self.now_ms),
            datetime: iso_timestamp(row.created_at_ms),
            ago: phrases::format_ago(self.now_ms - row.created_at_ms),
            at_ms: row.created_at_ms,
            reasons: row.reasons.split_whitespace().map(|code| reason(self.settings, code)).collect(),
            href: self.shell.to(&format!("/responses/{}", row.id)),
            moment: phrases::moment_name(&row.moment).to_owned(),
            conversation_href: is_complaint(rating, !row.comment.is_empty(), row.wants_reply)
                .then(|| self.shell.to(&format!("/inbox/{}", row.id))),
            mail: mail(&row.email, &self.shell.shop_name, &row.receipt),
            language: phrases::language_name(&row.language).to_owned(),
            device: phrases::device_name(&row.device).to_owned(),
            words: row.comment,
            receipt: row.receipt,
            page_path: row.page_path,
            page_title: row.page_title,
            product: row.product,
            order_number: row.order_number,
            email: row.email,
            wants_reply: row.wants_reply,
        }
    }
}

impl ResponseView {
    /// The visitor's address, or "Someone".
    pub fn visitor_name(&self) -> &str {
        if self.email.is_empty() { "Someone" } else { &self.email }
    }

    /// The page's title, or its path.
    pub fn page(&self) -> &str {
        if self.page_title.is_empty() { &self.page_path } else { &self.page_title }
    }
}

/// A reason in the shop's wording; a reason that was removed from the list is named by its code.
pub fn reason(settings: &ShopSettings, code: &str) -> String {
    let known = settings.reasons.iter().find(|r| r.code == code);
    known.map_or_else(|| phrases::capitalize(&code.replace('_', " ")), |r| r.label(Language::En).to_owned())
}

/// A mail with the receipt in its subject. Source: RFC 6068.
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
