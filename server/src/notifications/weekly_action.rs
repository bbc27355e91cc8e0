//! The one thing to do, in the words of the weekly mail.

use crate::analytics::labels::cause_name;
use crate::analytics::top_action::TopAction;
use crate::domain::response_filter::ResponseFilter;
use crate::notifications::Composer;
use crate::notifications::dates;
use crate::notifications::layout::unlinked;
use crate::notifications::weekly_report::{format_happy, format_localized};
use crate::time::zone::Period;
use shared::words::Language;

/// [`TopAction`] in words.
pub(super) struct WeeklyText {
    /// The sentence that says what to do.
    pub(super) first: String,
    /// The same, with the reason.
    pub(super) words: String,
    /// Label and address of the button.
    pub(super) button: Option<(String, String)>,
}

pub(super) fn describe_top_action(
    composer: &Composer<'_>,
    action: &TopAction,
    week: Period,
    language: Language,
) -> WeeklyText {
    let shop = composer.shop.key.as_str();
    let of_week = |filter: ResponseFilter| {
        let filter = ResponseFilter { from: Some(week.first), to: Some(week.last), ..filter };
        format!("/responses?{}&shop={shop}", filter.query())
    };
    let n = |n: u64| format_localized(n, language);
    let (first, why, button, path) = match (action, language) {
        (TopAction::Answer { people, oldest_at_ms }, language) => {
            let since = dates::format_instant(&composer.zone(), *oldest_at_ms, composer.now_ms, language);
            let (first, why, button) = match (language, people) {
                (Language::En, 1) => {
                    ("Answer the one who waits.".to_owned(), "They have been waiting since", "Answer")
                }
                (Language::En, more) => (
                    format!("Answer the {} who wait.", n(*more)),
                    "The first of them has been waiting since",
                    "Answer them",
                ),
                (Language::De, 1) => {
                    ("Antworte der Person, die wartet.".to_owned(), "Sie wartet seit", "Antworten")
                }
                (Language::De, more) => (
                    format!("Antworte den {} Menschen, die warten.", n(*more)),
                    "Am längsten wartet jemand seit",
                    "Antworten",
                ),
            };
            (first, format!("{why} {since}."), button, Some(format!("/inbox?shop={shop}")))
        }
        (TopAction::Cause { code, people, before }, language) => {
            let name = cause_name(&composer.shop.settings, code);
            let path = of_week(ResponseFilter { cause: code.clone(), ..ResponseFilter::default() });
            let (people, before) = (n(*people), n(*before));
            let (first, why, button) = match language {
                Language::En => (
                    format!("Look into “{name}”."),
                    format!("It was behind {people} complaints, and behind {before} the week before."),
                    "See who complained",
                ),
                Language::De => (
                    format!("Sieh dir „{name}“ an."),
                    format!("Das steckte hinter {people} Beschwerden, in der Woche davor hinter {before}."),
                    "Wer sich beschwert hat",
                ),
            };
            (first, why, button, Some(path))
        }
        (TopAction::Page { path, title, happiness }, language) => {
            let name = unlinked(if title.is_empty() { path } else { title });
            let happy = format_happy(*happiness, language);
            let path = of_week(ResponseFilter { page: path.clone(), ..ResponseFilter::default() });
            let (first, why, button) = match language {
                Language::En => (
                    format!("Look at “{name}”."),
                    format!("There {happy} were happy, clearly fewer than on your other pages."),
                    "See what they said",
                ),
                Language::De => (
                    format!("Sieh dir „{name}“ an."),
                    format!("Dort waren {happy} zufrieden, deutlich weniger als auf deinen anderen Seiten."),
                    "Was sie sagen",
                ),
            };
            (first, why, button, Some(path))
        }
        (TopAction::NoResponses { before }, Language::En) => (
            "See whether anybody is asked.".to_owned(),
            format!("Nobody answered, after {} the week before.", n(*before)),
            "See where the tag was seen",
            Some(format!("/settings?shop={shop}#origins")),
        ),
        (TopAction::NoResponses { before }, Language::De) => (
            "Sieh nach, ob noch jemand gefragt wird.".to_owned(),
            format!("Niemand hat geantwortet, in der Woche davor waren es {}.", n(*before)),
            "Wo wir zu sehen waren",
            Some(format!("/settings?shop={shop}#origins")),
        ),
        (TopAction::KeepGoing, Language::En) => (
            "Go on like this.".to_owned(),
            "Nothing went wrong three times, and nobody waits.".to_owned(),
            "",
            None,
        ),
        (TopAction::KeepGoing, Language::De) => (
            "Mach weiter so.".to_owned(),
            "Nichts ging dreimal schief, und niemand wartet.".to_owned(),
            "",
            None,
        ),
    };
    let button = path.map(|path| (button.to_owned(), composer.url(&path)));
    WeeklyText { words: format!("{first} {why}"), first, button }
}
