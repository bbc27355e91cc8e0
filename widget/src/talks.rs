//! The visitor's conversations, as far as they lie on the device: one text under `tableside.KEY.talks` with the secret of
//! each, what could not be sent yet, and what is being written. What was said and delivered is never kept.
//!
//! As `lines.rs`:
//!
//! ```text
//! key     CONVERSATION  SECRET
//! unsent  CONVERSATION  MESSAGE  WHEN  WORDS      (WHEN in Unix milliseconds, UTC)
//! okay    CONVERSATION  MESSAGE  WHEN  yes|no
//! draft   CONVERSATION  WORDS
//! ```

use crate::lines::{fields, line};
use crate::queue::KEPT_FOR_MS;
use shared::wire::conversation::CONVERSATIONS_MAX;

/// Something said in a conversation that has not arrived yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsent {
    /// Id of the conversation.
    pub talk: String,
    /// [`shared::ids::MessageId`], made before anything is sent.
    pub id: String,
    /// Unix milliseconds, UTC.
    pub said_at_ms: u64,
    /// Words; empty where it is a verdict.
    pub words: String,
    /// Whether it is okay now, where that was said.
    pub okay: Option<bool>,
}

/// All of it. Of each pair the first is the id of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Talks {
    /// The secret of each, oldest first.
    pub keys: Vec<(String, String)>,
    /// In the order it was said.
    pub unsent: Vec<Unsent>,
    /// What somebody is writing, one for each conversation at most.
    pub drafts: Vec<(String, String)>,
}

impl Talks {
    /// What was kept. A line that cannot be read is none.
    pub fn read(text: &str) -> Self {
        let mut talks = Self::default();
        for fields in text.lines().map(fields) {
            let mut fields = fields.into_iter();
            let mut next = || fields.next().unwrap_or_default();
            let (kind, talk, first) = (next(), next(), next());
            match kind.as_str() {
                "key" => talks.keys.push((talk, first)),
                "draft" => talks.drafts.push((talk, first)),
                "unsent" | "okay" => {
                    let (at_ms, said) = (next(), next());
                    talks.unsent.push(Unsent {
                        talk,
                        id: first,
                        said_at_ms: at_ms.parse().unwrap_or_default(),
                        okay: (kind == "okay").then_some(said == "yes"),
                        words: if kind == "okay" { String::new() } else { said },
                    });
                }
                _ => {}
            }
        }
        talks
    }

    /// The text to keep; none if there is nothing, so that nothing lies around.
    pub fn write(&self) -> Option<String> {
        let mut lines = Vec::new();
        for (talk, secret) in &self.keys {
            lines.push(line(&["key", talk, secret]));
        }
        for it in &self.unsent {
            let (kind, said) = match it.okay {
                Some(true) => ("okay", "yes"),
                Some(false) => ("okay", "no"),
                None => ("unsent", it.words.as_str()),
            };
            lines.push(line(&[kind, &it.talk, &it.id, &it.said_at_ms.to_string(), said]));
        }
        for (talk, words) in &self.drafts {
            lines.push(line(&["draft", talk, words]));
        }
        (!lines.is_empty()).then(|| lines.join("\n"))
    }

    /// The secret of a conversation.
    pub fn secret(&self, talk: &str) -> Option<&str> {
        of(&self.keys, talk)
    }

    /// What was being written in a conversation.
    pub fn draft(&self, talk: &str) -> &str {
        of(&self.drafts, talk).unwrap_or_default()
    }

    /// Puts a way in, in the place of an earlier one into the same conversation; of too many the oldest goes.
    pub fn put(&mut self, talk: &str, secret: &str) {
        set(&mut self.keys, talk, secret);
        if self.keys.len() > CONVERSATIONS_MAX {
            let oldest = self.keys[0].0.clone();
            self.drop(&oldest);
        }
    }

    /// Keeps what is being written; empty words are no draft.
    pub fn write_down(&mut self, talk: &str, words: &str) {
        set(&mut self.drafts, talk, words);
    }

    /// Takes out whatever there is of a conversation.
    pub fn drop(&mut self, talk: &str) {
        set(&mut self.keys, talk, "");
        set(&mut self.drafts, talk, "");
        self.unsent.retain(|unsent| unsent.talk != talk);
    }

    /// Takes out what has arrived, or was refused.
    pub fn take_out(&mut self, message: &str) {
        self.unsent.retain(|unsent| unsent.id != message);
    }

    /// Removes what waited too long, and says whether there was anything.
    pub fn expire(&mut self, now_ms: u64) -> bool {
        let before = self.unsent.len();
        self.unsent.retain(|unsent| now_ms.saturating_sub(unsent.said_at_ms) < KEPT_FOR_MS);
        self.unsent.len() < before
    }
}

fn of<'a>(pairs: &'a [(String, String)], talk: &str) -> Option<&'a str> {
    pairs.iter().find(|pair| pair.0 == talk).map(|pair| pair.1.as_str())
}

/// Puts a pair in the place of an earlier one with the same beginning; with an empty end it only goes.
fn set(pairs: &mut Vec<(String, String)>, talk: &str, text: &str) {
    pairs.retain(|pair| pair.0 != talk);
    if !text.is_empty() {
        pairs.push((talk.to_owned(), text.to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn unsent(id: &str, talk: &str, words: &str) -> Unsent {
        let (id, talk) = (id.to_owned(), talk.to_owned());
        Unsent { id, talk, words: words.to_owned(), okay: None, said_at_ms: 1_000 }
    }

    proptest! {
        #[test]
        fn what_is_kept_comes_back_as_it_was(words in "(\\\\|\t|\n|n|t|\\PC){0,12}", draft in "(\\\\|\t|\n|n|t){1,9}") {
            let mut talks = Talks::default();
            talks.put("a", "s");
            talks.unsent.push(unsent("m", "a", &words));
            for okay in [true, false] {
                talks.unsent.push(Unsent { okay: Some(okay), ..unsent("n", "a", "") });
            }
            talks.write_down("a", &draft);
            prop_assert_eq!(Talks::read(&talks.write().unwrap()), talks);
        }

        #[test]
        fn whatever_lies_there_can_be_looked_at(text in "(key|okay|unsent|draft|\t|\n|a|\\\\){0,30}") {
            let talks = Talks::read(&text);
            prop_assert_eq!(Talks::read(&talks.write().unwrap_or_default()), talks);
        }
    }

    #[test]
    fn nothing_leaves_nothing_behind() {
        assert_eq!(Talks::read(""), Talks::default());
        assert_eq!(Talks::default().write(), None);
    }

    #[test]
    fn a_conversation_that_is_gone_takes_everything_of_it_along() {
        let mut talks = Talks::default();
        for id in ["a", "b"] {
            talks.put(id, "s");
            talks.unsent.push(unsent(id, id, "Hello?"));
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
        let mut talks = Talks::default();
        talks.put("0", "old");
        talks.put("0", "new");
        assert_eq!((talks.keys.len(), talks.secret("0")), (1, Some("new")));
        for n in 1..=CONVERSATIONS_MAX {
            talks.put(&n.to_string(), "s");
        }
        assert_eq!((talks.keys.len(), talks.secret("0")), (CONVERSATIONS_MAX, None));
    }

    #[test]
    fn a_draft_replaces_the_one_before_and_is_gone_when_it_is_empty() {
        let mut talks = Talks::default();
        talks.write_down("a", "one");
        talks.write_down("a", "two");
        assert_eq!((talks.draft("a"), talks.drafts.len()), ("two", 1));
        talks.write_down("a", "");
        assert!(talks.drafts.is_empty());
    }

    #[test]
    fn after_a_week_what_could_not_be_sent_goes() {
        let mut talks = Talks::default();
        talks.unsent.push(unsent("m", "a", "Hello?"));
        assert!(!talks.expire(1_000 + KEPT_FOR_MS - 1));
        assert!(talks.expire(1_000 + KEPT_FOR_MS));
        assert!(talks.unsent.is_empty());
    }
}
