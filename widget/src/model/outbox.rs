//! The outbox: responses that are not stored yet, one line each under `tableside.KEY.queue` on the device.

use super::draft_response::DraftResponse;

/// How long a response may wait before it is removed and the visitor is told so: seven days.
pub(crate) const MAX_AGE_MS: u64 = 7 * 24 * 3_600_000;

/// The responses that wait, oldest first; one entry for each response.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Outbox {
    pub(crate) responses: Vec<DraftResponse>,
}

impl Outbox {
    /// The outbox in a text; lines that cannot be read are left out.
    pub(crate) fn decode(text: &str) -> Self {
        Self { responses: text.lines().filter_map(DraftResponse::decode).collect() }
    }

    /// The text to store; `None` if the outbox is empty, so that nothing is left on the device.
    pub(crate) fn encode(&self) -> Option<String> {
        let lines: Vec<String> = self.responses.iter().map(DraftResponse::encode).collect();
        (!lines.is_empty()).then(|| lines.join("\n"))
    }

    /// Adds a response, or replaces an earlier form of it.
    pub(crate) fn put(&mut self, response: &DraftResponse) {
        match self.responses.iter_mut().find(|r| r.id == response.id) {
            Some(earlier) => {
                // Another tab may have delivered the first part meanwhile.
                let known = earlier.known || response.known;
                *earlier = response.clone();
                earlier.known = known;
            }
            None => self.responses.push(response.clone()),
        }
    }

    /// Records that this form of a response is stored. If the visitor has added something meanwhile, the response stays, to
    /// be sent as a change.
    pub(crate) fn mark_stored(&mut self, sent: &DraftResponse) {
        self.responses.retain_mut(|response| {
            if response.id != sent.id {
                return true;
            }
            response.known = true;
            let mut same = sent.clone();
            same.known = true;
            *response != same
        });
    }

    /// Records that a response was refused: it stays, for the visitor to mend or copy, and is not sent again.
    pub(crate) fn mark_refused(&mut self, id: &str) {
        for response in self.responses.iter_mut().filter(|r| r.id == id) {
            response.refused = true;
        }
    }

    /// Removes a response.
    pub(crate) fn remove(&mut self, id: &str) {
        self.responses.retain(|r| r.id != id);
    }

    /// Removes responses that waited too long; gives whether one of them had more than a rating.
    pub(crate) fn expire(&mut self, now_ms: u64) -> bool {
        let mut lost_words = false;
        self.responses.retain(|response| {
            let is_fresh = now_ms.saturating_sub(response.tapped_at_ms) < MAX_AGE_MS;
            lost_words |= !is_fresh && !response.is_rating_only();
            is_fresh
        });
        lost_words
    }

    /// The response to send next.
    pub(crate) fn next(&self) -> Option<&DraftResponse> {
        self.responses.iter().find(|r| !r.refused)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::draft_response::tests::draft;

    #[test]
    fn what_is_kept_comes_back_as_it_was() {
        let mut outbox = Outbox::default();
        outbox.put(&draft("a"));
        let mut odd = draft("b");
        odd.comment = "One\ttab,\r\ntwo lines, a \\ and \"quotes\".".to_owned();
        odd.reasons = vec!["delivery".to_owned(), "arrived_broken".to_owned()];
        (odd.known, odd.refused, odd.wants_reply) = (true, true, false);
        outbox.put(&odd);
        assert_eq!(Outbox::decode(&outbox.encode().unwrap()), outbox);
    }

    #[test]
    fn what_cannot_be_read_is_left_out() {
        for text in ["", "null", "[]", "{\"v\":1,\"answers\":[]}", "a\tb\tc", "\u{0}", "\n\n"] {
            assert_eq!(Outbox::decode(text), Outbox::default(), "{text}");
        }
    }

    #[test]
    fn an_empty_outbox_leaves_nothing_on_the_device() {
        let mut outbox = Outbox::default();
        outbox.put(&draft("a"));
        outbox.mark_stored(&draft("a"));
        assert_eq!(outbox.encode(), None);
    }

    #[test]
    fn more_words_replace_fewer_and_are_one_response() {
        let mut outbox = Outbox::default();
        outbox.put(&draft("a"));
        let mut more = draft("a");
        more.comment = "And it was a present.".to_owned();
        outbox.put(&more);
        assert_eq!(outbox.responses, [more]);
    }

    #[test]
    fn what_was_said_while_the_first_part_was_on_its_way_is_sent_as_a_change() {
        let mut outbox = Outbox::default();
        let mut rating = draft("a");
        rating.comment = String::new();
        outbox.put(&rating);
        outbox.put(&draft("a"));
        outbox.mark_stored(&rating);
        let next = outbox.next().unwrap();
        assert!(next.known && next.comment == draft("a").comment);
    }

    #[test]
    fn what_was_refused_is_not_sent_again_but_not_forgotten_either() {
        let mut outbox = Outbox::default();
        outbox.put(&draft("a"));
        outbox.mark_refused("a");
        assert_eq!(outbox.next(), None);
        assert_eq!(outbox.responses.len(), 1);
    }

    #[test]
    fn after_a_week_it_goes_and_the_visitor_is_told_if_there_were_words() {
        let mut outbox = Outbox::default();
        outbox.put(&draft("a"));
        assert!(!outbox.expire(1_000 + MAX_AGE_MS - 1));
        assert_eq!(outbox.responses.len(), 1);
        assert!(outbox.expire(1_000 + MAX_AGE_MS));
        assert_eq!(outbox.responses.len(), 0);
        let mut face = draft("b");
        (face.comment, face.reasons) = (String::new(), Vec::new());
        outbox.put(&face);
        assert!(!outbox.expire(1_000 + MAX_AGE_MS), "a rating alone is not worth a sentence");
    }
}
