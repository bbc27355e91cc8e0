//! What an owner decides about a shop: who asks, when, and how it looks.

use crate::domain::cause::Cause;
use crate::domain::opening_hours::OpeningHours;
use crate::domain::reason::Reason;
use serde::{Deserialize, Serialize};
use shared::rating::Scale;
use shared::refusal::{Code, Refusal};
use shared::string_enum;

/// Everything an owner can set about one shop. Kept as one JSON text; a field added later starts with its default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ShopSettings {
    /// The person who asks and answers.
    pub person: ContactPerson,
    /// The one colour a shop sets.
    pub accent: Accent,
    /// Light or dark.
    pub theme: Theme,
    /// Where the launcher and the panel sit.
    pub corner: Corner,
    /// How the question is drawn.
    pub scale: Scale,
    /// The chips on a low rating, at most [`crate::domain::reason::REASONS_MAX`].
    pub reasons: Vec<Reason>,
    /// When to ask.
    pub moments: Moments,
    /// How long a visitor is left in peace.
    pub quiet: Quiet,
    /// Where words can go when the collector does not answer; shown to visitors.
    pub fallback_email: Option<String>,
    /// Where the shop's days begin and end, as an IANA name such as `Europe/Berlin`. Only the collector, which knows
    /// the time zones, can tell whether there is one of this name; an unknown one counts as UTC.
    pub time_zone: String,
    /// When somebody is there to answer.
    pub hours: OpeningHours,
    /// The fastest answer that is promised, in hours, at most [`crate::domain::promise::AT_LEAST_HOURS_MAX`]: an owner may promise less
    /// than was measured, never more. 0 promises what was measured.
    pub promise_at_least_hours: u32,
    /// Whether the people of the shop are reminded at half of the promised time, and when it is over.
    pub reminds: bool,
    /// Why things go wrong, at most [`crate::domain::cause::CAUSES_MAX`].
    pub causes: Vec<Cause>,
    /// How many days after it was put right the visitor is asked "is it okay now?", 0 to 30.
    pub ask_after_days: u32,
    /// To how many others people tell what happened to them.
    pub mouth: WordOfMouth,
}

impl Default for ShopSettings {
    fn default() -> Self {
        Self {
            person: ContactPerson::default(),
            accent: Accent::default(),
            theme: Theme::default(),
            corner: Corner::default(),
            scale: Scale::default(),
            reasons: Reason::starters(),
            moments: Moments::default(),
            quiet: Quiet::default(),
            fallback_email: None,
            time_zone: "UTC".to_owned(),
            hours: OpeningHours::default(),
            promise_at_least_hours: 0,
            reminds: true,
            causes: Cause::starters(),
            ask_after_days: 2,
            mouth: WordOfMouth::default(),
        }
    }
}

/// The most people that somebody is said to tell.
pub const MOUTH_MAX: u32 = 1_000;

/// To how many others somebody tells what happened, from and to, each at most [`MOUTH_MAX`].
///
/// Source: the old shopkeeper's rule that a bad experience is told to 20 to 30 people and a great one to 7 to 10. Nobody
/// counted them, so a shop may set its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct WordOfMouth {
    /// Of a bad experience, at least.
    pub unhappy_from: u32,
    /// Of a bad experience, at most.
    pub unhappy_to: u32,
    /// Of a great one, at least.
    pub delighted_from: u32,
    /// Of a great one, at most.
    pub delighted_to: u32,
}

impl Default for WordOfMouth {
    fn default() -> Self {
        Self { unhappy_from: 20, unhappy_to: 30, delighted_from: 7, delighted_to: 10 }
    }
}

/// The person who asks: every question and answer carries a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct ContactPerson {
    /// A first name, as said across a counter.
    pub name: String,
    /// The content hash of the photo; none shows initials.
    pub photo: Option<String>,
}

impl ContactPerson {
    /// One or two letters for where a photo would be.
    pub fn initials(&self) -> String {
        let mut words = self.name.split_whitespace().filter_map(|w| w.chars().next());
        let first = words.next().into_iter();
        first.chain(words.next_back()).flat_map(char::to_uppercase).take(3).collect()
    }
}

/// A colour as `#rrggbb`, lower case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Accent(String);

impl Accent {
    /// A colour from what an owner typed or picked.
    ///
    /// # Errors
    /// [`Code::ColourLooksWrong`] unless it is `#` and six hexadecimal digits: what stands in a style must be a colour.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let text = text.trim().to_ascii_lowercase();
        let digits = text.strip_prefix('#').unwrap_or_default();
        if digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            Ok(Self(text))
        } else {
            Err(Refusal::of("accent", Code::ColourLooksWrong))
        }
    }

    /// The colour as `#rrggbb`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for Accent {
    fn default() -> Self {
        Self("#1d5c45".to_owned())
    }
}

impl TryFrom<String> for Accent {
    type Error = Refusal;
    fn try_from(text: String) -> Result<Self, Refusal> {
        Self::parse(&text)
    }
}

impl From<Accent> for String {
    fn from(accent: Accent) -> Self {
        accent.0
    }
}

string_enum! {
    /// Which bottom corner: the end of a line of text, or its start (mirrored in right-to-left shops).
    #[derive(Default)]
    Corner {
        /// Right in English.
        #[default]
        End = "end",
        /// Left in English, for shops with a chat on the other side.
        Start = "start",
    }
}

string_enum! {
    /// Light or dark.
    #[derive(Default)]
    Theme {
        /// As the visitor's system says.
        #[default]
        Auto = "auto",
        /// For shops that are only light.
        Light = "light",
        /// For shops that are only dark.
        Dark = "dark",
    }
}

/// When to ask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Moments {
    /// Whether the launcher is there.
    pub any_time: bool,
    /// Half-way.
    pub mid_journey: MidJourney,
    /// On the thank-you page.
    pub after_checkout: AfterCheckout,
}

impl Default for Moments {
    fn default() -> Self {
        Self { any_time: true, mid_journey: MidJourney::default(), after_checkout: AfterCheckout::default() }
    }
}

/// The half-way question: on the page number `pages` of a visit, after `seconds` on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MidJourney {
    /// Whether it is asked at all.
    pub on: bool,
    /// Pages into the journey, 1 to 20.
    pub pages: u32,
    /// Seconds on that page, 1 to 600.
    pub seconds: u32,
}

impl Default for MidJourney {
    fn default() -> Self {
        Self { on: true, pages: 3, seconds: 20 }
    }
}

/// The question after checkout: on the thank-you page, after `seconds` on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AfterCheckout {
    /// Whether it is asked at all.
    pub on: bool,
    /// The thank-you page, as [`crate::domain::path_pattern::PathPattern`]; empty when the tag or a call says it.
    pub path: String,
    /// Seconds on that page, 1 to 600.
    pub seconds: u32,
}

impl Default for AfterCheckout {
    fn default() -> Self {
        Self { on: true, path: "/thank*".to_owned(), seconds: 4 }
    }
}

/// How long a visitor is left in peace. "Don't ask me again" is for good and cannot be set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Quiet {
    /// After an answer, in days, 1 to 365.
    pub answered_days: u32,
    /// After "not now", or after a question that was let pass, in days, 1 to 365.
    pub not_now_days: u32,
}

impl Default for Quiet {
    fn default() -> Self {
        Self { answered_days: 90, not_now_days: 7 }
    }
}

/// A number in a range.
pub fn number(field: &'static str, text: &str, from: u32, to: u32) -> Result<u32, Refusal> {
    match text.trim().parse() {
        Ok(n) if (from..=to).contains(&n) => Ok(n),
        _ => Err(Refusal::of(field, Code::NumberOutOfRange)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_of_an_older_version_get_the_defaults_of_what_is_new() {
        let old = r##"{"accent":"#ff0000","scale":"thumbs"}"##;
        let settings: ShopSettings = serde_json::from_str(old).unwrap();
        assert_eq!(settings.accent.as_str(), "#ff0000");
        assert_eq!(settings.scale, Scale::Thumbs);
        assert_eq!(settings.quiet, Quiet::default());
        assert_eq!(settings.time_zone, "UTC");
    }

    #[test]
    fn settings_come_back_as_they_were_kept() {
        let settings = ShopSettings::default();
        let json = serde_json::to_string(&settings).unwrap();
        assert_eq!(serde_json::from_str::<ShopSettings>(&json).unwrap(), settings);
    }

    #[test]
    fn only_a_colour_is_a_colour() {
        assert_eq!(Accent::parse(" #1D5C45").unwrap().as_str(), "#1d5c45");
        for wrong in
            ["", "red", "#12345", "#1234567", "#12345g", "red;}body{display:none", "url(//e)", "</style>"]
        {
            assert!(Accent::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn initials_of_names_people_have() {
        for (name, initials) in
            [("Anna", "A"), ("Anna Lind", "AL"), ("Ö. van der Berg", "ÖB"), ("", ""), ("李雷", "李")]
        {
            assert_eq!(ContactPerson { name: name.to_owned(), photo: None }.initials(), initials);
        }
    }
}
