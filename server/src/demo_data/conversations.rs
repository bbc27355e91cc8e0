//! A made-up conversation, from the complaint to wherever it stands by now. It moves by the same rules as any other.

use crate::demo_data::seeded_random::SeededRandom;
use crate::demo_data::texts::{AGAIN, BACK, DemoIncident, MISHAPS, NOTES};
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

/// Half of the first answers come within this much opening time.
const USUAL_REPLY_MS: i64 = 45 * MINUTE_MS;
/// Half of those that were forgotten about come within this.
const FORGOTTEN_REPLY_MS: i64 = 18 * HOUR_MS;
/// Half of what goes wrong is put right within this much opening time after the answer.
const USUAL_REMEDY_MS: i64 = 3 * HOUR_MS;

/// A shop as far as its conversations need it.
pub struct DemoShop<'a> {
    /// Whose.
    pub shop: &'a ShopKey,
    /// When it is open.
    pub hours: &'a OpeningHours,
    /// Where its clocks are.
    pub days: &'a ShopZone,
    /// Who answers: id and name, the most diligent first.
    pub people: &'a [(String, String)],
    /// After how many days visitors are asked.
    pub ask_after_days: u32,
    /// What time it is.
    pub now_ms: i64,
}

/// Why a story goes no further: the rest has not happened yet.
struct NotHappenedYet;

/// A conversation as it has gone up to now.
pub fn conversation(
    place: &DemoShop<'_>,
    id: &ResponseId,
    moment: Moment,
    language: Language,
    reason: &str,
    opened_at_ms: i64,
    dice: &SeededRandom,
) -> DemoConversation {
    let mishap = MISHAPS.iter().find(|m| m.reason == reason).unwrap_or(&MISHAPS[0]);
    let tongue = usize::from(language == Language::De);
    let it = Conversation {
        shop: place.shop.clone(),
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
    let who = usize::from(place.people.len() > 1 && dice.is(35));
    let talk = DemoConversation { conversation: it, messages: Vec::new() };
    let mut story = DemoStory { place, dice, talk, at_ms: opened_at_ms, who, tongue };
    // Where it stops, it has come to now.
    let _ = story.write_incident(mishap);
    story.finish()
}

struct DemoStory<'a> {
    place: &'a DemoShop<'a>,
    dice: &'a SeededRandom,
    talk: DemoConversation,
    at_ms: i64,
    who: usize,
    tongue: usize,
}

impl DemoStory<'_> {
    fn write_incident(&mut self, mishap: &DemoIncident) -> Result<(), NotHappenedYet> {
        let dice = self.dice;
        self.open_time(self.reply_takes_ms(2))?;
        self.talk.conversation.read_at_ms =
            Some(self.at_ms - MINUTE_MS.min(self.at_ms - self.talk.conversation.opened_at_ms));
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
        self.line(Sender::Person, MessageKind::Words, mishap.reply[self.tongue], "", Some(Transition::Reply));
        if dice.is(12) {
            self.line(Sender::Person, MessageKind::Note, dice.choose(&NOTES).unwrap_or_default(), "", None);
        }
        if dice.is(30) {
            self.time(dice.around(2 * HOUR_MS))?;
            let words = dice.choose(BACK[self.tongue]).unwrap_or_default();
            self.line(Sender::Visitor, MessageKind::Words, words, "", Some(Transition::Write));
        }
        if dice.is(2) {
            // The rest was said on the telephone.
            self.time(dice.between(HOUR_MS, DAY_MS))?;
            self.line(Sender::Person, MessageKind::LetRest, "", "", Some(Transition::LetRest));
            return Ok(());
        }
        self.put_right(mishap)?;
        if dice.is(60) {
            self.time(dice.between(HOUR_MS, 2 * DAY_MS))?;
            self.line(Sender::Visitor, MessageKind::Okay, "", "", Some(Transition::Okay));
        } else if dice.is(25) {
            self.time(dice.between(HOUR_MS, DAY_MS))?;
            self.line(Sender::Visitor, MessageKind::NotYet, "", "", Some(Transition::NotYet));
            self.open_time(self.reply_takes_ms(30))?;
            self.line(Sender::Person, MessageKind::Words, AGAIN[self.tongue], "", Some(Transition::Reply));
            self.put_right(mishap)?;
            self.time(dice.between(HOUR_MS, 3 * DAY_MS))?;
            if dice.is(75) {
                self.line(Sender::Visitor, MessageKind::Okay, "", "", Some(Transition::Okay));
            }
        }
        if self.talk.conversation.stage == Stage::PutRight {
            self.time(RUN_OUT_MS)?;
            self.line(Sender::System, MessageKind::RunOut, "", "", Some(Transition::RunOut));
        }
        Ok(())
    }

    /// How long an answer takes; so many times out of a hundred somebody forgets about it.
    fn reply_takes_ms(&self, forgotten: u32) -> i64 {
        let usual_ms = if self.dice.is(forgotten) { FORGOTTEN_REPLY_MS } else { USUAL_REPLY_MS };
        self.dice.around(usual_ms)
    }

    /// Puts it right, and asks some days later.
    fn put_right(&mut self, mishap: &DemoIncident) -> Result<(), NotHappenedYet> {
        self.open_time(self.dice.around(USUAL_REMEDY_MS))?;
        self.line(
            Sender::Person,
            MessageKind::Words,
            mishap.put_right[self.tongue],
            "",
            Some(Transition::Reply),
        );
        let remedy = Remedy::named(mishap.remedy).unwrap_or(Remedy::Other);
        self.line(
            Sender::Person,
            MessageKind::PutRight,
            "",
            remedy.as_str(),
            Some(Transition::PutRight(remedy)),
        );
        let it = &mut self.talk.conversation;
        (it.remedy, it.cause) = (Some(remedy), mishap.cause.to_owned());
        it.put_right_at_ms = Some(self.at_ms);
        let ask_at_ms = self.at_ms + i64::from(self.place.ask_after_days) * DAY_MS;
        (it.ask_at_ms, it.asked_at_ms) = (Some(ask_at_ms), None);
        self.time(ask_at_ms - self.at_ms)?;
        self.line(Sender::System, MessageKind::Asked, "", "", None);
        self.talk.conversation.asked_at_ms = Some(self.at_ms);
        Ok(())
    }

    /// So much time passes.
    fn time(&mut self, ms: i64) -> Result<(), NotHappenedYet> {
        if self.at_ms + ms > self.place.now_ms {
            return Err(NotHappenedYet);
        }
        self.at_ms += ms;
        Ok(())
    }

    /// So much opening time passes.
    fn open_time(&mut self, ms: i64) -> Result<(), NotHappenedYet> {
        let then_ms = self.place.hours.after_open(self.at_ms, ms, self.place.days).ok_or(NotHappenedYet)?;
        self.time(then_ms - self.at_ms)
    }

    /// Something is said or done, if it makes sense where the conversation stands.
    fn line(
        &mut self,
        sender: Sender,
        kind: MessageKind,
        words: &str,
        detail: &str,
        what: Option<Transition>,
    ) {
        let it = &mut self.talk.conversation;
        if let Some(what) = what {
            let Ok(next) = apply(it.snapshot(), what) else { return };
            it.stage = next.stage;
            match next.waiting {
                WaitingFor::Begins => {
                    it.waits_since_at_ms.get_or_insert(self.at_ms);
                }
                WaitingFor::Ends => it.waits_since_at_ms = None,
                WaitingFor::Stays => {}
            }
            it.aside = if let Transition::SetAside(reason) = what { Some(reason) } else { None };
        }
        let (person, name) = match sender {
            Sender::Person => self.place.people.get(self.who).cloned().unwrap_or_default(),
            Sender::Visitor | Sender::System => Default::default(),
        };
        if let (Sender::Person, Some(Transition::Reply)) = (sender, what) {
            it.answered_at_ms.get_or_insert(self.at_ms);
            it.person.clone_from(&person);
        }
        if let Some(Transition::Okay | Transition::NotYet) = what {
            it.decided_at_ms = Some(self.at_ms);
        }
        it.changed_at_ms = self.at_ms;
        self.talk.messages.push(Message {
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
        // No two things happen at the same instant.
        self.at_ms += 1;
    }

    /// The conversation with what follows from how it went.
    fn finish(mut self) -> DemoConversation {
        let it = &mut self.talk.conversation;
        let open_ms = |at_ms| self.place.hours.open_between(it.opened_at_ms, at_ms, self.place.days);
        it.answered_open_ms = it.answered_at_ms.map(open_ms);
        it.next_check_at_ms = match (it.stage, it.asked_at_ms) {
            (Stage::PutRight, Some(asked_at_ms)) => Some(asked_at_ms + RUN_OUT_MS),
            (Stage::PutRight, None) => it.ask_at_ms,
            // Nobody is sent reminders of what never happened.
            _ => None,
        };
        it.shop_notified_at_ms = it.waits_since_at_ms;
        it.reminders = if it.waits_since_at_ms.is_some() { 2 } else { 0 };
        let read_until_ms = it.changed_at_ms;
        for message in &mut self.talk.messages {
            let is_read = message.sent_at_ms < read_until_ms;
            message.seen_at_ms = is_read.then_some(message.sent_at_ms + MINUTE_MS);
        }
        self.talk
    }
}
