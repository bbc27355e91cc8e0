//! Made-up conversations, from the complaint to their stage at the present time, by the rules of real ones.

use crate::demo_data::seeded_random::SeededRandom;
use crate::demo_data::texts::{AGAIN, BACK, DemoIncident, INCIDENTS, NOTES};
use crate::domain::conversation::Conversation;
use crate::domain::conversation::search_rowid;
use crate::domain::demo_history::DemoConversation;
use crate::domain::follow_up_schedule::RUN_OUT_MS;
use crate::domain::message::{Message, MessageKind, Sender};
use crate::domain::opening_hours::OpeningHours;
use crate::security::random::Random as _;
use crate::time::clock::{DAY_MS, HOUR_MS, MINUTE_MS};
use crate::time::zone::ShopZone;
use shared::conversation::{AsideReason, Remedy, Stage, Transition, WaitingFor, apply};
use shared::ids::{ResponseId, ShopKey};
use shared::moment::Moment;
use shared::words::Language;

/// The median of first reply times, in opening hours.
const USUAL_REPLY_MS: i64 = 45 * MINUTE_MS;
/// The median if the reply was forgotten.
const FORGOTTEN_REPLY_MS: i64 = 18 * HOUR_MS;
/// The median from the reply to the remedy, in opening hours.
const USUAL_REMEDY_MS: i64 = 3 * HOUR_MS;

/// What conversations need to know of a shop.
pub struct DemoShop<'a> {
    pub shop: &'a ShopKey,
    pub hours: &'a OpeningHours,
    pub days: &'a ShopZone,
    /// Id and name; the first replies most.
    pub people: &'a [(String, String)],
    pub ask_after_days: u32,
    pub now_ms: i64,
}

/// Ends a story whose next event lies in the future.
struct NotHappenedYet;

pub fn conversation(
    demo_shop: &DemoShop<'_>,
    id: &ResponseId,
    moment: Moment,
    language: Language,
    reason: &str,
    opened_at_ms: i64,
    dice: &SeededRandom,
) -> DemoConversation {
    let incident = INCIDENTS.iter().find(|m| m.reason == reason).unwrap_or(&INCIDENTS[0]);
    let language_index = usize::from(language == Language::De);
    let conversation = Conversation {
        shop: demo_shop.shop.clone(),
        id: id.clone(),
        stage: Stage::Received,
        moment,
        opened_at_ms,
        changed_at_ms: opened_at_ms,
        waits_since_at_ms: Some(opened_at_ms),
        next_check_at_ms: None,
        shop_notified_at_ms: Some(opened_at_ms),
        reminders: 0,
        person: String::new(),
        read_at_ms: None,
        answered_at_ms: None,
        answered_open_ms: None,
        put_right_at_ms: None,
        remedy: None,
        cause: String::new(),
        ask_at_ms: None,
        asked_at_ms: None,
        decided_at_ms: None,
        aside: None,
        search_rowid: search_rowid(opened_at_ms, id),
    };
    let replier = usize::from(demo_shop.people.len() > 1 && dice.is(35));
    let history = DemoConversation { conversation, messages: Vec::new() };
    let mut story = DemoStory { demo_shop, dice, history, at_ms: opened_at_ms, replier, language_index };
    // The error only ends the story.
    let _ = story.write_incident(incident);
    story.finish()
}

struct DemoStory<'a> {
    demo_shop: &'a DemoShop<'a>,
    dice: &'a SeededRandom,
    history: DemoConversation,
    at_ms: i64,
    replier: usize,
    language_index: usize,
}

impl DemoStory<'_> {
    fn write_incident(&mut self, incident: &DemoIncident) -> Result<(), NotHappenedYet> {
        let dice = self.dice;
        self.open_time(self.reply_takes_ms(2))?;
        self.history.conversation.read_at_ms =
            Some(self.at_ms - MINUTE_MS.min(self.at_ms - self.history.conversation.opened_at_ms));
        if dice.is(4) {
            let reason = if dice.is(50) { AsideReason::Spam } else { AsideReason::AnsweredElsewhere };
            self.line(
                Sender::Person,
                MessageKind::SetAside,
                "",
                reason.as_str(),
                Some(Transition::SetAside(reason)),
            );
            return Ok(());
        }
        self.line(
            Sender::Person,
            MessageKind::Words,
            incident.reply[self.language_index],
            "",
            Some(Transition::Reply),
        );
        if dice.is(12) {
            self.line(Sender::Person, MessageKind::Note, dice.choose(&NOTES).unwrap_or_default(), "", None);
        }
        if dice.is(30) {
            self.time(dice.around(2 * HOUR_MS))?;
            let words = dice.choose(BACK[self.language_index]).unwrap_or_default();
            self.line(Sender::Visitor, MessageKind::Words, words, "", Some(Transition::Write));
        }
        if dice.is(2) {
            // The rest was said on the telephone.
            self.time(dice.between(HOUR_MS, DAY_MS))?;
            self.line(Sender::Person, MessageKind::LetRest, "", "", Some(Transition::LetRest));
            return Ok(());
        }
        self.put_right(incident)?;
        if dice.is(60) {
            self.time(dice.between(HOUR_MS, 2 * DAY_MS))?;
            self.line(Sender::Visitor, MessageKind::Okay, "", "", Some(Transition::Okay));
        } else if dice.is(25) {
            self.time(dice.between(HOUR_MS, DAY_MS))?;
            self.line(Sender::Visitor, MessageKind::NotYet, "", "", Some(Transition::NotYet));
            self.open_time(self.reply_takes_ms(30))?;
            self.line(
                Sender::Person,
                MessageKind::Words,
                AGAIN[self.language_index],
                "",
                Some(Transition::Reply),
            );
            self.put_right(incident)?;
            self.time(dice.between(HOUR_MS, 3 * DAY_MS))?;
            if dice.is(75) {
                self.line(Sender::Visitor, MessageKind::Okay, "", "", Some(Transition::Okay));
            }
        }
        if self.history.conversation.stage == Stage::PutRight {
            self.time(RUN_OUT_MS)?;
            self.line(Sender::System, MessageKind::RunOut, "", "", Some(Transition::RunOut));
        }
        Ok(())
    }

    /// `forgotten` percent of the replies take much longer.
    fn reply_takes_ms(&self, forgotten: u32) -> i64 {
        let usual_ms = if self.dice.is(forgotten) { FORGOTTEN_REPLY_MS } else { USUAL_REPLY_MS };
        self.dice.around(usual_ms)
    }

    /// Puts it right, and asks some days later.
    fn put_right(&mut self, incident: &DemoIncident) -> Result<(), NotHappenedYet> {
        self.open_time(self.dice.around(USUAL_REMEDY_MS))?;
        self.line(
            Sender::Person,
            MessageKind::Words,
            incident.put_right[self.language_index],
            "",
            Some(Transition::Reply),
        );
        let remedy = Remedy::named(incident.remedy).unwrap_or(Remedy::Other);
        self.line(
            Sender::Person,
            MessageKind::PutRight,
            "",
            remedy.as_str(),
            Some(Transition::PutRight(remedy)),
        );
        let conversation = &mut self.history.conversation;
        (conversation.remedy, conversation.cause) = (Some(remedy), incident.cause.to_owned());
        conversation.put_right_at_ms = Some(self.at_ms);
        let ask_at_ms = self.at_ms + i64::from(self.demo_shop.ask_after_days) * DAY_MS;
        (conversation.ask_at_ms, conversation.asked_at_ms) = (Some(ask_at_ms), None);
        self.time(ask_at_ms - self.at_ms)?;
        self.line(Sender::System, MessageKind::Asked, "", "", None);
        self.history.conversation.asked_at_ms = Some(self.at_ms);
        Ok(())
    }

    /// Lets this much time pass.
    fn time(&mut self, ms: i64) -> Result<(), NotHappenedYet> {
        if self.at_ms + ms > self.demo_shop.now_ms {
            return Err(NotHappenedYet);
        }
        self.at_ms += ms;
        Ok(())
    }

    /// Lets this much opening time pass.
    fn open_time(&mut self, ms: i64) -> Result<(), NotHappenedYet> {
        let then_ms =
            self.demo_shop.hours.after_open(self.at_ms, ms, self.demo_shop.days).ok_or(NotHappenedYet)?;
        self.time(then_ms - self.at_ms)
    }

    /// Adds a message if the stage allows its transition.
    fn line(
        &mut self,
        sender: Sender,
        kind: MessageKind,
        words: &str,
        detail: &str,
        what: Option<Transition>,
    ) {
        let conversation = &mut self.history.conversation;
        if let Some(what) = what {
            let Ok(next) = apply(conversation.snapshot(), what) else { return };
            conversation.stage = next.stage;
            match next.waiting {
                WaitingFor::Begins => {
                    conversation.waits_since_at_ms.get_or_insert(self.at_ms);
                }
                WaitingFor::Ends => conversation.waits_since_at_ms = None,
                WaitingFor::Stays => {}
            }
            conversation.aside = if let Transition::SetAside(reason) = what { Some(reason) } else { None };
        }
        let (person, name) = match sender {
            Sender::Person => self.demo_shop.people.get(self.replier).cloned().unwrap_or_default(),
            Sender::Visitor | Sender::System => Default::default(),
        };
        if let (Sender::Person, Some(Transition::Reply)) = (sender, what) {
            conversation.answered_at_ms.get_or_insert(self.at_ms);
            conversation.person.clone_from(&person);
        }
        if let Some(Transition::Okay | Transition::NotYet) = what {
            conversation.decided_at_ms = Some(self.at_ms);
        }
        conversation.changed_at_ms = self.at_ms;
        self.history.messages.push(Message {
            id: self.dice.message_id(self.at_ms),
            kind,
            sender,
            person,
            name,
            words: words.to_owned(),
            detail: detail.to_owned(),
            sent_at_ms: self.at_ms,
            seen_at_ms: None,
        });
        // No two messages have the same instant.
        self.at_ms += 1;
    }

    /// Sets the fields that follow from the messages.
    fn finish(mut self) -> DemoConversation {
        let conversation = &mut self.history.conversation;
        let open_ms =
            |at_ms| self.demo_shop.hours.open_between(conversation.opened_at_ms, at_ms, self.demo_shop.days);
        conversation.answered_open_ms = conversation.answered_at_ms.map(open_ms);
        conversation.next_check_at_ms = match (conversation.stage, conversation.asked_at_ms) {
            (Stage::PutRight, Some(asked_at_ms)) => Some(asked_at_ms + RUN_OUT_MS),
            (Stage::PutRight, None) => conversation.ask_at_ms,
            // No reminders for events of the past.
            _ => None,
        };
        conversation.shop_notified_at_ms = conversation.waits_since_at_ms;
        conversation.reminders = if conversation.waits_since_at_ms.is_some() { 2 } else { 0 };
        let read_until_ms = conversation.changed_at_ms;
        for message in &mut self.history.messages {
            let is_read = message.sent_at_ms < read_until_ms;
            message.seen_at_ms = is_read.then_some(message.sent_at_ms + MINUTE_MS);
        }
        self.history
    }
}
