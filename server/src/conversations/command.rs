//! A parsed request to change a conversation. Whether the actor may do it, and whether it makes sense at this stage,
//! is checked when it is executed.

use crate::domain::reply_policy::ReplyPolicy;
use crate::domain::visitor_key::KeyKind;
use shared::conversation::{AsideReason, Remedy, Stage};
use shared::ids::{MessageId, ResponseId, ShopKey};
use std::sync::Arc;

#[derive(Debug, Clone)]
pub struct Command {
    pub shop: ShopKey,
    pub id: ResponseId,
    pub by: Actor,
    pub what: CommandAction,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// Proven by the hash of the secret.
    Visitor { secret_hash: String },
    /// A member of the shop who may answer.
    Person { id: String, name: String },
    /// The collector itself, for follow-ups.
    System,
}

/// A text under the id that its sender made for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageText {
    pub id: MessageId,
    /// Never empty.
    pub text: String,
}

#[derive(Debug, Clone)]
pub enum CommandAction {
    /// A message to the other side.
    SendMessage {
        words: MessageText,
        /// For members: the id of the shop's latest message when they began to write (empty for none). If another
        /// member has answered since, the message is refused. `None` skips this check.
        after: Option<String>,
    },
    /// A note to the other members.
    AddNote(MessageText),
    PutRight {
        /// Here and below: the id of the timeline entry.
        entry: MessageId,
        remedy: Remedy,
        /// Code of the cause.
        cause: String,
        words: Option<MessageText>,
        /// As in [`CommandAction::SendMessage`], for the words.
        after: Option<String>,
        /// Days until the visitor is asked whether it is okay now; `None` never asks.
        ask_after_days: Option<u32>,
    },
    /// Nothing to reply to.
    SetAside {
        entry: MessageId,
        reason: AsideReason,
    },
    /// The latest message needs no reply.
    MarkNoReplyNeeded {
        entry: MessageId,
    },
    /// Undoes put right or set aside.
    TakeBack {
        entry: MessageId,
    },
    /// Assigns the conversation to a member.
    Assign {
        entry: MessageId,
        /// The member's id; empty for none.
        to: String,
        name: String,
    },
    /// The visitor's verdict.
    Decide {
        entry: MessageId,
        okay: bool,
    },
    /// Everything sent up to an instant was seen.
    MarkSeen {
        /// Unix milliseconds, UTC.
        until_ms: i64,
    },
    /// Adds a key that opens the conversation.
    AddKey {
        kind: KeyKind,
        key_hash: String,
    },
    /// Invalidates the secret of the visitor's device.
    ForgetDevice,
    Erase,
    /// Runs the follow-ups that are due.
    RunFollowUps(Arc<ReplyPolicy>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommandResult {
    Stands(Stage),
    Erased,
}
