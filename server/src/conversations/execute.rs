//! Executes commands inside the writer's transaction.

use crate::conversations::command::{Actor, Command, CommandAction, CommandResult, MessageText};
use crate::conversations::follow_up;
use crate::db::conversations;
use crate::db::counters::CounterChanges;
use crate::db::messages;
use crate::db::outbox;
use crate::db::visitor_keys;
use crate::db::{DbError, Tx, erase, response_facts, responses};
use crate::domain::conversation::Conversation;
use crate::domain::counters::ConversationFacts;
use crate::domain::mail::{MailKind, NewMail};
use crate::domain::message::{Message, MessageKind, Sender};
use crate::domain::visitor_key::KeyKind;
use crate::error::{AppError, JobError};
use crate::security::random::Random;
use crate::time::clock::{DAY_MS, MINUTE_MS};
use shared::conversation::{Remedy, Stage, Transition, WaitingFor, apply};
use shared::ids::{MessageId, ResponseId, ShopKey};
use shared::refusal::{Code, Refusal};

/// No exchange needs more entries, and each page shows them all.
const MESSAGES_MAX: i64 = 1_000;

/// Entries a visitor may add to a conversation within [`MESSAGE_WINDOW_MS`].
pub const MUCH: i64 = 30;
pub const MUCH_MS: i64 = 10 * MINUTE_MS;

/// How long a private link works, or a device that was authorised by one; each use of the device renews it.
pub const KEY_MS: i64 = 90 * DAY_MS;

/// Adds to `changes` what the command changes in the counters.
///
/// # Errors
/// [`JobError::Refused`] if the command changes nothing; [`JobError::Db`] ends the transaction.
pub async fn execute<'a>(
    tx: &mut Tx,
    command: &'a Command,
    now_ms: i64,
    random: &dyn Random,
    changes: &mut CounterChanges<'a>,
) -> Result<CommandResult, JobError> {
    let Command { shop, id, by, what } = command;
    if let Actor::Visitor { secret_hash } = by
        && !visitor_keys::opens_within(tx, shop, id, secret_hash, now_ms).await?
    {
        return Err(AppError::NotFound.into());
    }
    if let Actor::Visitor { secret_hash } = by {
        visitor_keys::extend(tx, shop, secret_hash, now_ms + KEY_MS).await?;
    }
    match what {
        CommandAction::Erase => {
            let was_there = erase::erase(tx, shop, id, changes).await?;
            return if was_there { Ok(CommandResult::Erased) } else { Err(AppError::NotFound.into()) };
        }
        CommandAction::ForgetDevice => {
            if let Actor::Visitor { secret_hash } = by {
                visitor_keys::delete(tx, shop, id, secret_hash).await?;
            }
            return Ok(CommandResult::Erased);
        }
        _ => {}
    }
    let Some(it) = conversations::find(tx, shop, id).await? else { return Err(AppError::NotFound.into()) };
    let before = ConversationFacts::from_conversation(&it);
    let mut editor = ConversationEditor { tx, it, by, now_ms, random };
    let outcome = editor.act(what).await;
    if let Err(JobError::Db(cause)) = outcome {
        return Err(cause.into());
    }
    let (after, stage) = (ConversationFacts::from_conversation(&editor.it), editor.it.stage);
    // A refused command may have changed something before it was refused, and that stays.
    if after != before {
        let (day, rating) = response_facts::day_and_rating(editor.tx, shop, id).await?;
        changes.add_conversation(shop, day, rating, &before, &after);
    }
    outcome.map(|_| CommandResult::Stands(stage))
}

pub(crate) struct ConversationEditor<'a> {
    pub(crate) tx: &'a mut Tx,
    pub(crate) it: Conversation,
    by: &'a Actor,
    pub(crate) now_ms: i64,
    pub(crate) random: &'a dyn Random,
}

/// `false` if the command was executed before.
type EditResult = Result<bool, JobError>;

impl ConversationEditor<'_> {
    async fn act(&mut self, what: &CommandAction) -> EditResult {
        match what {
            CommandAction::Say { words, after } => self.add_message(words, after.as_deref()).await,
            CommandAction::Note(words) => {
                self.line(&words.id, MessageKind::Note, &words.text, "", None).await
            }
            CommandAction::PutRight { line, remedy, cause, words, after, ask_after_days } => {
                self.may_put_right(line, *remedy, words.as_ref()).await?;
                if let Some(words) = words {
                    self.nobody_else_answered(words, after.as_deref()).await?;
                    self.add_message_without_mail(words).await?;
                    // The entry is later than the words, whatever their ids are.
                    self.now_ms += 1;
                }
                let put_right = self.line(
                    line,
                    MessageKind::PutRight,
                    "",
                    remedy.as_str(),
                    Some(Transition::PutRight(*remedy)),
                );
                let done = put_right.await?;
                if !done {
                    return Ok(false);
                }
                let days = ask_after_days.map(|days| i64::from(days) * DAY_MS);
                self.it.remedy = Some(*remedy);
                self.it.cause.clone_from(cause);
                self.it.put_right_at_ms = Some(self.now_ms);
                self.it.ask_at_ms = days.map(|ms| self.now_ms + ms);
                self.it.asked_at_ms = None;
                self.write_to_visitor(MailKind::PutRight, line).await?;
                self.save().await
            }
            CommandAction::SetAside { line, reason } => {
                let done = self
                    .line(
                        line,
                        MessageKind::SetAside,
                        "",
                        reason.as_str(),
                        Some(Transition::SetAside(*reason)),
                    )
                    .await?;
                if !done {
                    return Ok(false);
                }
                self.it.aside = Some(*reason);
                self.save().await
            }
            CommandAction::LetRest { line } => {
                self.line(line, MessageKind::LetRest, "", "", Some(Transition::LetRest)).await
            }
            CommandAction::TakeBack { line } => {
                self.line(line, MessageKind::TakenBack, "", "", Some(Transition::TakeBack)).await
            }
            CommandAction::Give { line, to, name } => {
                let done = self.line(line, MessageKind::Given, name, to, None).await?;
                if !done {
                    return Ok(false);
                }
                self.it.person.clone_from(to);
                self.save().await
            }
            CommandAction::Decide { line, okay } => self.decide(line, *okay).await,
            CommandAction::See { until_ms } => self.mark_seen(*until_ms).await,
            CommandAction::MakeKey { kind, key_hash } => {
                let (shop, id) = (self.it.shop.clone(), self.it.id.clone());
                let expires_at_ms = self.now_ms + KEY_MS;
                visitor_keys::insert(self.tx, &shop, &id, *kind, key_hash, self.now_ms, expires_at_ms)
                    .await?;
                Ok(true)
            }
            CommandAction::Look(rules) => {
                follow_up::run(self, rules).await?;
                Ok(true)
            }
            // Executed above, without loading the conversation.
            CommandAction::Erase | CommandAction::ForgetDevice => Ok(true),
        }
    }

    async fn add_message(&mut self, words: &MessageText, expected: Option<&str>) -> EditResult {
        self.nobody_else_answered(words, expected).await?;
        let said = self.add_message_without_mail(words).await?;
        if said && matches!(self.by, Actor::Person { .. }) {
            self.write_to_visitor(MailKind::Reply, &words.id).await?;
        }
        Ok(said)
    }

    /// Refuses a reply to a state of the conversation that its author has not seen.
    async fn nobody_else_answered(&mut self, words: &MessageText, expected: Option<&str>) -> EditResult {
        if let (Actor::Person { .. }, Some(expected)) = (self.by, expected)
            && self.find_message(&words.id).await?.is_none()
        {
            let last = messages::last_answer(self.tx, &self.it.shop, &self.it.id).await?;
            if last.unwrap_or_default() != expected {
                return Err(Code::AnsweredMeanwhile.into());
            }
        }
        Ok(true)
    }

    /// Checked before the words are sent: they must not be sent if the transition is refused.
    async fn may_put_right(
        &mut self,
        line: &MessageId,
        remedy: Remedy,
        words: Option<&MessageText>,
    ) -> EditResult {
        if self.find_message(line).await?.is_some() {
            return Ok(false);
        }
        let said = match words {
            Some(_) => self.it.snapshot().then(Transition::Reply),
            None => Ok(self.it.snapshot()),
        };
        said.and_then(|said| said.then(Transition::PutRight(remedy)))?;
        Ok(true)
    }

    async fn add_message_without_mail(&mut self, words: &MessageText) -> EditResult {
        let what = match self.by {
            Actor::Visitor { .. } => Transition::Write,
            Actor::Person { .. } | Actor::House => Transition::Reply,
        };
        let said = self.line(&words.id, MessageKind::Words, &words.text, "", Some(what)).await?;
        if !said {
            return Ok(false);
        }
        if let (Actor::Person { id, .. }, Transition::Reply) = (self.by, what) {
            self.it.answered_at_ms.get_or_insert(self.now_ms);
            if self.it.person.is_empty() {
                self.it.person.clone_from(id);
            }
        }
        self.save().await
    }

    async fn decide(&mut self, line: &MessageId, okay: bool) -> EditResult {
        let (kind, what) = if okay {
            (MessageKind::Okay, Transition::Okay)
        } else {
            (MessageKind::NotYet, Transition::NotYet)
        };
        let decided = self.line(line, kind, "", "", Some(what)).await?;
        if !decided {
            return Ok(false);
        }
        self.it.decided_at_ms = Some(self.now_ms);
        if !okay {
            // A visitor who was let down again is reported to the shop, even if they were waiting for a reply anyway.
            (self.it.shop_notified_at_ms, self.it.reminders) = (None, 0);
        }
        self.save().await
    }

    async fn mark_seen(&mut self, until_ms: i64) -> EditResult {
        let (shop, id) = (self.it.shop.clone(), self.it.id.clone());
        match self.by {
            Actor::Visitor { .. } => {
                messages::seen_by_visitor(self.tx, &shop, &id, until_ms, self.now_ms).await?;
            }
            Actor::Person { .. } => {
                messages::seen_by_shop(self.tx, &shop, &id, until_ms, self.now_ms).await?;
                if self.it.read_at_ms.is_none() {
                    self.it.read_at_ms = Some(self.now_ms);
                    return self.save().await;
                }
            }
            Actor::House => {}
        }
        Ok(true)
    }

    async fn find_message(&mut self, id: &MessageId) -> Result<Option<Message>, DbError> {
        messages::find(self.tx, &self.it.shop, &self.it.id, id).await
    }

    /// Adds an entry and makes its transition. An entry that exists already is not added again and changes nothing.
    async fn line(
        &mut self,
        id: &MessageId,
        kind: MessageKind,
        words: &str,
        detail: &str,
        what: Option<Transition>,
    ) -> EditResult {
        let (sender, person, name) = match self.by {
            Actor::Visitor { .. } => (Sender::Visitor, String::new(), String::new()),
            Actor::Person { id, name } => (Sender::Person, id.clone(), name.clone()),
            Actor::House => (Sender::House, String::new(), String::new()),
        };
        if let Some(known) = self.find_message(id).await? {
            let is_same = (known.kind, known.sender, known.words.as_str()) == (kind, sender, words);
            let taken = Refusal::of("message", Code::IdTaken);
            return if is_same { Ok(false) } else { Err(taken.into()) };
        }
        if messages::count(self.tx, &self.it.shop, &self.it.id).await? >= MESSAGES_MAX {
            return Err(Code::ConversationOver.into());
        }
        if sender == Sender::Visitor {
            let since_ms = self.now_ms - MUCH_MS;
            if messages::list_since(self.tx, &self.it.shop, &self.it.id, since_ms).await? >= MUCH {
                return Err(Code::TooMany.into());
            }
        }
        if let Some(what) = what {
            self.transition(what)?;
        }
        let message = Message {
            id: id.clone(),
            kind,
            sender,
            person,
            name,
            words: words.to_owned(),
            detail: detail.to_owned(),
            sent_at_ms: self.now_ms,
            seen_at_ms: None,
        };
        messages::insert(self.tx, &self.it.shop, &self.it.id, &message).await?;
        self.save().await
    }

    /// Also schedules a check of the follow-ups.
    pub(crate) fn transition(&mut self, what: Transition) -> Result<(), Code> {
        let next = apply(self.it.snapshot(), what)?;
        self.it.stage = next.stage;
        if next.stage != Stage::SetAside {
            self.it.aside = None;
        }
        match next.waiting {
            WaitingFor::Begins if self.it.waits_since_at_ms.is_none() => {
                self.it.waits_since_at_ms = Some(self.now_ms);
                (self.it.shop_notified_at_ms, self.it.reminders) = (None, 0);
            }
            WaitingFor::Ends => {
                self.it.waits_since_at_ms = None;
                (self.it.shop_notified_at_ms, self.it.reminders) = (None, 0);
            }
            WaitingFor::Begins | WaitingFor::Stays => {}
        }
        Ok(())
    }

    async fn save(&mut self) -> EditResult {
        self.it.changed_at_ms = self.now_ms;
        self.it.next_check_at_ms = Some(self.now_ms);
        conversations::save(self.tx, &self.it).await?;
        Ok(true)
    }

    pub(crate) async fn write_to_visitor(
        &mut self,
        kind: MailKind,
        about: &MessageId,
    ) -> Result<(), DbError> {
        let address = responses::email(self.tx, &self.it.shop, &self.it.id).await?;
        if address.is_empty() {
            return Ok(());
        }
        self.write(kind, about.as_str(), "", &address).await
    }

    pub(crate) async fn write(
        &mut self,
        kind: MailKind,
        message: &str,
        person: &str,
        address: &str,
    ) -> Result<(), DbError> {
        let mail = NewMail {
            id: self.random.mail_id(self.now_ms),
            kind,
            response: self.it.id.as_str().to_owned(),
            message: message.to_owned(),
            person: person.to_owned(),
            address: address.to_owned(),
        };
        outbox::insert(self.tx, &self.it.shop, &mail, self.now_ms).await
    }
}

pub fn new_key(shop: ShopKey, id: ResponseId, by: Actor, kind: KeyKind, key_hash: String) -> Command {
    Command { shop, id, by, what: CommandAction::MakeKey { kind, key_hash } }
}
