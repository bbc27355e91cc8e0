//! The visitor's conversations, as far as they lie on the device: one JSON text under `tableside.KEY.talks` with the
//! secret of each, what could not be sent yet, and what is being written. What was said and delivered is never kept.

use crate::queue::KEPT_FOR_MS;
use miniserde::{Deserialize, Serialize, json};
use shared::wire::talk::{TALKS_MAX, TalkKey};

/// The form of the text; another one was written by another version and is left alone by none.
const VERSION: u32 = 1;

/// Something said in a conversation that has not arrived yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unsent {
    /// [`shared::ids::MessageId`], made before anything is sent.
    pub id: String,
    /// Id of the conversation.
    pub talk: String,
    /// Words; empty where it is a verdict.
    pub words: String,
    /// Whether it is okay now, where that was said.
    pub okay: Option<bool>,
    /// Unix milliseconds, UTC.
    pub said_at_ms: u64,
}

/// What somebody is writing in a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// Id of the conversation.
    pub talk: String,
    /// Words.
    pub words: String,
}

/// All of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Talks {
    v: u32,
    /// A way into each, oldest first.
    pub keys: Vec<TalkKey>,
    /// In the order it was said.
    pub unsent: Vec<Unsent>,
    /// One for each conversation at most.
    pub drafts: Vec<Draft>,
}

impl Talks {
    /// Nothing.
    pub fn none() -> Self {
        Self { v: VERSION, keys: Vec::new(), unsent: Vec::new(), drafts: Vec::new() }
    }

    /// What was kept. What cannot be read is nothing.
    pub fn read(text: &str) -> Self {
        json::from_str::<Self>(text).ok().filter(|kept| kept.v == VERSION).unwrap_or_else(Self::none)
    }

    /// The text to keep; none if there is nothing, so that nothing lies around.
    pub fn write(&self) -> Option<String> {
        (!self.keys.is_empty()).then(|| json::to_string(self))
    }

    /// The secret of a conversation.
    pub fn secret(&self, id: &str) -> Option<&str> {
        self.keys.iter().find(|key| key.id == id).map(|key| key.secret.as_str())
    }

    /// Puts a way in, in the place of an earlier one into the same conversation; of too many the oldest goes.
    pub fn put(&mut self, id: &str, secret: &str) {
        self.keys.retain(|key| key.id != id);
        self.keys.push(TalkKey { id: id.to_owned(), secret: secret.to_owned() });
        if self.keys.len() > TALKS_MAX {
            let oldest = self.keys[0].id.clone();
            self.drop(&oldest);
        }
    }

    /// Takes out whatever there is of a conversation.
    pub fn drop(&mut self, id: &str) {
        self.keys.retain(|key| key.id != id);
        self.unsent.retain(|unsent| unsent.talk != id);
        self.drafts.retain(|draft| draft.talk != id);
    }

    /// What was being written in a conversation.
    pub fn draft(&self, id: &str) -> &str {
        self.drafts.iter().find(|draft| draft.talk == id).map_or("", |draft| draft.words.as_str())
    }

    /// Keeps what is being written; empty words are no draft.
    pub fn write_down(&mut self, id: &str, words: &str) {
        self.drafts.retain(|draft| draft.talk != id);
        if !words.is_empty() {
            self.drafts.push(Draft { talk: id.to_owned(), words: words.to_owned() });
        }
    }

    /// Takes out what has arrived, or was refused.
    pub fn take_out(&mut self, id: &str) {
        self.unsent.retain(|unsent| unsent.id != id);
    }

    /// Removes what waited too long, and says whether there was anything.
    pub fn expire(&mut self, now_ms: u64) -> bool {
        let before = self.unsent.len();
        self.unsent.retain(|unsent| now_ms.saturating_sub(unsent.said_at_ms) < KEPT_FOR_MS);
        self.unsent.len() < before
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unsent(id: &str, talk: &str) -> Unsent {
        let (id, talk) = (id.to_owned(), talk.to_owned());
        Unsent { id, talk, words: "Hello?".to_owned(), okay: None, said_at_ms: 1_000 }
    }

    #[test]
    fn what_is_kept_comes_back_as_it_was() {
        let mut talks = Talks::none();
        talks.put("a", "s");
        talks.unsent.push(unsent("m", "a"));
        talks.unsent.push(Unsent { okay: Some(false), ..unsent("n", "a") });
        talks.write_down("a", "It was a \"present\".\nFor Saturday.");
        assert_eq!(Talks::read(&talks.write().unwrap()), talks);
        assert_eq!(talks.secret("a"), Some("s"));
        assert_eq!(talks.secret("b"), None);
    }

    #[test]
    fn what_cannot_be_read_is_nothing_and_nothing_leaves_nothing_behind() {
        for text in ["", "null", "[]", "{\"v\":2,\"keys\":[],\"unsent\":[],\"drafts\":[]}", "{\"v\":1}"] {
            assert_eq!(Talks::read(text), Talks::none(), "{text}");
        }
        assert_eq!(Talks::none().write(), None);
    }

    #[test]
    fn a_conversation_that_is_gone_takes_everything_of_it_along() {
        let mut talks = Talks::none();
        for id in ["a", "b"] {
            talks.put(id, "s");
            talks.unsent.push(unsent(id, id));
            talks.write_down(id, "words");
        }
        talks.drop("a");
        assert_eq!((talks.keys.len(), talks.unsent.len(), talks.drafts.len()), (1, 1, 1));
        assert_eq!((talks.draft("a"), talks.draft("b")), ("", "words"));
        talks.drop("b");
        assert_eq!(talks.write(), None);
    }

    #[test]
    fn another_way_in_replaces_the_first_and_the_oldest_of_too_many_goes() {
        let mut talks = Talks::none();
        talks.put("0", "old");
        talks.put("0", "new");
        assert_eq!((talks.keys.len(), talks.secret("0")), (1, Some("new")));
        for n in 1..=TALKS_MAX {
            talks.put(&n.to_string(), "s");
        }
        assert_eq!((talks.keys.len(), talks.secret("0")), (TALKS_MAX, None));
    }

    #[test]
    fn a_draft_replaces_the_one_before_and_is_gone_when_it_is_empty() {
        let mut talks = Talks::none();
        talks.write_down("a", "one");
        talks.write_down("a", "two");
        assert_eq!((talks.draft("a"), talks.drafts.len()), ("two", 1));
        talks.write_down("a", "");
        assert!(talks.drafts.is_empty());
    }

    #[test]
    fn after_a_week_what_could_not_be_sent_goes() {
        let mut talks = Talks::none();
        talks.unsent.push(unsent("m", "a"));
        assert!(!talks.expire(1_000 + KEPT_FOR_MS - 1));
        assert!(talks.expire(1_000 + KEPT_FOR_MS));
        assert!(talks.unsent.is_empty());
    }
}
