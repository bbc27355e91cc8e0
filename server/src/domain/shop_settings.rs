//! The settings of a shop.

use crate::domain::cause::Cause;
use crate::domain::opening_hours::OpeningHours;
use crate::domain::reason::Reason;
use serde::{Deserialize, Serialize};
use shared::rating::Scale;
use shared::refusal::{Code, Refusal};
use shared::string_enum;

/// Stored as one JSON text; a field added later starts with its default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ShopSettings {
    pub person: ContactPerson,
    pub accent: Accent,
    pub theme: Theme,
    pub corner: Corner,
    pub scale: Scale,
    pub reasons: Vec<Reason>,
    pub moments: Moments,
    pub quiet: Quiet,
    pub fallback_email: Option<String>,
    /// An IANA name such as `Europe/Berlin`; an unknown one counts as UTC.
    pub time_zone: String,
    pub hours: OpeningHours,
    /// The fastest promised reply in hours, at most [`crate::domain::promise::AT_LEAST_HOURS_MAX`]: an owner may
    /// promise less than was measured, never more. 0 promises what was measured.
    pub promise_at_least_hours: u32,
    /// Whether members are reminded when half and all of the promised time is over.
    pub reminds: bool,
    pub causes: Vec<Cause>,
    /// Days until the visitor is asked "is it okay now?" after it was put right, 0 to 30.
    pub ask_after_days: u32,
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

pub const WORD_OF_MOUTH_MAX: u32 = 1_000;

/// How many others a visitor tells about their experience, each at most [`WORD_OF_MOUTH_MAX`].
///
/// Source: a shopkeepers' rule of thumb that a bad experience is told to 20 to 30 people and a great one to 7 to 10.
/// It was never counted, so a shop may set its own numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct WordOfMouth {
    pub unhappy_from: u32,
    pub unhappy_to: u32,
    pub delighted_from: u32,
    pub delighted_to: u32,
}

impl Default for WordOfMouth {
    fn default() -> Self {
        Self { unhappy_from: 20, unhappy_to: 30, delighted_from: 7, delighted_to: 10 }
    }
}

/// The person in whose name visitors are asked and answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct ContactPerson {
    /// A first name.
    pub name: String,
    /// Hash of the photo; `None` shows initials.
    pub photo: Option<String>,
}

impl ContactPerson {
    /// One or two letters to show instead of a photo.
    pub fn initials(&self) -> String {
        let mut words = self.name.split_whitespace().filter_map(|w| w.chars().next());
        let first = words.next().into_iter();
        first.chain(words.next_back()).flat_map(char::to_uppercase).take(3).collect()
    }
}

/// `#rrggbb`, lower case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Accent(String);

impl Accent {
    /// # Errors
    /// [`Code::ColourLooksWrong`] unless it is `#` and six hexadecimal digits: the text is inserted into styles.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let text = text.trim().to_ascii_lowercase();
        let digits = text.strip_prefix('#').unwrap_or_default();
        if digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            Ok(Self(text))
        } else {
            Err(Refusal::of("accent", Code::ColourLooksWrong))
        }
    }

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
    /// The bottom corner of the launcher, by text direction.
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
    #[derive(Default)]
    Theme {
        /// As the visitor's system says.
        #[default]
        Auto = "auto",
        Light = "light",
        Dark = "dark",
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Moments {
    /// Whether the launcher is shown.
    pub any_time: bool,
    pub mid_journey: MidJourney,
    pub after_checkout: AfterCheckout,
}

impl Default for Moments {
    fn default() -> Self {
        Self { any_time: true, mid_journey: MidJourney::default(), after_checkout: AfterCheckout::default() }
    }
}

/// Asked on page number `pages` of a visit, after `seconds` on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MidJourney {
    pub on: bool,
    /// 1 to 20.
    pub pages: u32,
    /// 1 to 600.
    pub seconds: u32,
}

impl Default for MidJourney {
    fn default() -> Self {
        Self { on: true, pages: 3, seconds: 20 }
    }
}

/// Asked on the thank-you page, after `seconds` on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AfterCheckout {
    pub on: bool,
    /// A [`crate::domain::path_pattern::PathPattern`]; empty if the tag or a call reports the checkout.
    pub path: String,
    /// 1 to 600.
    pub seconds: u32,
}

impl Default for AfterCheckout {
    fn default() -> Self {
        Self { on: true, path: "/thank*".to_owned(), seconds: 4 }
    }
}

/// How long a visitor is not asked again. "Don't ask me again" has no end and is no setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Quiet {
    /// After a response, 1 to 365.
    pub answered_days: u32,
    /// After "not now" or an ignored question, 1 to 365.
    pub not_now_days: u32,
}

impl Default for Quiet {
    fn default() -> Self {
        Self { answered_days: 90, not_now_days: 7 }
    }
}

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
