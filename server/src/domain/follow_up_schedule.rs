//! Which follow-ups of a conversation are due: none is forgotten, and none happens twice.

use crate::domain::conversation::Conversation;
use crate::domain::reply_policy::ReplyPolicy;
use crate::time::clock::DAY_MS;
use shared::conversation::Stage;

/// How long an asked visitor may take to answer before the conversation becomes unconfirmed.
pub const RUN_OUT_MS: i64 = 14 * DAY_MS;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FollowUp {
    /// Notify the shop that a visitor waits.
    Notify,
    /// Half of the promised time is over: remind the assigned member.
    Remind,
    /// All of the promised time is over: remind all members.
    Overdue,
    /// Ask the visitor whether it is okay now.
    Ask,
    /// The visitor did not answer in time.
    RunOut,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowUpSchedule {
    pub now: Vec<FollowUp>,
    /// When the next follow-up will be due: Unix milliseconds, UTC.
    pub next_at_ms: Option<i64>,
}

pub fn next_follow_up(conversation: &Conversation, policy: &ReplyPolicy, now_ms: i64) -> FollowUpSchedule {
    let mut now = Vec::new();
    let mut next = Vec::new();
    if let Some(since_ms) = conversation.waits_since_at_ms {
        if conversation.shop_notified_at_ms.is_none() {
            now.push(FollowUp::Notify);
        }
        let half = policy.due_at_ms(since_ms, 0.5).filter(|_| policy.reminds && conversation.reminders < 1);
        let whole = policy.due_at_ms(since_ms, 1.0).filter(|_| policy.reminds && conversation.reminders < 2);
        match (half, whole) {
            // After a long pause only the more serious reminder is sent.
            (_, Some(whole)) if whole <= now_ms => now.push(FollowUp::Overdue),
            (Some(half), whole) if half <= now_ms => {
                now.push(FollowUp::Remind);
                next.extend(whole);
            }
            (half, whole) => next.extend(half.into_iter().chain(whole)),
        }
    }
    if conversation.stage == Stage::PutRight {
        match (conversation.asked_at_ms, conversation.ask_at_ms) {
            (None, Some(ask_at_ms)) if ask_at_ms <= now_ms => {
                now.push(FollowUp::Ask);
                next.push(now_ms + RUN_OUT_MS);
            }
            (None, Some(ask_at_ms)) => next.push(ask_at_ms),
            (Some(asked_at_ms), _) if asked_at_ms + RUN_OUT_MS <= now_ms => now.push(FollowUp::RunOut),
            (Some(asked_at_ms), _) => next.push(asked_at_ms + RUN_OUT_MS),
            (None, None) => {}
        }
    }
    FollowUpSchedule { now, next_at_ms: next.into_iter().min() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::opening_hours::OpeningHours;
    use crate::time::zone::ShopZone;
    use proptest::prelude::*;
    use shared::ids::{ResponseId, ShopKey};
    use shared::moment::Moment;

    const HOUR_MS: i64 = 3_600_000;

    fn policy() -> ReplyPolicy {
        ReplyPolicy {
            hours: OpeningHours::default(),
            zone: ShopZone::from_name("UTC"),
            promise_open_ms: 2 * HOUR_MS,
            reminds: true,
        }
    }

    fn received(at_ms: i64) -> Conversation {
        Conversation {
            shop: ShopKey::parse("kiln").unwrap(),
            id: ResponseId::from_parts(0, 0),
            stage: Stage::Received,
            moment: Moment::AnyTime,
            opened_at_ms: at_ms,
            changed_at_ms: at_ms,
            waits_since_at_ms: Some(at_ms),
            next_check_at_ms: Some(at_ms),
            shop_notified_at_ms: None,
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
            search_rowid: 0,
        }
    }

    fn put_right(at_ms: i64, ask_at_ms: i64) -> Conversation {
        Conversation {
            stage: Stage::PutRight,
            waits_since_at_ms: None,
            answered_at_ms: Some(at_ms),
            put_right_at_ms: Some(at_ms),
            ask_at_ms: Some(ask_at_ms),
            ..received(0)
        }
    }

    /// Applies a follow-up as `conversations/follow_up.rs` does.
    fn apply(conversation: &mut Conversation, follow_up: FollowUp, now_ms: i64) {
        match follow_up {
            FollowUp::Notify => conversation.shop_notified_at_ms = Some(now_ms),
            FollowUp::Remind => conversation.reminders = 1,
            FollowUp::Overdue => conversation.reminders = 2,
            FollowUp::Ask => conversation.asked_at_ms = Some(now_ms),
            FollowUp::RunOut => conversation.stage = Stage::Unconfirmed,
        }
    }

    #[test]
    fn a_complaint_is_told_at_once_and_reminded_of_twice() {
        let mut conversation = received(1_000);
        let first = next_follow_up(&conversation, &policy(), 1_000);
        assert_eq!(
            first,
            FollowUpSchedule { now: vec![FollowUp::Notify], next_at_ms: Some(1_000 + HOUR_MS) }
        );
        conversation.shop_notified_at_ms = Some(1_000);
        let half = next_follow_up(&conversation, &policy(), 1_000 + HOUR_MS);
        assert_eq!(
            half,
            FollowUpSchedule { now: vec![FollowUp::Remind], next_at_ms: Some(1_000 + 2 * HOUR_MS) }
        );
        conversation.reminders = 1;
        let whole = next_follow_up(&conversation, &policy(), 1_000 + 2 * HOUR_MS);
        assert_eq!(whole, FollowUpSchedule { now: vec![FollowUp::Overdue], next_at_ms: None });
    }

    #[test]
    fn after_a_long_night_there_is_one_reminder_and_not_two() {
        let mut conversation = received(0);
        conversation.shop_notified_at_ms = Some(0);
        assert_eq!(next_follow_up(&conversation, &policy(), 99 * HOUR_MS).now, [FollowUp::Overdue]);
        let quiet = ReplyPolicy { reminds: false, ..policy() };
        assert_eq!(
            next_follow_up(&conversation, &quiet, 99 * HOUR_MS),
            FollowUpSchedule { now: vec![], next_at_ms: None }
        );
    }

    #[test]
    fn asked_once_when_it_is_time_and_let_go_after_two_weeks() {
        let mut conversation = put_right(0, 48 * HOUR_MS);
        assert_eq!(
            next_follow_up(&conversation, &policy(), HOUR_MS),
            FollowUpSchedule { now: vec![], next_at_ms: Some(48 * HOUR_MS) }
        );
        let asked = next_follow_up(&conversation, &policy(), 50 * HOUR_MS);
        assert_eq!(
            asked,
            FollowUpSchedule { now: vec![FollowUp::Ask], next_at_ms: Some(50 * HOUR_MS + RUN_OUT_MS) }
        );
        conversation.asked_at_ms = Some(50 * HOUR_MS);
        assert_eq!(next_follow_up(&conversation, &policy(), 50 * HOUR_MS + RUN_OUT_MS - 1).now, []);
        assert_eq!(
            next_follow_up(&conversation, &policy(), 50 * HOUR_MS + RUN_OUT_MS).now,
            [FollowUp::RunOut]
        );
        conversation.ask_at_ms = None;
        conversation.asked_at_ms = None;
        assert_eq!(
            next_follow_up(&conversation, &policy(), 99 * HOUR_MS),
            FollowUpSchedule { now: vec![], next_at_ms: None },
            "asked not to ask"
        );
    }

    proptest! {
        /// However often the schedule is checked, each follow-up happens once.
        #[test]
        fn everything_is_done_once_however_often_one_looks(
            looks in proptest::collection::vec(1i64..40 * HOUR_MS, 1..60),
            was_put_right in any::<bool>(),
            promise_open_ms in 1i64..9 * HOUR_MS,
        ) {
            let policy = ReplyPolicy { promise_open_ms, ..policy() };
            let mut conversation = if was_put_right { put_right(0, 30 * HOUR_MS) } else { received(0) };
            let mut done = Vec::new();
            let mut now_ms = 0;
            for pause in looks {
                now_ms += pause;
                let before = next_follow_up(&conversation, &policy, now_ms);
                prop_assert!(before.next_at_ms.is_none_or(|next| next > now_ms), "an alarm lies ahead");
                for follow_up in &before.now {
                    apply(&mut conversation, *follow_up, now_ms);
                    done.push(*follow_up);
                }
                let after = next_follow_up(&conversation, &policy, now_ms);
                prop_assert!(after.now.is_empty(), "{:?} again", after.now);
                prop_assert_eq!(after.next_at_ms, before.next_at_ms.filter(|_| conversation.stage != Stage::Unconfirmed));
            }
            let mut once = done.clone();
            once.dedup();
            prop_assert_eq!(&once, &done, "nothing twice");
            if !was_put_right {
                prop_assert_eq!(done.contains(&FollowUp::Overdue), now_ms >= promise_open_ms);
            }
        }
    }
}
