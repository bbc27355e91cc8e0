//! The draft of the preview: stored settings with what the owner is trying out.

use crate::db::shops::Shop;
use crate::domain::reason::{REASONS_MAX, Reason};
use crate::domain::shop_settings::{Accent, Corner, ShopSettings, Theme};
use crate::error::AppError;
use crate::owner::auth::session;
use crate::text::form_fields::FormFields;
use actix_web::HttpRequest;
use shared::rating::Scale;
use shared::text::{NAME_MAX_CHARS, line};

/// A field that is missing or malformed keeps its stored value: the preview is drawn while the owner types, half a colour at a
/// time.
pub fn overlay(saved: &ShopSettings, query: &FormFields) -> ShopSettings {
    let mut settings = saved.clone();
    if let Ok(accent) = Accent::parse(accent_of(query)) {
        settings.accent = accent;
    }
    if let Some(corner) = Corner::named(query.get("corner")) {
        settings.corner = corner;
    }
    if let Some(theme) = Theme::named(query.get("theme")) {
        settings.theme = theme;
    }
    if let Some(scale) = Scale::named(query.get("scale")) {
        settings.scale = scale;
    }
    if let Ok(name) = line("person", query.get("person"), NAME_MAX_CHARS)
        && !name.is_empty()
    {
        settings.person.name = name;
    }
    if query.has("reason_en") {
        settings.reasons = reasons(query).filter_map(Result::ok).take(REASONS_MAX).collect();
    }
    settings
}

/// The draft of the query, for a member of the shop; `None` for everyone else.
pub async fn from_request(request: &HttpRequest, shop: &Shop) -> Result<Option<ShopSettings>, AppError> {
    let Some(who) = session::optional(request).await? else { return Ok(None) };
    if !who.shops.iter().any(|(key, _)| *key == shop.key) {
        return Ok(None);
    }
    let query = FormFields::parse(request.query_string().as_bytes());
    Ok(Some(overlay(&shop.settings, &query)))
}

/// One of the swatches, or the owner's own colour.
pub fn accent_of(form: &FormFields) -> &str {
    match form.get("accent") {
        "own" => form.get("accent_own"),
        swatch => swatch,
    }
}

/// Rows without text are skipped. No two reasons get the same code.
pub fn reasons(form: &FormFields) -> impl Iterator<Item = Result<Reason, shared::refusal::Refusal>> {
    let mut codes: Vec<String> = Vec::new();
    let rows = form.all("reason_en").enumerate().filter_map(move |(i, en)| {
        let nth = |name| form.all(name).nth(i).unwrap_or_default().trim();
        let (code, de) = (nth("reason_code"), nth("reason_de"));
        (!en.trim().is_empty() || !de.is_empty()).then(|| Reason::parse(code, en, de))
    });
    rows.map(move |row| {
        row.map(|mut reason| {
            while codes.contains(&reason.code) {
                reason.code.truncate(31);
                reason.code.push('2');
                if codes.contains(&reason.code) {
                    reason.code = format!("r{}", codes.len());
                }
            }
            codes.push(reason.code.clone());
            reason
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn overlaid(fields: &[(&str, &str)]) -> ShopSettings {
        overlay(&ShopSettings::default(), &fields.iter().copied().collect())
    }

    #[test]
    fn a_draft_lies_over_what_is_saved() {
        let settings = overlaid(&[
            ("accent", "#2F5F7A"),
            ("corner", "start"),
            ("theme", "dark"),
            ("scale", "five_faces"),
            ("person", " Anna "),
        ]);
        assert_eq!(settings.accent.as_str(), "#2f5f7a");
        assert_eq!((settings.corner, settings.theme), (Corner::Start, Theme::Dark));
        assert_eq!((settings.scale, settings.person.name.as_str()), (Scale::FiveFaces, "Anna"));
        assert_eq!(settings.quiet, ShopSettings::default().quiet);
    }

    #[test]
    fn half_a_colour_leaves_the_saved_one() {
        let settings = overlaid(&[("accent", "#2f5"), ("corner", "top"), ("scale", "stars"), ("person", "")]);
        assert_eq!(settings, ShopSettings::default());
    }

    #[test]
    fn an_own_colour_stands_beside_the_swatches() {
        assert_eq!(overlaid(&[("accent", "own"), ("accent_own", "#aabbcc")]).accent.as_str(), "#aabbcc");
    }

    #[test]
    fn an_empty_row_is_no_reason_and_no_two_have_one_code() {
        let reasons = overlaid(&[
            ("reason_code", "late"),
            ("reason_en", "Too late"),
            ("reason_de", "Zu spät"),
            ("reason_code", ""),
            ("reason_en", " "),
            ("reason_de", ""),
            ("reason_code", ""),
            ("reason_en", "Late"),
            ("reason_de", ""),
            ("reason_code", ""),
            ("reason_en", "late!"),
            ("reason_de", ""),
        ])
        .reasons;
        let codes: Vec<&str> = reasons.iter().map(|r| r.code.as_str()).collect();
        assert_eq!(codes, ["late", "late2", "r2"]);
        assert_eq!(reasons[1].de, "Late");
    }

    #[test]
    fn all_reasons_taken_away_are_no_reasons() {
        assert!(overlaid(&[("reason_en", "")]).reasons.is_empty());
        assert_eq!(overlaid(&[]).reasons, ShopSettings::default().reasons);
    }
}
