//! The list of the inbox: tabs with counts, filters, and a page of conversations.

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

pub const PAGE_SIZE: usize = 50;
/// Conversations in hand that are shown below the waiting ones.
const IN_HAND_MAX: usize = 10;

pub struct InboxList {
    /// How many wait, and how long.
    pub headline: String,
    /// For the page's title; empty for none.
    pub title_count: String,
    pub tabs: Vec<InboxTabLink>,
    /// The heading of the list.
    pub name: &'static str,
    /// In words.
    pub order: &'static str,
    pub items: Vec<ListItem>,
    /// Shown instead of an empty list.
    pub empty: &'static str,
    /// Shown below the waiting ones.
    pub in_hand: Vec<ListItem>,
    /// `None` if all of those in hand are shown.
    pub in_hand_href: Option<String>,
    /// The next page.
    pub more: Option<String>,
    /// The first page, if this is another.
    pub start: Option<String>,
    pub selects: Vec<InboxSelect>,
    /// The list without search and filter.
    pub all_href: String,
    pub set_aside_action: String,
    /// Why setting several aside was refused; empty if it was not.
    pub refused: &'static str,
    /// Link to the first visitor who waits.
    pub first_waiting: Option<String>,
}

pub struct InboxTabLink {
    pub name: &'static str,
    pub href: String,
    /// Empty for none.
    pub count: String,
    pub is_here: bool,
}

pub struct InboxSelect {
    pub label: &'static str,
    pub field: &'static str,
    pub options: Vec<InboxOption>,
}

pub struct InboxOption {
    pub value: String,
    pub name: String,
    pub is_chosen: bool,
}

impl InboxList {
    /// The first waiting conversation that is not open on this page.
    pub fn next_waiting(&self) -> Option<&ListItem> {
        self.items.iter().find(|item| item.waits.is_some() && !item.is_here)
    }
}

pub(crate) async fn load(
    state: &AppState,
    shop: &Shop,
    query: &FormFields,
    context: &ItemContext<'_>,
) -> Result<InboxList, AppError> {
    let (db, key, filter) = (&state.db, &shop.key, context.filter);
    let counts = inbox_queries::counts(db, key).await?;
    let cursor = InboxCursor::parse(query.get("after"));
    // One row more than the page shows tells whether there are more.
    let mut rows = inbox_queries::page(db, key, filter, &cursor, PAGE_SIZE as i64 + 1).await?;
    let has_more = rows.len() > PAGE_SIZE;
    rows.truncate(PAGE_SIZE);
    let to = |filter: &InboxFilter, more: &str| context.shell.to(&href("/inbox", &[&filter.query(), more]));
    let more = rows.last().filter(|_| has_more).map(|last| {
        let cursor = cursor_after(last, filter);
        to(filter, &format!("after={}", cursor.as_text()))
    });
    let is_first_page = filter.view == InboxTab::Waiting && filter.text.is_empty() && !has_more;
    let (in_hand, has_more_in_hand) = if is_first_page {
        let filter = filter.with_tab(InboxTab::InHand);
        let mut in_hand =
            inbox_queries::page(db, key, &filter, &InboxCursor::default(), IN_HAND_MAX as i64 + 1).await?;
        let has_more = in_hand.len() > IN_HAND_MAX;
        in_hand.truncate(IN_HAND_MAX);
        (in_hand, has_more)
    } else {
        (Vec::new(), false)
    };
    let items: Vec<ListItem> = rows.into_iter().map(|row| context.build(row)).collect();
    Ok(InboxList {
        headline: headline(&counts, context.now_ms),
        title_count: format_capped(counts.waiting),
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
        in_hand: in_hand.into_iter().map(|row| context.build(row)).collect(),
        in_hand_href: has_more_in_hand.then(|| to(&filter.with_tab(InboxTab::InHand), "")),
        more,
        start: (!cursor.is_start()).then(|| to(filter, "")),
        selects: selects(context),
        all_href: to(&InboxFilter { view: InboxTab::Waiting, ..InboxFilter::default() }, ""),
        set_aside_action: context.shell.to(&href("/inbox/set-aside", &[&filter.query()])),
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

/// Up to a limit; empty for none.
pub fn format_capped(n: i64) -> String {
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
        count: format_capped(match view {
            InboxTab::Waiting => counts.waiting,
            InboxTab::InHand => counts.in_hand,
            InboxTab::PutRight => counts.put_right,
            InboxTab::Unconfirmed => counts.unconfirmed,
            // These tabs need no action, and so no count.
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

fn selects(context: &ItemContext<'_>) -> Vec<InboxSelect> {
    let (filter, settings) = (context.filter, context.settings);
    let option = |value: &str, name: String, chosen: &str| InboxOption {
        value: value.to_owned(),
        name,
        is_chosen: value == chosen,
    };
    let any = |name: &str, chosen: &str| option("", name.to_owned(), chosen);
    // The chosen value is an option even if the settings no longer have it.
    let with_chosen = |mut codes: Vec<String>, chosen: &String| {
        if !chosen.is_empty() && !codes.contains(chosen) {
            codes.push(chosen.clone());
        }
        codes
    };
    let moment = filter.moment.map_or("", Moment::as_str);
    let reasons = with_chosen(settings.reasons.iter().map(|r| r.code.clone()).collect(), &filter.reason);
    let causes = with_chosen(settings.causes.iter().map(|c| c.code.clone()).collect(), &filter.cause);
    let select = |label, field, name, chosen: &str, rest: Vec<InboxOption>| InboxSelect {
        label,
        field,
        options: std::iter::once(any(name, chosen)).chain(rest).collect(),
    };
    let unassigned = option(UNASSIGNED, "Nobody yet".to_owned(), &filter.person);
    let people = context.people.iter().map(|p| option(&p.id, p.name.clone(), &filter.person));
    vec![
        select(
            "When they were asked",
            "moment",
            "Any moment",
            moment,
            Moment::ALL
                .iter()
                .map(|m| option(m.as_str(), phrases::moment_name(m.as_str()).to_owned(), moment))
                .collect(),
        ),
        select(
            "Reason they picked",
            "reason",
            "Any reason",
            &filter.reason,
            reasons.iter().map(|code| option(code, reason(settings, code), &filter.reason)).collect(),
        ),
        select(
            "Cause",
            "cause",
            "Any cause",
            &filter.cause,
            causes
                .iter()
                .map(|code| option(code, crate::analytics::labels::cause_name(settings, code), &filter.cause))
                .collect(),
        ),
        select(
            "Who has it",
            "person",
            "Anybody",
            &filter.person,
            std::iter::once(unassigned).chain(people).collect(),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_above_ninety_nine_are_capped() {
        assert_eq!(
            (format_capped(0).as_str(), format_capped(99).as_str(), format_capped(100).as_str()),
            ("", "99", "99+")
        );
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
