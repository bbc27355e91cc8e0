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
const ENTRIES_MAX: i64 = 1_000;

/// Entries a visitor may add to a conversation within [`MESSAGE_WINDOW_MS`].
pub const MESSAGES_PER_WINDOW_MAX: i64 = 30;
pub const MESSAGE_WINDOW_MS: i64 = 10 * MINUTE_MS;

/// How long a private link works, or a device that was authorised by one; each use of the device renews it.
pub const VISITOR_KEY_LIFETIME_MS: i64 = 90 * DAY_MS;

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
        visitor_keys::extend(tx, shop, secret_hash, now_ms + VISITOR_KEY_LIFETIME_MS).await?;
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
    let Some(conversation) = conversations::find(tx, shop, id).await? else {
        return Err(AppError::NotFound.into());
    };
    let before = ConversationFacts::from_conversation(&conversation);
    let mut editor = ConversationEditor { tx, conversation, by, now_ms, random };
    let outcome = editor.act(what).await;
    if let Err(JobError::Db(cause)) = outcome {
        return Err(cause.into());
    }
    let (after, stage) =
        (ConversationFacts::from_conversation(&editor.conversation), editor.conversation.stage);
    // A refused command may have changed something before it was refused, and that stays.
    if after != before {
        let (day, rating) = response_facts::day_and_rating(editor.tx, shop, id).await?;
        changes.add_conversation(shop, day, rating, &before, &after);
    }
    outcome.map(|_| CommandResult::Stands(stage))
}

pub(crate) struct ConversationEditor<'a> {
    pub(crate) tx: &'a mut Tx,
    pub(crate) conversation: Conversation,
    by: &'a Actor,
    pub(crate) now_ms: i64,
    pub(crate) random: &'a dyn Random,
}

/// `false` if the command was executed before.
type EditResult = Result<bool, JobError>;

impl ConversationEditor<'_> {
    async fn act(&mut self, what: &CommandAction) -> EditResult {
        match what {
            CommandAction::SendMessage { words, after } => self.add_message(words, after.as_deref()).await,
            CommandAction::AddNote(words) => {
                self.add_entry(&words.id, MessageKind::Note, &words.text, "", None).await
            }
            CommandAction::PutRight { entry, remedy, cause, words, after, ask_after_days } => {
                self.may_put_right(entry, *remedy, words.as_ref()).await?;
                if let Some(words) = words {
                    self.check_not_answered_meanwhile(words, after.as_deref()).await?;
                    self.add_message_without_mail(words).await?;
                    // The entry is later than the words, whatever their ids are.
                    self.now_ms += 1;
                }
                let put_right = self.add_entry(
                    entry,
                    MessageKind::PutRight,
                    "",
                    remedy.as_str(),
                    Some(Transition::PutRight(*remedy)),
                );
                let is_new = put_right.await?;
                if !is_new {
                    return Ok(false);
                }
                let delay_ms = ask_after_days.map(|days| i64::from(days) * DAY_MS);
                self.conversation.remedy = Some(*remedy);
                self.conversation.cause.clone_from(cause);
                self.conversation.put_right_at_ms = Some(self.now_ms);
                self.conversation.ask_at_ms = delay_ms.map(|ms| self.now_ms + ms);
                self.conversation.asked_at_ms = None;
                self.queue_visitor_mail(MailKind::PutRight, entry).await?;
                self.save().await
            }
            CommandAction::SetAside { entry, reason } => {
                let is_new = self
                    .add_entry(
                        entry,
                        MessageKind::SetAside,
                        "",
                        reason.as_str(),
                        Some(Transition::SetAside(*reason)),
                    )
                    .await?;
                if !is_new {
                    return Ok(false);
                }
                self.conversation.aside = Some(*reason);
                self.save().await
            }
            CommandAction::MarkNoReplyNeeded { entry } => {
                self.add_entry(entry, MessageKind::LetRest, "", "", Some(Transition::LetRest)).await
            }
            CommandAction::TakeBack { entry } => {
                self.add_entry(entry, MessageKind::TakenBack, "", "", Some(Transition::TakeBack)).await
            }
            CommandAction::Assign { entry, to, name } => {
                let is_new = self.add_entry(entry, MessageKind::Given, name, to, None).await?;
                if !is_new {
                    return Ok(false);
                }
                self.conversation.person.clone_from(to);
                self.save().await
            }
            CommandAction::Decide { entry, okay } => self.decide(entry, *okay).await,
            CommandAction::MarkSeen { until_ms } => self.mark_seen(*until_ms).await,
            CommandAction::AddKey { kind, key_hash } => {
                let (shop, id) = (self.conversation.shop.clone(), self.conversation.id.clone());
                let expires_at_ms = self.now_ms + VISITOR_KEY_LIFETIME_MS;
                visitor_keys::insert(self.tx, &shop, &id, *kind, key_hash, self.now_ms, expires_at_ms)
                    .await?;
                Ok(true)
            }
            CommandAction::RunFollowUps(policy) => {
                follow_up::run(self, policy).await?;
                Ok(true)
            }
            // Executed above, without loading the conversation.
            CommandAction::Erase | CommandAction::ForgetDevice => Ok(true),
        }
    }

    async fn add_message(&mut self, words: &MessageText, expected: Option<&str>) -> EditResult {
        self.check_not_answered_meanwhile(words, expected).await?;
        let is_added = self.add_message_without_mail(words).await?;
        if is_added && matches!(self.by, Actor::Person { .. }) {
            self.queue_visitor_mail(MailKind::Reply, &words.id).await?;
        }
        Ok(is_added)
    }

    /// Refuses a reply to a state of the conversation that its author has not seen.
    async fn check_not_answered_meanwhile(
        &mut self,
        words: &MessageText,
        expected: Option<&str>,
    ) -> EditResult {
        if let (Actor::Person { .. }, Some(expected)) = (self.by, expected)
            && self.find_message(&words.id).await?.is_none()
        {
            let last =
                messages::find_latest_reply(self.tx, &self.conversation.shop, &self.conversation.id).await?;
            if last.unwrap_or_default() != expected {
                return Err(Code::AnsweredMeanwhile.into());
            }
        }
        Ok(true)
    }

    /// Checked before the words are sent: they must not be sent if the transition is refused.
    async fn may_put_right(
        &mut self,
        entry: &MessageId,
        remedy: Remedy,
        words: Option<&MessageText>,
    ) -> EditResult {
        if self.find_message(entry).await?.is_some() {
            return Ok(false);
        }
        let snapshot = match words {
            Some(_) => self.conversation.snapshot().then(Transition::Reply),
            None => Ok(self.conversation.snapshot()),
        };
        snapshot.and_then(|snapshot| snapshot.then(Transition::PutRight(remedy)))?;
        Ok(true)
    }

    async fn add_message_without_mail(&mut self, words: &MessageText) -> EditResult {
        let what = match self.by {
            Actor::Visitor { .. } => Transition::Write,
            Actor::Person { .. } | Actor::System => Transition::Reply,
        };
        let is_added = self.add_entry(&words.id, MessageKind::Words, &words.text, "", Some(what)).await?;
        if !is_added {
            return Ok(false);
        }
        if let (Actor::Person { id, .. }, Transition::Reply) = (self.by, what) {
            self.conversation.answered_at_ms.get_or_insert(self.now_ms);
            if self.conversation.person.is_empty() {
                self.conversation.person.clone_from(id);
            }
        }
        self.save().await
    }

    async fn decide(&mut self, entry: &MessageId, okay: bool) -> EditResult {
        let (kind, what) = if okay {
            (MessageKind::Okay, Transition::Okay)
        } else {
            (MessageKind::NotYet, Transition::NotYet)
        };
        let decided = self.add_entry(entry, kind, "", "", Some(what)).await?;
        if !decided {
            return Ok(false);
        }
        self.conversation.decided_at_ms = Some(self.now_ms);
        if !okay {
            // A visitor who was let down again is reported to the shop, even if they were waiting for a reply anyway.
            (self.conversation.shop_notified_at_ms, self.conversation.reminders) = (None, 0);
        }
        self.save().await
    }

    async fn mark_seen(&mut self, until_ms: i64) -> EditResult {
        let (shop, id) = (self.conversation.shop.clone(), self.conversation.id.clone());
        match self.by {
            Actor::Visitor { .. } => {
                messages::mark_seen_by_visitor(self.tx, &shop, &id, until_ms, self.now_ms).await?;
            }
            Actor::Person { .. } => {
                messages::mark_seen_by_shop(self.tx, &shop, &id, until_ms, self.now_ms).await?;
                if self.conversation.read_at_ms.is_none() {
                    self.conversation.read_at_ms = Some(self.now_ms);
                    return self.save().await;
                }
            }
            Actor::System => {}
        }
        Ok(true)
    }

    async fn find_message(&mut self, id: &MessageId) -> Result<Option<Message>, DbError> {
        messages::find(self.tx, &self.conversation.shop, &self.conversation.id, id).await
    }

    /// Adds an entry and makes its transition. An entry that exists already is not added again and changes nothing.
    async fn add_entry(
        &mut self,
        id: &MessageId,
        kind: MessageKind,
        words: &str,
        detail: &str,
        transition: Option<Transition>,
    ) -> EditResult {
        let (sender, person, name) = match self.by {
            Actor::Visitor { .. } => (Sender::Visitor, String::new(), String::new()),
            Actor::Person { id, name } => (Sender::Person, id.clone(), name.clone()),
            Actor::System => (Sender::System, String::new(), String::new()),
        };
        if let Some(known) = self.find_message(id).await? {
            let is_same = (known.kind, known.sender, known.words.as_str()) == (kind, sender, words);
            let taken = Refusal::of("message", Code::IdTaken);
            return if is_same { Ok(false) } else { Err(taken.into()) };
        }
        if messages::count(self.tx, &self.conversation.shop, &self.conversation.id).await? >= ENTRIES_MAX {
            return Err(Code::ConversationOver.into());
        }
        if sender == Sender::Visitor {
            let since_ms = self.now_ms - MESSAGE_WINDOW_MS;
            if messages::count_by_visitor_since(
                self.tx,
                &self.conversation.shop,
                &self.conversation.id,
                since_ms,
            )
            .await?
                >= MESSAGES_PER_WINDOW_MAX
            {
                return Err(Code::TooMany.into());
            }
        }
        if let Some(transition) = transition {
            self.transition(transition)?;
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
        messages::insert(self.tx, &self.conversation.shop, &self.conversation.id, &message).await?;
        self.save().await
    }

    /// Also schedules a check of the follow-ups.
    pub(crate) fn transition(&mut self, transition: Transition) -> Result<(), Code> {
        let next = apply(self.conversation.snapshot(), transition)?;
        self.conversation.stage = next.stage;
        if next.stage != Stage::SetAside {
            self.conversation.aside = None;
        }
        match next.waiting {
            WaitingFor::Begins if self.conversation.waits_since_at_ms.is_none() => {
                self.conversation.waits_since_at_ms = Some(self.now_ms);
                (self.conversation.shop_notified_at_ms, self.conversation.reminders) = (None, 0);
            }
            WaitingFor::Ends => {
                self.conversation.waits_since_at_ms = None;
                (self.conversation.shop_notified_at_ms, self.conversation.reminders) = (None, 0);
            }
            WaitingFor::Begins | WaitingFor::Stays => {}
        }
        Ok(())
    }

    async fn save(&mut self) -> EditResult {
        self.conversation.changed_at_ms = self.now_ms;
        self.conversation.next_check_at_ms = Some(self.now_ms);
        conversations::save(self.tx, &self.conversation).await?;
        Ok(true)
    }

    pub(crate) async fn queue_visitor_mail(
        &mut self,
        kind: MailKind,
        about: &MessageId,
    ) -> Result<(), DbError> {
        let address = responses::email(self.tx, &self.conversation.shop, &self.conversation.id).await?;
        if address.is_empty() {
            return Ok(());
        }
        self.queue_mail(kind, about.as_str(), "", &address).await
    }

    pub(crate) async fn queue_mail(
        &mut self,
        kind: MailKind,
        message: &str,
        person: &str,
        address: &str,
    ) -> Result<(), DbError> {
        let mail = NewMail {
            id: self.random.mail_id(self.now_ms),
            kind,
            response: self.conversation.id.as_str().to_owned(),
            message: message.to_owned(),
            person: person.to_owned(),
            address: address.to_owned(),
        };
        outbox::insert(self.tx, &self.conversation.shop, &mail, self.now_ms).await
    }
}

pub fn new_key(shop: ShopKey, id: ResponseId, by: Actor, kind: KeyKind, key_hash: String) -> Command {
    Command { shop, id, by, what: CommandAction::AddKey { kind, key_hash } }
}
