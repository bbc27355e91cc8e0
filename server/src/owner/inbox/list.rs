//! The list of the inbox: its tabs and how many stand behind each, and the conversations of one.

use crate::db::inbox_queries;
use crate::db::inbox_queries::{COUNTED_MAX, InboxCounts, InboxRow};
use crate::db::shops::Shop;
use crate::domain::inbox_filter::{InboxCursor, InboxFilter, InboxTab, UNASSIGNED, href};
use crate::error::AppError;
use crate::owner::inbox::list_item::{ItemContext, ListItem};
use crate::owner::responses::response_view::reason;
use crate::state::AppState;
use crate::text::form_fields::FormFields;
use crate::text::phrases;
use crate::text::phrases::{capitalize, format_count, format_span};
use shared::moment::Moment;

/// How many conversations stand on a page.
pub const PAGE: usize = 50;
/// How many of those in hand stand under those who wait.
const IN_HAND_SHOWN: usize = 10;

/// The list, ready to be shown.
pub struct InboxList {
    /// Who waits, in one line.
    pub headline: String,
    /// How many wait, as the page's title says it; empty for none.
    pub title_count: String,
    /// The lists there are.
    pub tabs: Vec<InboxTabLink>,
    /// What stands over the conversations.
    pub name: &'static str,
    /// In which order they are.
    pub order: &'static str,
    /// The conversations.
    pub items: Vec<ListItem>,
    /// What is said if there are none.
    pub empty: &'static str,
    /// Those in hand, under those who wait.
    pub in_hand: Vec<ListItem>,
    /// Where all of those in hand are; none if these are all.
    pub in_hand_href: Option<String>,
    /// Where the list goes on.
    pub more: Option<String>,
    /// Where it begins, if this is not the beginning.
    pub start: Option<String>,
    /// What the list can be narrowed by.
    pub selects: Vec<InboxSelect>,
    /// The list without a search and a filter.
    pub all_href: String,
    /// Where several at once are set aside.
    pub set_aside_action: String,
    /// Why it was not done; empty for nothing.
    pub refused: &'static str,
    /// Where the first of those who wait is.
    pub first_waiting: Option<String>,
}

/// One of the lists, as a link.
pub struct InboxTabLink {
    /// What it is called.
    pub name: &'static str,
    /// Where it is.
    pub href: String,
    /// How many stand there; empty for none.
    pub count: String,
    /// Whether it is this one.
    pub is_here: bool,
}

/// One choice of the filter.
pub struct InboxSelect {
    /// What it chooses.
    pub label: &'static str,
    /// Its name in the query.
    pub field: &'static str,
    /// What there is to choose from.
    pub options: Vec<InboxOption>,
}

/// One of its options.
pub struct InboxOption {
    /// In the query.
    pub value: String,
    /// What it is called.
    pub name: String,
    /// Whether it is the one.
    pub is_chosen: bool,
}

impl InboxList {
    /// The first of those who wait that is not open already.
    pub fn next_waiting(&self) -> Option<&ListItem> {
        self.items.iter().find(|item| item.waits.is_some() && !item.is_here)
    }
}

/// The list for a query.
pub(crate) async fn list(
    state: &AppState,
    shop: &Shop,
    query: &FormFields,
    showing: &ItemContext<'_>,
) -> Result<InboxList, AppError> {
    let (db, key, filter) = (&state.db, &shop.key, showing.filter);
    let counts = inbox_queries::counts(db, key).await?;
    let from = InboxCursor::parse(query.get("after"));
    // One more than is shown tells whether there are more.
    let mut listed = inbox_queries::page(db, key, filter, &from, PAGE as i64 + 1).await?;
    let has_more = listed.len() > PAGE;
    listed.truncate(PAGE);
    let to = |filter: &InboxFilter, more: &str| showing.shell.to(&href("/inbox", &[&filter.query(), more]));
    let more = listed.last().filter(|_| has_more).map(|last| {
        let place = cursor_after(last, filter);
        to(filter, &format!("after={}", place.as_text()))
    });
    let is_first_page = filter.view == InboxTab::Waiting && filter.text.is_empty() && !has_more;
    let (in_hand, has_more_in_hand) = if is_first_page {
        let filter = filter.with_tab(InboxTab::InHand);
        let mut in_hand =
            inbox_queries::page(db, key, &filter, &InboxCursor::default(), IN_HAND_SHOWN as i64 + 1).await?;
        let has_more = in_hand.len() > IN_HAND_SHOWN;
        in_hand.truncate(IN_HAND_SHOWN);
        (in_hand, has_more)
    } else {
        (Vec::new(), false)
    };
    let items: Vec<ListItem> = listed.into_iter().map(|it| showing.build(it)).collect();
    Ok(InboxList {
        headline: headline(&counts, showing.now_ms),
        title_count: counted(counts.waiting),
        tabs: tabs(filter, &counts, &to),
        name: match filter.view {
            InboxTab::Waiting => "Waiting for you",
            InboxTab::All => "Found",
            other => other.name(),
        },
        order: match filter.view {
            InboxTab::Waiting if filter.text.is_empty() => "longest first",
            _ => "newest first",
        },
        empty: empty(filter),
        first_waiting: items.iter().find(|item| item.waits.is_some()).map(|item| item.href.clone()),
        items,
        in_hand: in_hand.into_iter().map(|it| showing.build(it)).collect(),
        in_hand_href: has_more_in_hand.then(|| to(&filter.with_tab(InboxTab::InHand), "")),
        more,
        start: (!from.is_start()).then(|| to(filter, "")),
        selects: selects(showing),
        all_href: to(&InboxFilter { view: InboxTab::Waiting, ..InboxFilter::default() }, ""),
        set_aside_action: showing.shell.to(&href("/inbox/set-aside", &[&filter.query()])),
        refused: match query.get("refused") {
            "reason" => "Why do they need no answer? Please choose one.",
            "talk" => "Please choose at least one conversation first.",
            _ => "",
        },
    })
}

fn cursor_after(last: &InboxRow, filter: &InboxFilter) -> InboxCursor {
    match filter.view {
        _ if !filter.text.is_empty() => InboxCursor::after(0, last.search_rowid, &last.response),
        InboxTab::Waiting => {
            let rank = i64::from(last.stage != shared::conversation::Stage::Reopened.as_str());
            InboxCursor::after(rank, last.waits_since_at_ms.unwrap_or_default(), &last.response)
        }
        _ => InboxCursor::after(0, last.changed_at_ms, &last.response),
    }
}

fn headline(counts: &InboxCounts, now_ms: i64) -> String {
    let longest = counts.longest_since_at_ms.map_or(0, |since_ms| now_ms - since_ms);
    match counts.waiting {
        0 => "Everyone has an answer.".to_owned(),
        1 => format!("One person is waiting, for {}", format_span(longest)),
        n if n >= COUNTED_MAX => {
            format!(
                "More than {} people are waiting, the longest for {}",
                COUNTED_MAX - 1,
                format_span(longest)
            )
        }
        n => {
            let people = capitalize(&format_count(n.unsigned_abs()));
            format!("{people} people are waiting, the longest for {}", format_span(longest))
        }
    }
}

/// A count, as far as anybody counts; empty for none.
pub fn counted(n: i64) -> String {
    match n {
        0 => String::new(),
        n if n >= COUNTED_MAX => format!("{}+", COUNTED_MAX - 1),
        n => n.to_string(),
    }
}

fn tabs(
    filter: &InboxFilter,
    counts: &InboxCounts,
    to: &impl Fn(&InboxFilter, &str) -> String,
) -> Vec<InboxTabLink> {
    let all = (!filter.text.is_empty()).then_some(InboxTab::All);
    let tab = |view: InboxTab| InboxTabLink {
        name: view.name(),
        href: to(&filter.with_tab(view), ""),
        count: counted(match view {
            InboxTab::Waiting => counts.waiting,
            InboxTab::InHand => counts.in_hand,
            InboxTab::PutRight => counts.put_right,
            InboxTab::Unconfirmed => counts.unconfirmed,
            // Nobody has to do anything there.
            InboxTab::Recovered | InboxTab::SetAside | InboxTab::All => 0,
        }),
        is_here: view == filter.view,
    };
    all.into_iter().chain(InboxTab::TABS).map(tab).collect()
}

fn empty(filter: &InboxFilter) -> &'static str {
    if !filter.text.is_empty() || filter.is_narrowed() {
        return "Nothing fits.";
    }
    match filter.view {
        InboxTab::Waiting => "Nobody is waiting.",
        InboxTab::InHand => "Nothing is in hand.",
        InboxTab::PutRight => "Nothing waits to be confirmed.",
        InboxTab::Recovered => "Nobody was won back yet.",
        InboxTab::Unconfirmed => "Everybody who was asked has answered.",
        InboxTab::SetAside => "Nothing was set aside.",
        InboxTab::All => "Nothing fits.",
    }
}

fn selects(showing: &ItemContext<'_>) -> Vec<InboxSelect> {
    let (filter, settings) = (showing.filter, showing.settings);
    let choice = |value: &str, name: String, chosen: &str| InboxOption {
        value: value.to_owned(),
        name,
        is_chosen: value == chosen,
    };
    let any = |name: &str, chosen: &str| choice("", name.to_owned(), chosen);
    // What is chosen is on the list even if it is old.
    let with = |mut known: Vec<String>, chosen: &String| {
        if !chosen.is_empty() && !known.contains(chosen) {
            known.push(chosen.clone());
        }
        known
    };
    let moment = filter.moment.map_or("", Moment::as_str);
    let reasons = with(settings.reasons.iter().map(|r| r.code.clone()).collect(), &filter.reason);
    let causes = with(settings.causes.iter().map(|c| c.code.clone()).collect(), &filter.cause);
    let select = |label, field, name, chosen: &str, rest: Vec<InboxOption>| InboxSelect {
        label,
        field,
        options: std::iter::once(any(name, chosen)).chain(rest).collect(),
    };
    let nobody = choice(UNASSIGNED, "Nobody yet".to_owned(), &filter.person);
    let people = showing.people.iter().map(|p| choice(&p.id, p.name.clone(), &filter.person));
    vec![
        select(
            "When they were asked",
            "moment",
            "Any moment",
            moment,
            Moment::ALL
                .iter()
                .map(|m| choice(m.as_str(), phrases::moment_name(m.as_str()).to_owned(), moment))
                .collect(),
        ),
        select(
            "Reason they picked",
            "reason",
            "Any reason",
            &filter.reason,
            reasons.iter().map(|code| choice(code, reason(settings, code), &filter.reason)).collect(),
        ),
        select(
            "Cause",
            "cause",
            "Any cause",
            &filter.cause,
            causes
                .iter()
                .map(|code| choice(code, crate::analytics::labels::cause_name(settings, code), &filter.cause))
                .collect(),
        ),
        select(
            "Who has it",
            "person",
            "Anybody",
            &filter.person,
            std::iter::once(nobody).chain(people).collect(),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_counts_past_ninety_nine() {
        assert_eq!((counted(0).as_str(), counted(99).as_str(), counted(100).as_str()), ("", "99", "99+"));
        let counts =
            |waiting| InboxCounts { waiting, longest_since_at_ms: Some(0), ..InboxCounts::default() };
        assert_eq!(headline(&counts(0), 0), "Everyone has an answer.");
        assert_eq!(
            headline(&counts(3), 5 * 3_600_000).replace('\u{a0}', " "),
            "Three people are waiting, the longest for five hours"
        );
        assert!(headline(&counts(100), 0).starts_with("More than 99 people are waiting"));
    }
}
