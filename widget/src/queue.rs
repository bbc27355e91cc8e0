//! What could not be delivered yet, as it lies on the device: a line for each response under
//! `tableside.KEY.queue`.

use crate::answer::Answer;

/// How long something may wait: then the visitor is told, and it goes. Seven days.
pub const KEPT_FOR_MS: u64 = 7 * 24 * 3_600_000;
/// What waits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Queue {
    /// One entry per response, oldest first.
    pub answers: Vec<Answer>,
}

impl Queue {
    /// What was kept. What cannot be read is nothing.
    pub fn read(text: &str) -> Self {
        Self { answers: text.lines().filter_map(Answer::read).collect() }
    }

    /// The text to keep; none if nothing waits, so that nothing lies around.
    pub fn write(&self) -> Option<String> {
        let lines: Vec<String> = self.answers.iter().map(Answer::write).collect();
        (!lines.is_empty()).then(|| lines.join("\n"))
    }

    /// Puts an answer in, in the place of an earlier form of the same response.
    pub fn put(&mut self, answer: &Answer) {
        match self.answers.iter_mut().find(|a| a.id == answer.id) {
            Some(earlier) => {
                // Another tab may have delivered the first part meanwhile.
                let known = earlier.known || answer.known;
                *earlier = answer.clone();
                earlier.known = known;
            }
            None => self.answers.push(answer.clone()),
        }
    }

    /// Notes that this form of an answer is stored: it goes, unless more was said meanwhile, which is then a change.
    pub fn stored(&mut self, sent: &Answer) {
        self.answers.retain_mut(|a| {
            if a.id != sent.id {
                return true;
            }
            a.known = true;
            let mut same = sent.clone();
            same.known = true;
            *a != same
        });
    }

    /// Notes that an answer was refused: it stays for the visitor to mend or copy, and is not sent again.
    pub fn refused(&mut self, id: &str) {
        for answer in self.answers.iter_mut().filter(|a| a.id == id) {
            answer.refused = true;
        }
    }

    /// Takes an answer out, whatever became of it.
    pub fn take_out(&mut self, id: &str) {
        self.answers.retain(|a| a.id != id);
    }

    /// Removes what waited too long, and says whether there were words in it.
    pub fn expire(&mut self, now_ms: u64) -> bool {
        let mut words = false;
        self.answers.retain(|a| {
            let fresh = now_ms.saturating_sub(a.tapped_at_ms) < KEPT_FOR_MS;
            words |= !fresh && !a.is_bare();
            fresh
        });
        words
    }

    /// What is to be sent next.
    pub fn next(&self) -> Option<&Answer> {
        self.answers.iter().find(|a| !a.refused)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::tests::answer;

    #[test]
    fn what_is_kept_comes_back_as_it_was() {
        let mut queue = Queue::default();
        queue.put(&answer("a"));
        let mut odd = answer("b");
        odd.comment = "One\ttab,\r\ntwo lines, a \\ and \"quotes\".".to_owned();
        odd.reasons = vec!["delivery".to_owned(), "arrived_broken".to_owned()];
        (odd.known, odd.refused, odd.wants_reply) = (true, true, false);
        queue.put(&odd);
        assert_eq!(Queue::read(&queue.write().unwrap()), queue);
    }

    #[test]
    fn what_cannot_be_read_is_nothing() {
        for text in ["", "null", "[]", "{\"v\":1,\"answers\":[]}", "a\tb\tc", "\u{0}", "\n\n"] {
            assert_eq!(Queue::read(text), Queue::default(), "{text}");
        }
    }

    #[test]
    fn an_empty_queue_leaves_nothing_on_the_device() {
        let mut queue = Queue::default();
        queue.put(&answer("a"));
        queue.stored(&answer("a"));
        assert_eq!(queue.write(), None);
    }

    #[test]
    fn more_words_replace_fewer_and_are_one_response() {
        let mut queue = Queue::default();
        queue.put(&answer("a"));
        let mut more = answer("a");
        more.comment = "And it was a present.".to_owned();
        queue.put(&more);
        assert_eq!(queue.answers, [more]);
    }

    #[test]
    fn what_was_said_while_the_first_part_was_on_its_way_is_sent_as_a_change() {
        let mut queue = Queue::default();
        let mut rating = answer("a");
        rating.comment = String::new();
        queue.put(&rating);
        queue.put(&answer("a"));
        queue.stored(&rating);
        let next = queue.next().unwrap();
        assert!(next.known && next.comment == answer("a").comment);
    }

    #[test]
    fn what_was_refused_is_not_tried_again_but_not_forgotten_either() {
        let mut queue = Queue::default();
        queue.put(&answer("a"));
        queue.refused("a");
        assert_eq!(queue.next(), None);
        assert_eq!(queue.answers.len(), 1);
    }

    #[test]
    fn after_a_week_it_goes_and_the_visitor_is_told_if_there_were_words() {
        let mut queue = Queue::default();
        queue.put(&answer("a"));
        assert!(!queue.expire(1_000 + KEPT_FOR_MS - 1));
        assert_eq!(queue.answers.len(), 1);
        assert!(queue.expire(1_000 + KEPT_FOR_MS));
        assert_eq!(queue.answers.len(), 0);
        let mut face = answer("b");
        (face.comment, face.reasons) = (String::new(), Vec::new());
        queue.put(&face);
        assert!(!queue.expire(1_000 + KEPT_FOR_MS), "a bare face is not worth a sentence");
    }
}
