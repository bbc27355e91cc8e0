//! Which conversations somebody wants to see, and from where in the list on.

use crate::domain::reason::is_code;
use crate::text::form_fields::{FormFields, encoded};
use shared::moment::Moment;
use shared::string_enum;

/// The longest search, in characters; longer ones are cut.
const SEARCH_MAX_CHARS: usize = 100;
/// Who has what nobody has.
pub const NOBODY: &str = "-";
/// The longest of our own names for a person.
const PERSON_MAX_CHARS: usize = 32;

string_enum! {
    /// The lists of the inbox; where there is a stage of that name, the conversations at it.
    #[derive(Default)]
    InboxTab {
        /// Who waits for an answer.
        #[default]
        Waiting = "waiting",
        /// What somebody is at, and nobody waits.
        InHand = "in_hand",
        /// What was put right, and not yet confirmed.
        PutRight = "put_right",
        /// What is okay again.
        Recovered = "recovered",
        /// Who was asked and never answered.
        Unconfirmed = "unconfirmed",
        /// What needs no answer.
        SetAside = "set_aside",
        /// Everything, for who looks for something.
        All = "all",
    }
}

impl InboxTab {
    /// Every list but the last, in their order.
    pub const TABS: [Self; 6] =
        [Self::Waiting, Self::InHand, Self::PutRight, Self::Recovered, Self::Unconfirmed, Self::SetAside];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "Waiting",
            Self::InHand => "In hand",
            Self::PutRight => "Put right",
            Self::Recovered => "Won back",
            Self::Unconfirmed => "Unconfirmed",
            Self::SetAside => "Set aside",
            Self::All => "Everything",
        }
    }
}

/// What to leave out of the list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InboxFilter {
    /// Which list.
    pub view: InboxTab,
    /// What stands in the words, the order number, the e-mail or the receipt; empty for anything.
    pub text: String,
    /// When they were asked.
    pub moment: Option<Moment>,
    /// Code of a reason they picked; empty for any.
    pub reason: String,
    /// Code of a cause; empty for any.
    pub cause: String,
    /// Our own name for who has it, [`NOBODY`], or empty for anybody.
    pub person: String,
}

impl InboxFilter {
    /// A filter from a query. What makes no sense is left out: an old bookmark still opens the list.
    pub fn parse(query: &FormFields) -> Self {
        let code = |name| {
            let code = query.get(name);
            if is_code(code) { code.to_owned() } else { String::new() }
        };
        let text = shared::text::cut(query.get("q"), SEARCH_MAX_CHARS);
        let view =
            InboxTab::named(query.get("view")).filter(|view| *view != InboxTab::All || !text.is_empty());
        Self {
            // Who looks for something does not know where it stands.
            view: view.unwrap_or(if text.is_empty() { InboxTab::Waiting } else { InboxTab::All }),
            moment: Moment::named(query.get("moment")),
            reason: code("reason"),
            cause: code("cause"),
            person: shared::text::cut(query.get("person"), PERSON_MAX_CHARS),
            text,
        }
    }

    /// Whether more than the list was chosen.
    pub fn is_narrowed(&self) -> bool {
        *self != Self { view: self.view, text: self.text.clone(), ..Self::default() }
    }

    /// The same for another list.
    pub fn with_tab(&self, view: InboxTab) -> Self {
        Self { view, ..self.clone() }
    }

    /// The filter as a query, without the first `?`; empty for what an address without one shows.
    pub fn query(&self) -> String {
        let view =
            if self.view == InboxTab::Waiting && self.text.is_empty() { "" } else { self.view.as_str() };
        [
            ("view", view),
            ("q", self.text.as_str()),
            ("moment", self.moment.map_or("", Moment::as_str)),
            ("reason", self.reason.as_str()),
            ("cause", self.cause.as_str()),
            ("person", self.person.as_str()),
        ]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| [name, "=", &encoded(value)].concat())
        .collect::<Vec<_>>()
        .join("&")
    }
}

/// An address with these parts of a query.
pub fn href(path: &str, parts: &[&str]) -> String {
    let query: Vec<&str> = parts.iter().copied().filter(|p| !p.is_empty()).collect();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}

/// The last one that was shown, from which on a list goes on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InboxCursor(Option<(i64, i64, String)>);

impl InboxCursor {
    /// After this one: its rank and instant in the order of the list, and its id.
    pub fn after(rank: i64, at: i64, id: &str) -> Self {
        Self(Some((rank, at, id.to_owned())))
    }

    /// A place from a query; what makes no sense is the start.
    pub fn parse(text: &str) -> Self {
        let mut parts = text.splitn(3, '_');
        let mut part = || parts.next().unwrap_or_default();
        let (rank, at, id) = (part().parse(), part().parse(), part());
        let id = shared::ids::ResponseId::parse("after", id);
        Self(match (rank, at, id) {
            (Ok(rank), Ok(at), Ok(id)) => Some((rank, at, id.as_str().to_owned())),
            _ => None,
        })
    }

    /// Whether it is the start.
    pub fn is_start(&self) -> bool {
        self.0.is_none()
    }

    /// The place as it stands in a query.
    pub fn as_text(&self) -> String {
        self.0.as_ref().map(|(rank, at, id)| format!("{rank}_{at}_{id}")).unwrap_or_default()
    }

    /// Where a list that goes upwards goes on.
    pub fn ascending(&self) -> (i64, i64, &str) {
        self.0.as_ref().map_or((i64::MIN, i64::MIN, ""), |(rank, at, id)| (*rank, *at, id.as_str()))
    }

    /// Where a list that goes downwards goes on.
    pub fn descending(&self) -> (i64, &str) {
        self.0.as_ref().map_or((i64::MAX, ""), |(_, at, id)| (*at, id.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from_pairs(fields: &[(&str, &str)]) -> InboxFilter {
        InboxFilter::parse(&fields.iter().copied().collect())
    }

    #[test]
    fn a_filter_comes_back_from_its_own_query() {
        let filter = from_pairs(&[("view", "put_right"), ("q", "blue & white"), ("cause", "late_parcel")]);
        assert_eq!(filter.query(), "view=put_right&q=blue%20%26%20white&cause=late_parcel");
        assert_eq!(from_pairs(&[]).query(), "", "an address of its own");
        assert!(filter.is_narrowed() && !from_pairs(&[("q", "bowl")]).is_narrowed());
    }

    #[test]
    fn who_looks_for_something_looks_everywhere_unless_they_say_where() {
        assert_eq!(from_pairs(&[("q", "bowl")]).view, InboxTab::All);
        assert_eq!(from_pairs(&[("q", "bowl"), ("view", "set_aside")]).view, InboxTab::SetAside);
        assert_eq!(from_pairs(&[("view", "all")]).view, InboxTab::Waiting, "everything is for a search");
        assert_eq!(from_pairs(&[("view", "x"), ("moment", "x"), ("cause", "É!")]), InboxFilter::default());
    }

    #[test]
    fn a_place_in_the_list_comes_back_and_a_wrong_one_is_the_start() {
        let place = InboxCursor::after(1, 1_700_000_000_000, "0191f6c2-0000-7000-8000-000000000000");
        assert_eq!(InboxCursor::parse(&place.as_text()), place);
        for wrong in ["", "1", "1_2", "x_y_z", "1_2_0191F6C2-0000-7000-8000-000000000000"] {
            assert!(InboxCursor::parse(wrong).is_start(), "{wrong}");
        }
    }
}
