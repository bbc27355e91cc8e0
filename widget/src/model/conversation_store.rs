//! What lies on the device about the visitor's conversations: one text under `tableside.KEY.talks` with the secret of each,
//! messages that are not delivered yet, and drafts. Delivered messages are never kept.
//!
//! The form is that of `tsv`:
//!
//! ```text
//! key     CONVERSATION  SECRET
//! unsent  CONVERSATION  MESSAGE  WHEN  WORDS      (WHEN in Unix milliseconds, UTC)
//! okay    CONVERSATION  MESSAGE  WHEN  yes|no
//! draft   CONVERSATION  WORDS
//! ```

use super::outbox::MAX_AGE_MS;
use super::tsv;
use shared::wire::conversation::CONVERSATIONS_MAX;

/// A message or a verdict that the collector has not stored yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PendingMessage {
    /// Id of the conversation.
    pub(crate) conversation: String,
    /// [`shared::ids::MessageId`], made before anything is sent.
    pub(crate) id: String,
    /// Unix milliseconds, UTC.
    pub(crate) said_at_ms: u64,
    /// Empty in a verdict.
    pub(crate) words: String,
    /// The verdict: whether it is okay now. `None` in a message.
    pub(crate) okay: Option<bool>,
}

/// The text under `tableside.KEY.talks`, decoded. The first of each pair is the id of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct ConversationStore {
    /// The secret of each conversation, oldest first.
    pub(crate) keys: Vec<(String, String)>,
    /// In the order in which the visitor sent them.
    pub(crate) pending: Vec<PendingMessage>,
    /// What the visitor is writing, at most one for each conversation.
    pub(crate) drafts: Vec<(String, String)>,
}

impl ConversationStore {
    /// The store in a text; lines that cannot be read are left out.
    pub(crate) fn decode(text: &str) -> Self {
        let mut store = Self::default();
        for fields in text.lines().map(tsv::decode) {
            let mut fields = fields.into_iter();
            let mut next = || fields.next().unwrap_or_default();
            let (kind, conversation, first) = (next(), next(), next());
            match kind.as_str() {
                "key" => store.keys.push((conversation, first)),
                "draft" => store.drafts.push((conversation, first)),
                "unsent" | "okay" => {
                    let (at_ms, content) = (next(), next());
                    store.pending.push(PendingMessage {
                        conversation,
                        id: first,
                        said_at_ms: at_ms.parse().unwrap_or_default(),
                        okay: (kind == "okay").then_some(content == "yes"),
                        words: if kind == "okay" { String::new() } else { content },
                    });
                }
                _ => {}
            }
        }
        store
    }

    /// The text to store; `None` if the store is empty, so that nothing is left on the device.
    pub(crate) fn encode(&self) -> Option<String> {
        let mut lines = Vec::new();
        for (conversation, secret) in &self.keys {
            lines.push(tsv::encode(&["key", conversation, secret]));
        }
        for message in &self.pending {
            let (kind, content) = match message.okay {
                Some(true) => ("okay", "yes"),
                Some(false) => ("okay", "no"),
                None => ("unsent", message.words.as_str()),
            };
            let at_ms = message.said_at_ms.to_string();
            lines.push(tsv::encode(&[kind, &message.conversation, &message.id, &at_ms, content]));
        }
        for (conversation, words) in &self.drafts {
            lines.push(tsv::encode(&["draft", conversation, words]));
        }
        (!lines.is_empty()).then(|| lines.join("\n"))
    }

    /// The secret of a conversation.
    pub(crate) fn secret(&self, conversation: &str) -> Option<&str> {
        find(&self.keys, conversation)
    }

    /// What the visitor is writing in a conversation.
    pub(crate) fn draft(&self, conversation: &str) -> &str {
        find(&self.drafts, conversation).unwrap_or_default()
    }

    /// Adds the secret of a conversation, or replaces an earlier one. Above [`CONVERSATIONS_MAX`] the oldest is removed.
    pub(crate) fn put_key(&mut self, conversation: &str, secret: &str) {
        replace(&mut self.keys, conversation, secret);
        if self.keys.len() > CONVERSATIONS_MAX {
            let oldest = self.keys[0].0.clone();
            self.remove(&oldest);
        }
    }

    /// Saves what the visitor is writing; an empty text removes the draft.
    pub(crate) fn put_draft(&mut self, conversation: &str, words: &str) {
        replace(&mut self.drafts, conversation, words);
    }

    /// Removes everything of a conversation.
    pub(crate) fn remove(&mut self, conversation: &str) {
        replace(&mut self.keys, conversation, "");
        replace(&mut self.drafts, conversation, "");
        self.pending.retain(|message| message.conversation != conversation);
    }

    /// Removes a message that was stored or refused.
    pub(crate) fn remove_pending(&mut self, message: &str) {
        self.pending.retain(|pending| pending.id != message);
    }

    /// Removes messages that waited too long; gives whether there were any.
    pub(crate) fn expire(&mut self, now_ms: u64) -> bool {
        let before = self.pending.len();
        self.pending.retain(|message| now_ms.saturating_sub(message.said_at_ms) < MAX_AGE_MS);
        self.pending.len() < before
    }
}

fn find<'a>(pairs: &'a [(String, String)], conversation: &str) -> Option<&'a str> {
    pairs.iter().find(|pair| pair.0 == conversation).map(|pair| pair.1.as_str())
}

/// Removes the pair of a conversation, and adds the new one unless its text is empty.
fn replace(pairs: &mut Vec<(String, String)>, conversation: &str, text: &str) {
    pairs.retain(|pair| pair.0 != conversation);
    if !text.is_empty() {
        pairs.push((conversation.to_owned(), text.to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn message(id: &str, conversation: &str, words: &str) -> PendingMessage {
        let (id, conversation) = (id.to_owned(), conversation.to_owned());
        PendingMessage { id, conversation, words: words.to_owned(), okay: None, said_at_ms: 1_000 }
    }

    proptest! {
        #[test]
        fn what_is_kept_comes_back_as_it_was(words in "(\\\\|\t|\n|n|t|\\PC){0,12}", draft in "(\\\\|\t|\n|n|t){1,9}") {
            let mut store = ConversationStore::default();
            store.put_key("a", "s");
            store.pending.push(message("m", "a", &words));
            for okay in [true, false] {
                store.pending.push(PendingMessage { okay: Some(okay), ..message("n", "a", "") });
            }
            store.put_draft("a", &draft);
            prop_assert_eq!(ConversationStore::decode(&store.encode().unwrap()), store);
        }

        #[test]
        fn any_text_can_be_decoded(text in "(key|okay|unsent|draft|\t|\n|a|\\\\){0,30}") {
            let store = ConversationStore::decode(&text);
            prop_assert_eq!(ConversationStore::decode(&store.encode().unwrap_or_default()), store);
        }
    }

    #[test]
    fn nothing_leaves_nothing_behind() {
        assert_eq!(ConversationStore::decode(""), ConversationStore::default());
        assert_eq!(ConversationStore::default().encode(), None);
    }

    #[test]
    fn a_conversation_that_is_gone_takes_everything_of_it_along() {
        let mut store = ConversationStore::default();
        for id in ["a", "b"] {
            store.put_key(id, "s");
            store.pending.push(message(id, id, "Hello?"));
            store.put_draft(id, "words");
        }
        store.remove("a");
        assert_eq!((store.keys.len(), store.pending.len(), store.drafts.len()), (1, 1, 1));
        assert_eq!((store.draft("a"), store.draft("b")), ("", "words"));
        store.remove("b");
        assert_eq!(store.encode(), None);
    }

    #[test]
    fn another_key_replaces_the_first_and_the_oldest_of_too_many_goes() {
        let mut store = ConversationStore::default();
        store.put_key("0", "old");
        store.put_key("0", "new");
        assert_eq!((store.keys.len(), store.secret("0")), (1, Some("new")));
        for n in 1..=CONVERSATIONS_MAX {
            store.put_key(&n.to_string(), "s");
        }
        assert_eq!((store.keys.len(), store.secret("0")), (CONVERSATIONS_MAX, None));
    }

    #[test]
    fn a_draft_replaces_the_one_before_and_is_gone_when_it_is_empty() {
        let mut store = ConversationStore::default();
        store.put_draft("a", "one");
        store.put_draft("a", "two");
        assert_eq!((store.draft("a"), store.drafts.len()), ("two", 1));
        store.put_draft("a", "");
        assert!(store.drafts.is_empty());
    }

    #[test]
    fn after_a_week_what_could_not_be_sent_goes() {
        let mut store = ConversationStore::default();
        store.pending.push(message("m", "a", "Hello?"));
        assert!(!store.expire(1_000 + MAX_AGE_MS - 1));
        assert!(store.expire(1_000 + MAX_AGE_MS));
        assert!(store.pending.is_empty());
    }
}
