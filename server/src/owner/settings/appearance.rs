//! `/settings/look`: colour, corner, faces and theme.

use crate::domain::contrast;
use crate::domain::shop_settings::{Accent, Corner, ShopSettings, Theme};
use crate::error::AppError;
use crate::owner::auth::session::OwnerAccess;
use crate::owner::settings::preview_draft::{accent_of, overlay};
use crate::owner::settings::{SettingsPage, save};
use crate::state::AppState;
use crate::text::form_fields::FormFields;
use crate::web::form_errors::FieldErrors;
use actix_web::HttpResponse;
use actix_web::web::{Data, Form};
use shared::rating::Scale;

const SWATCHES: [(&str, &str); 6] = [
    ("#1d5c45", "Bottle green"),
    ("#2f5f7a", "Tidal blue"),
    ("#b4472f", "Brick"),
    ("#ffd400", "Yellow"),
    ("#6a3f75", "Plum"),
    ("#111111", "Black"),
];

pub struct AppearanceView {
    pub swatches: Vec<Swatch>,
    /// Whether the colour is none of the swatches.
    pub is_own: bool,
    pub accent: String,
    /// The contrast of text on the colour, in words.
    pub contrast: String,
    /// Corner, faces and theme.
    pub choices: Vec<Segments>,
}

pub struct Swatch {
    /// `#rrggbb`
    pub hex: &'static str,
    pub name: &'static str,
    pub is_chosen: bool,
}

/// A choice of one among a few.
pub struct Segments {
    pub label: &'static str,
    pub field: &'static str,
    pub options: Vec<Segment>,
}

pub struct Segment {
    pub value: &'static str,
    /// On the page.
    pub name: &'static str,
    pub is_chosen: bool,
}

impl AppearanceView {
    pub fn from_settings(settings: &ShopSettings) -> Self {
        let accent = settings.accent.as_str();
        let (text, ratio) = contrast::text_color_on(&settings.accent);
        let segment = |value, name, chosen: &str| Segment { value, name, is_chosen: value == chosen };
        let corner = settings.corner.as_str();
        let scale = settings.scale.as_str();
        let theme = settings.theme.as_str();
        Self {
            swatches: SWATCHES.map(|(hex, name)| Swatch { hex, name, is_chosen: hex == accent }).into(),
            is_own: !SWATCHES.iter().any(|(hex, _)| *hex == accent),
            accent: accent.to_owned(),
            contrast: format!("Text on it is {text}, {ratio:.1} : 1."),
            choices: vec![
                Segments {
                    label: "Answers as",
                    field: "scale",
                    options: vec![
                        segment(Scale::ThreeFaces.as_str(), "Three faces", scale),
                        segment(Scale::FiveFaces.as_str(), "Five faces", scale),
                        segment(Scale::Thumbs.as_str(), "Thumbs", scale),
                    ],
                },
                Segments {
                    label: "Corner",
                    field: "corner",
                    options: vec![
                        segment(Corner::Start.as_str(), "Left", corner),
                        segment(Corner::End.as_str(), "Right", corner),
                    ],
                },
                Segments {
                    label: "Light or dark",
                    field: "theme",
                    options: vec![
                        segment(Theme::Auto.as_str(), "Like the visitor’s device", theme),
                        segment(Theme::Light.as_str(), "Light", theme),
                        segment(Theme::Dark.as_str(), "Dark", theme),
                    ],
                },
            ],
        }
    }
}

pub async fn post(
    OwnerAccess(who): OwnerAccess,
    form: Form<FormFields>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let mut wrong = FieldErrors::default();
    let accent = wrong.check("accent", Accent::parse(accent_of(&form)));
    let draft = overlay(&who.shop.settings, &form);
    let Some(accent) = accent else {
        let mut page = SettingsPage::load(&state, &who).await?;
        page.look = AppearanceView::from_settings(&draft);
        return page.refused("look", wrong);
    };
    let settings = ShopSettings {
        accent,
        corner: draft.corner,
        theme: draft.theme,
        scale: draft.scale,
        ..who.shop.settings.clone()
    };
    save(&state, &who, &who.shop.name, &settings, "look").await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_of_ones_own_is_none_of_the_swatches() {
        let settings = ShopSettings { accent: Accent::parse("#abcdef").unwrap(), ..ShopSettings::default() };
        let view = AppearanceView::from_settings(&settings);
        assert!(view.is_own && view.swatches.iter().all(|s| !s.is_chosen));
        let view = AppearanceView::from_settings(&ShopSettings::default());
        assert!(!view.is_own && view.swatches[0].is_chosen);
        assert_eq!(view.contrast, "Text on it is white, 7.9 : 1.");
        assert!(view.choices.iter().all(|c| c.options.iter().filter(|o| o.is_chosen).count() == 1));
    }
}
