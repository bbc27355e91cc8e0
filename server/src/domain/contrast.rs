//! Readable text on a shop's accent colour.

use crate::domain::shop_settings::Accent;

/// Black or white, whichever has more contrast, with the ratio: `("white", 6.9)`.
///
/// Source: WCAG 2.2, relative luminance and contrast ratio.
pub fn text_color_on(accent: &Accent) -> (&'static str, f64) {
    let light = luminance(accent.as_str());
    let (on_black, on_white) = ((light + 0.05) / 0.05, 1.05 / (light + 0.05));
    if on_black > on_white { ("black", on_black) } else { ("white", on_white) }
}

fn luminance(hex: &str) -> f64 {
    let channel = |at: usize| {
        let value = hex.get(at..at + 2).and_then(|h| u8::from_str_radix(h, 16).ok()).unwrap_or(0);
        let c = f64::from(value) / 255.0;
        if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_on_a_colour_can_always_be_read() {
        for (hex, colour, ratio) in [
            ("#000000", "white", 21.0),
            ("#ffffff", "black", 21.0),
            ("#2f5f7a", "white", 6.9),
            ("#ffd400", "black", 14.7),
        ] {
            let (text, contrast) = text_color_on(&Accent::parse(hex).unwrap());
            assert_eq!(text, colour, "{hex}");
            assert!((contrast - ratio).abs() < 0.1, "{hex}: {contrast}");
        }
    }
}
