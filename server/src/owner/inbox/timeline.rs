//! The timeline of a conversation: messages and events by day.

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

pub enum TimelineEntry {
    /// The first entry of a day follows.
    Day(String),
    Message(MessageView),
    /// Something was done.
    Line(TimelineLine),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Author {
    Visitor,
    /// A member, to the visitor.
    Person,
    /// A member, in an internal note.
    Note,
}

pub struct MessageView {
    /// Empty for the response itself.
    pub id: String,
    pub by: Author,
    pub name: String,
    /// One or two letters.
    pub initials: String,
    /// Address; `None` for initials.
    pub photo: Option<String>,
    pub words: String,
    /// Time, reply time, mail and read receipt.
    pub facts: String,
    /// ISO 8601.
    pub datetime: String,
    /// Why its mail did not go out; empty for none.
    pub trouble: String,
    /// Whether no member has seen it yet.
    pub is_new: bool,
}

pub struct TimelineLine {
    pub id: String,
    /// Id in `icons.html`.
    pub icon: &'static str,
    /// CSS class.
    pub class: &'static str,
    pub words: String,
    /// ISO 8601.
    pub datetime: String,
    /// Why its mail did not go out; empty for none.
    pub trouble: String,
}

/// What timeline entries are built from.
pub struct EventView<'a> {
    pub shop: &'a ShopKey,
    pub conversation: &'a Conversation,
    pub response: &'a ResponseView,
    /// Mails to the visitor.
    pub mails: &'a [VisitorMail],
    pub people: &'a [members::Member],
    pub settings: &'a ShopSettings,
    pub zone: &'a ShopZone,
    /// Unix milliseconds, UTC.
    pub now_ms: i64,
}

impl EventView<'_> {
    /// In order, with a heading for each day.
    pub fn entries(&self, messages: &[Message]) -> Vec<TimelineEntry> {
        let mut entries = Vec::new();
        let mut day = None;
        let mut add_day = |entries: &mut Vec<TimelineEntry>, at_ms: i64| {
            let current_day = self.zone.day(at_ms);
            if day != Some(current_day) {
                entries.push(TimelineEntry::Day(self.day(current_day)));
                day = Some(current_day);
            }
        };
        add_day(&mut entries, self.response.at_ms);
        entries.push(TimelineEntry::Message(self.first()));
        let last_put_right = messages.iter().rfind(|m| m.kind == MessageKind::PutRight).map(|m| &m.id);
        let first_answer = messages.iter().find(|m| is_answer(m)).map(|m| &m.id);
        for message in messages {
            add_day(&mut entries, message.sent_at_ms);
            entries.push(match message.kind {
                MessageKind::Words | MessageKind::Note => {
                    TimelineEntry::Message(self.message_view(message, first_answer == Some(&message.id)))
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
                    TimelineEntry::Line(self.line(message, last_put_right == Some(&message.id)))
                }
            });
        }
        entries
    }

    fn day(&self, day: Date) -> String {
        let today = self.zone.day(self.now_ms);
        match (today - day).get_days() {
            0 => "Today".to_owned(),
            1 => "Yesterday".to_owned(),
            _ if day.year() == today.year() => ShopZone::format_weekday(day),
            _ => format!("{} {}", ShopZone::format_weekday(day), day.year()),
        }
    }

    /// The response, as the first entry.
    fn first(&self) -> MessageView {
        let response = self.response;
        let tapped =
            response.reasons.iter().map(|reason| format!("“{reason}”")).collect::<Vec<_>>().join(", ");
        let mut facts = vec![self.zone.clock(response.at_ms), format!("tapped “{}”", response.face.word)];
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
            is_new: self.conversation.read_at_ms.is_none(),
        }
    }

    /// The part of the address before the @, or "The visitor".
    fn visitor(&self) -> &str {
        let name = self.response.email.split('@').next().unwrap_or_default();
        if name.is_empty() { "The visitor" } else { name }
    }

    fn initials(&self) -> String {
        let local = self.response.email.split('@').next().unwrap_or_default();
        let words: Vec<&str> = local.split(|c: char| !c.is_alphanumeric()).collect();
        ContactPerson { name: words.join(" "), photo: None }.initials()
    }

    fn message_view(&self, message: &Message, is_first_answer: bool) -> MessageView {
        let (by, name) = match (message.kind, message.sender) {
            (MessageKind::Note, _) => (Author::Note, message.name.as_str()),
            (_, Sender::Visitor) => (Author::Visitor, self.visitor()),
            (_, Sender::Person | Sender::System) => (Author::Person, message.name.as_str()),
        };
        let mut facts = vec![self.zone.clock(message.sent_at_ms)];
        if is_first_answer {
            facts.push(format!(
                "after {}",
                phrases::format_span_short(message.sent_at_ms - self.conversation.opened_at_ms)
            ));
        }
        if by == Author::Person {
            facts.extend(self.mailed(message));
            facts.extend(message.seen_at_ms.map(|at_ms| format!("read {}", self.zone.clock(at_ms))));
        }
        if by == Author::Note {
            facts.push("only people of the shop see it".to_owned());
        }
        MessageView {
            id: message.id.as_str().to_owned(),
            by,
            initials: match by {
                Author::Visitor => self.initials(),
                Author::Person | Author::Note => {
                    ContactPerson { name: message.name.clone(), photo: None }.initials()
                }
            },
            photo: self.photo(message),
            name: if by == Author::Visitor { name.to_owned() } else { first_name(name).to_owned() },
            words: message.words.clone(),
            facts: facts.join(" · "),
            datetime: iso_timestamp(message.sent_at_ms),
            trouble: self.trouble(message),
            is_new: by == Author::Visitor && message.seen_at_ms.is_none(),
        }
    }

    /// The photo of the member who wrote it.
    fn photo(&self, message: &Message) -> Option<String> {
        let person =
            self.people.iter().find(|person| !message.person.is_empty() && person.id == message.person)?;
        (!person.photo.is_empty()).then(|| photo_url(self.shop.as_str(), &person.photo))
    }

    /// The state of the mail about it.
    fn mailed(&self, message: &Message) -> Option<String> {
        let mail = self.mails.iter().rfind(|mail| mail.message == message.id.as_str())?;
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

    fn trouble(&self, message: &Message) -> String {
        let mail = self.mails.iter().rfind(|mail| mail.message == message.id.as_str());
        mail.filter(|mail| mail.state != "sent").map(|mail| mail.trouble.clone()).unwrap_or_default()
    }

    fn line(&self, message: &Message, is_last_put_right: bool) -> TimelineLine {
        let name = first_name(&message.name);
        let who = self.visitor();
        let (icon, class, words) = match message.kind {
            MessageKind::PutRight => {
                let remedy = Remedy::named(&message.detail).map_or("", labels::remedy).to_lowercase();
                let cause = if is_last_put_right && !self.conversation.cause.is_empty() {
                    format!(
                        " · cause: {}",
                        crate::analytics::labels::cause_name(self.settings, &self.conversation.cause)
                            .to_lowercase()
                    )
                } else {
                    String::new()
                };
                ("i-check", "timeline__event--good", format!("{name} put it right: {remedy}{cause}"))
            }
            MessageKind::SetAside => {
                let reason = AsideReason::named(&message.detail).map_or("", labels::aside_short);
                ("i-x", "", format!("{name} set it aside: {reason}"))
            }
            MessageKind::TakenBack => ("i-undo", "", format!("{name} took that back")),
            MessageKind::LetRest => ("i-check", "", format!("{name}: what was said last needs no answer")),
            MessageKind::Given if message.detail.is_empty() => {
                ("i-user", "", format!("{name} gave it back to everybody"))
            }
            MessageKind::Given if message.detail == message.person => {
                ("i-user", "", format!("{name} has it now"))
            }
            MessageKind::Given => ("i-user", "", format!("{name} gave it to {}", first_name(&message.words))),
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
            MessageKind::Words | MessageKind::Note => ("i-note", "", message.words.clone()),
        };
        let mailed = self.mailed(message).map(|mailed| format!(" · {mailed}")).unwrap_or_default();
        TimelineLine {
            id: message.id.as_str().to_owned(),
            icon,
            class,
            words: format!("{words} · {}{mailed}", self.zone.clock(message.sent_at_ms)),
            datetime: iso_timestamp(message.sent_at_ms),
            trouble: self.trouble(message),
        }
    }
}

/// Whether a member told the visitor something by it. `messages::last_answer` has the same rule in SQL.
pub fn is_answer(message: &Message) -> bool {
    message.sender == Sender::Person && !message.kind.is_internal()
}
