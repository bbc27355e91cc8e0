//! Something that somebody wants to do with a conversation, parsed: nothing in it is left to check but whether they may, and
//! whether it makes sense where the conversation stands.

use crate::domain::reply_policy::ReplyPolicy;
use crate::domain::visitor_key::KeyKind;
use shared::conversation::{AsideReason, Remedy, Stage};
use shared::ids::{MessageId, ResponseId, ShopKey};
use std::sync::Arc;

/// What somebody wants to do.
#[derive(Debug, Clone)]
pub struct Command {
    /// Whose conversation.
    pub shop: ShopKey,
    /// Which.
    pub id: ResponseId,
    /// Who wants it.
    pub by: Actor,
    /// What.
    pub what: CommandAction,
}

/// Who wants to do something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// The visitor, as far as the hash of their secret proves it.
    Visitor {
        /// The hash.
        secret_hash: String,
    },
    /// A person of the shop, who may.
    Person {
        /// Our own name for them.
        id: String,
        /// What they are called.
        name: String,
    },
    /// Nobody: it is time.
    House,
}

/// Words under the id that was made for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageText {
    /// The id.
    pub id: MessageId,
    /// The words; never empty.
    pub text: String,
}

/// What is to be done.
#[derive(Debug, Clone)]
pub enum CommandAction {
    /// Say something to the other side.
    Say {
        /// What.
        words: MessageText,
        /// For a person of the shop: what the shop had said last when they began to write, by its id (empty for nothing).
        /// If somebody else has answered since, nothing is said. `None` says it all the same.
        after: Option<String>,
    },
    /// Say something to the other people of the shop.
    Note(MessageText),
    /// Say that it was put right, perhaps with words.
    PutRight {
        /// The id of the line that says so.
        line: MessageId,
        /// What was done.
        remedy: Remedy,
        /// Code of what caused it.
        cause: String,
        /// Words to go with it.
        words: Option<MessageText>,
        /// As in [`CommandAction::Say`]; it guards the words.
        after: Option<String>,
        /// How many days later the visitor is asked whether it is okay now; `None` never asks.
        ask_after_days: Option<u32>,
    },
    /// Decide that there is nothing to answer.
    SetAside {
        /// The id of the line that says so.
        line: MessageId,
        /// Why.
        reason: AsideReason,
    },
    /// Decide that what was said last needs no answer.
    LetRest {
        /// The id of the line that says so.
        line: MessageId,
    },
    /// Take back that it was put right or set aside.
    TakeBack {
        /// The id of the line that says so.
        line: MessageId,
    },
    /// Give it to somebody of the shop.
    Give {
        /// The id of the line that says so.
        line: MessageId,
        /// Our own name for who gets it; empty for nobody.
        to: String,
        /// What they are called.
        name: String,
    },
    /// Say whether it is okay now.
    Decide {
        /// The id of the line that says so.
        line: MessageId,
        /// Whether it is.
        okay: bool,
    },
    /// Note that everything sent up to an instant was seen.
    See {
        /// Unix milliseconds, UTC.
        until_ms: i64,
    },
    /// Make a further way in.
    MakeKey {
        /// What it can do.
        kind: KeyKind,
        /// The hash of its secret.
        key_hash: String,
    },
    /// Make the secret that was shown worthless.
    ForgetDevice,
    /// Erase everything.
    Erase,
    /// See what is due, and do it.
    Look(Arc<ReplyPolicy>),
}

/// What became of a deed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommandResult {
    /// It was done; this is where the conversation stands.
    Stands(Stage),
    /// The conversation is no more.
    Erased,
}
