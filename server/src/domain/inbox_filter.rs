//! Which conversations the inbox lists, and the cursor for its pages.

use crate::domain::reason::is_code;
use crate::text::form_fields::{FormFields, encoded};
use shared::moment::Moment;
use shared::string_enum;

/// Longer searches are cut.
const SEARCH_MAX_CHARS: usize = 100;
/// The value of a filter for conversations without an assigned member.
pub const UNASSIGNED: &str = "-";
const PERSON_MAX_CHARS: usize = 32;

string_enum! {
    /// Each is named after its stage, if it has one.
    #[derive(Default)]
    InboxTab {
        #[default]
        Waiting = "waiting",
        InHand = "in_hand",
        PutRight = "put_right",
        Recovered = "recovered",
        Unconfirmed = "unconfirmed",
        SetAside = "set_aside",
        All = "all",
    }
}

impl InboxTab {
    /// The tabs that are shown, in order.
    pub const TABS: [Self; 6] =
        [Self::Waiting, Self::InHand, Self::PutRight, Self::Recovered, Self::Unconfirmed, Self::SetAside];

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

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InboxFilter {
    pub view: InboxTab,
    pub text: String,
    pub moment: Option<Moment>,
    pub reason: String,
    pub cause: String,
    /// A member's id, [`UNASSIGNED`], or empty for any.
    pub person: String,
}

impl InboxFilter {
    /// Ignores invalid values, so that an old bookmark still opens the list.
    pub fn parse(query: &FormFields) -> Self {
        let code = |name| {
            let code = query.get(name);
            if is_code(code) { code.to_owned() } else { String::new() }
        };
        let text = shared::text::cut(query.get("q"), SEARCH_MAX_CHARS);
        let view =
            InboxTab::named(query.get("view")).filter(|view| *view != InboxTab::All || !text.is_empty());
        Self {
            // A search covers every stage unless one is named.
            view: view.unwrap_or(if text.is_empty() { InboxTab::Waiting } else { InboxTab::All }),
            moment: Moment::named(query.get("moment")),
            reason: code("reason"),
            cause: code("cause"),
            person: shared::text::cut(query.get("person"), PERSON_MAX_CHARS),
            text,
        }
    }

    /// Whether anything but the tab and the search is set.
    pub fn is_narrowed(&self) -> bool {
        *self != Self { view: self.view, text: self.text.clone(), ..Self::default() }
    }

    pub fn with_tab(&self, view: InboxTab) -> Self {
        Self { view, ..self.clone() }
    }

    /// Without the leading `?`; empty for the defaults.
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

pub fn href(path: &str, parts: &[&str]) -> String {
    let query: Vec<&str> = parts.iter().copied().filter(|p| !p.is_empty()).collect();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}

/// The last conversation shown; the next page begins after it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InboxCursor(Option<(i64, i64, String)>);

impl InboxCursor {
    /// Its rank and instant in the order of the list, and its id.
    pub fn after(rank: i64, at: i64, id: &str) -> Self {
        Self(Some((rank, at, id.to_owned())))
    }

    /// An invalid cursor is the start.
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

    pub fn is_start(&self) -> bool {
        self.0.is_none()
    }

    pub fn as_text(&self) -> String {
        self.0.as_ref().map(|(rank, at, id)| format!("{rank}_{at}_{id}")).unwrap_or_default()
    }

    pub fn ascending(&self) -> (i64, i64, &str) {
        self.0.as_ref().map_or((i64::MIN, i64::MIN, ""), |(rank, at, id)| (*rank, *at, id.as_str()))
    }

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
