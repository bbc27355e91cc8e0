//! What was said and done in a conversation, ready to be shown.

use crate::db::inbox_queries::VisitorMail;
use crate::db::members;
use crate::domain::conversation::Conversation;
use crate::domain::message::{Message, MessageKind, Sender};
use crate::domain::shop_settings::{ContactPerson, ShopSettings};
use crate::owner::inbox::labels;
use crate::owner::responses::response_view::ResponseView;
use crate::text::phrases;
use crate::text::phrases::first_name;
use crate::time::zone::{ShopZone, iso_timestamp};
use crate::web::urls::photo_url;
use jiff::civil::Date;
use shared::conversation::{AsideReason, Remedy};
use shared::ids::ShopKey;

/// One line of the conversation.
pub enum TimelineEntry {
    /// Another day begins.
    Day(String),
    /// Somebody said something.
    Said(MessageView),
    /// Something was done.
    Line(TimelineLine),
}

/// Who said something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Author {
    /// The visitor.
    Visitor,
    /// A person of the shop, to the visitor.
    Person,
    /// A person of the shop, to the others.
    Note,
}

/// Words.
pub struct MessageView {
    /// Their id; empty for those it all began with.
    pub id: String,
    /// Whose.
    pub by: Author,
    /// What they are called.
    pub name: String,
    /// One or two letters.
    pub initials: String,
    /// Address of the photo; none for initials.
    pub photo: Option<String>,
    /// What.
    pub words: String,
    /// When, and what became of it.
    pub facts: String,
    /// When, for machines.
    pub datetime: String,
    /// An e-mail of it that did not go out, and why; empty for none.
    pub trouble: String,
    /// Whether nobody of the shop has seen it yet.
    pub is_new: bool,
}

/// Something that was done.
pub struct TimelineLine {
    /// Its id.
    pub id: String,
    /// Its icon.
    pub icon: &'static str,
    /// Class that colours it.
    pub class: &'static str,
    /// What.
    pub words: String,
    /// When, for machines.
    pub datetime: String,
    /// An e-mail of it that did not go out, and why; empty for none.
    pub trouble: String,
}

/// What is needed to show a conversation.
pub struct EventView<'a> {
    /// Whose it is.
    pub shop: &'a ShopKey,
    /// The conversation.
    pub it: &'a Conversation,
    /// What it hangs on.
    pub response: &'a ResponseView,
    /// The e-mails to the visitor.
    pub mails: &'a [VisitorMail],
    /// The people of the shop.
    pub people: &'a [members::Member],
    /// The shop's wording.
    pub settings: &'a ShopSettings,
    /// The shop's days.
    pub days: &'a ShopZone,
    /// Unix milliseconds, UTC.
    pub now_ms: i64,
}

impl EventView<'_> {
    /// Everything, in order.
    pub fn entries(&self, messages: &[Message]) -> Vec<TimelineEntry> {
        let mut entries = Vec::new();
        let mut day = None;
        let mut on = |entries: &mut Vec<TimelineEntry>, at_ms: i64| {
            let now = self.days.day(at_ms);
            if day != Some(now) {
                entries.push(TimelineEntry::Day(self.day(now)));
                day = Some(now);
            }
        };
        on(&mut entries, self.response.at_ms);
        entries.push(TimelineEntry::Said(self.first()));
        let last_right = messages.iter().rfind(|m| m.kind == MessageKind::PutRight).map(|m| &m.id);
        let first_answer = messages.iter().find(|m| is_answer(m)).map(|m| &m.id);
        for message in messages {
            on(&mut entries, message.sent_at_ms);
            entries.push(match message.kind {
                MessageKind::Words | MessageKind::Note => {
                    TimelineEntry::Said(self.message_view(message, first_answer == Some(&message.id)))
                }
                MessageKind::PutRight
                | MessageKind::SetAside
                | MessageKind::TakenBack
                | MessageKind::LetRest
                | MessageKind::Given
                | MessageKind::Asked
                | MessageKind::Okay
                | MessageKind::NotYet
                | MessageKind::RunOut => {
                    TimelineEntry::Line(self.line(message, last_right == Some(&message.id)))
                }
            });
        }
        entries
    }

    fn day(&self, day: Date) -> String {
        let today = self.days.day(self.now_ms);
        match (today - day).get_days() {
            0 => "Today".to_owned(),
            1 => "Yesterday".to_owned(),
            _ if day.year() == today.year() => ShopZone::format_weekday(day),
            _ => format!("{} {}", ShopZone::format_weekday(day), day.year()),
        }
    }

    /// What it all began with.
    fn first(&self) -> MessageView {
        let response = self.response;
        let tapped =
            response.reasons.iter().map(|reason| format!("“{reason}”")).collect::<Vec<_>>().join(", ");
        let mut facts = vec![self.days.clock(response.at_ms), format!("tapped “{}”", response.face.word)];
        facts.extend((!tapped.is_empty()).then_some(tapped));
        facts.extend(response.wants_reply.then(|| "would like an answer".to_owned()));
        MessageView {
            id: String::new(),
            by: Author::Visitor,
            name: self.visitor().to_owned(),
            initials: self.initials(),
            photo: None,
            words: response.words.clone(),
            facts: facts.join(" · "),
            datetime: response.datetime.clone(),
            trouble: String::new(),
            is_new: self.it.read_at_ms.is_none(),
        }
    }

    /// What they are called within the conversation: what stands before the @.
    fn visitor(&self) -> &str {
        let name = self.response.email.split('@').next().unwrap_or_default();
        if name.is_empty() { "The visitor" } else { name }
    }

    fn initials(&self) -> String {
        let local = self.response.email.split('@').next().unwrap_or_default();
        let words: Vec<&str> = local.split(|c: char| !c.is_alphanumeric()).collect();
        ContactPerson { name: words.join(" "), photo: None }.initials()
    }

    fn message_view(&self, it: &Message, is_first_answer: bool) -> MessageView {
        let (by, name) = match (it.kind, it.sender) {
            (MessageKind::Note, _) => (Author::Note, it.name.as_str()),
            (_, Sender::Visitor) => (Author::Visitor, self.visitor()),
            (_, Sender::Person | Sender::System) => (Author::Person, it.name.as_str()),
        };
        let mut facts = vec![self.days.clock(it.sent_at_ms)];
        if is_first_answer {
            facts.push(format!("after {}", phrases::format_span_short(it.sent_at_ms - self.it.opened_at_ms)));
        }
        if by == Author::Person {
            facts.extend(self.mailed(it));
            facts.extend(it.seen_at_ms.map(|at_ms| format!("read {}", self.days.clock(at_ms))));
        }
        if by == Author::Note {
            facts.push("only people of the shop see it".to_owned());
        }
        MessageView {
            id: it.id.as_str().to_owned(),
            by,
            initials: match by {
                Author::Visitor => self.initials(),
                Author::Person | Author::Note => {
                    ContactPerson { name: it.name.clone(), photo: None }.initials()
                }
            },
            photo: self.photo(it),
            name: if by == Author::Visitor { name.to_owned() } else { first_name(name).to_owned() },
            words: it.words.clone(),
            facts: facts.join(" · "),
            datetime: iso_timestamp(it.sent_at_ms),
            trouble: self.trouble(it),
            is_new: by == Author::Visitor && it.seen_at_ms.is_none(),
        }
    }

    /// The photo of whoever of the shop said it, as visitors see it.
    fn photo(&self, it: &Message) -> Option<String> {
        let person = self.people.iter().find(|person| !it.person.is_empty() && person.id == it.person)?;
        (!person.photo.is_empty()).then(|| photo_url(self.shop.as_str(), &person.photo))
    }

    /// What became of the e-mail about it.
    fn mailed(&self, it: &Message) -> Option<String> {
        let mail = self.mails.iter().rfind(|mail| mail.message == it.id.as_str())?;
        Some(
            match mail.state.as_str() {
                "sent" => "e-mailed",
                "held" => "e-mail held back",
                "dropped" => "no e-mail",
                "failed" => "e-mail failed",
                _ => "e-mail not gone yet",
            }
            .to_owned(),
        )
    }

    fn trouble(&self, it: &Message) -> String {
        let mail = self.mails.iter().rfind(|mail| mail.message == it.id.as_str());
        mail.filter(|mail| mail.state != "sent").map(|mail| mail.trouble.clone()).unwrap_or_default()
    }

    fn line(&self, it: &Message, is_last_right: bool) -> TimelineLine {
        let name = first_name(&it.name);
        let who = self.visitor();
        let (icon, class, words) = match it.kind {
            MessageKind::PutRight => {
                let remedy = Remedy::named(&it.detail).map_or("", labels::remedy).to_lowercase();
                let cause = if is_last_right && !self.it.cause.is_empty() {
                    format!(
                        " · cause: {}",
                        crate::analytics::labels::cause_name(self.settings, &self.it.cause).to_lowercase()
                    )
                } else {
                    String::new()
                };
                ("i-check", "timeline__event--good", format!("{name} put it right: {remedy}{cause}"))
            }
            MessageKind::SetAside => {
                let reason = AsideReason::named(&it.detail).map_or("", labels::aside_short);
                ("i-x", "", format!("{name} set it aside: {reason}"))
            }
            MessageKind::TakenBack => ("i-undo", "", format!("{name} took that back")),
            MessageKind::LetRest => ("i-check", "", format!("{name}: what was said last needs no answer")),
            MessageKind::Given if it.detail.is_empty() => {
                ("i-user", "", format!("{name} gave it back to everybody"))
            }
            MessageKind::Given if it.detail == it.person => ("i-user", "", format!("{name} has it now")),
            MessageKind::Given => ("i-user", "", format!("{name} gave it to {}", first_name(&it.words))),
            MessageKind::Asked => ("i-mail", "", "Asked “is it okay now?”".to_owned()),
            MessageKind::Okay => ("i-check", "timeline__event--good", format!("{who} said it is okay now")),
            MessageKind::NotYet => (
                "i-undo",
                "timeline__event--bad",
                format!("{who} said “not yet”. Opened again, on top of your list"),
            ),
            MessageKind::RunOut => {
                ("i-clock", "", "No answer for two weeks. It stays unconfirmed".to_owned())
            }
            MessageKind::Words | MessageKind::Note => ("i-note", "", it.words.clone()),
        };
        let mailed = self.mailed(it).map(|mailed| format!(" · {mailed}")).unwrap_or_default();
        TimelineLine {
            id: it.id.as_str().to_owned(),
            icon,
            class,
            words: format!("{words} · {}{mailed}", self.days.clock(it.sent_at_ms)),
            datetime: iso_timestamp(it.sent_at_ms),
            trouble: self.trouble(it),
        }
    }
}

/// Whether a person of the shop told the visitor something by it; `messages::last_answer` finds the last of these.
pub fn is_answer(it: &Message) -> bool {
    it.sender == Sender::Person && !it.kind.is_internal()
}
