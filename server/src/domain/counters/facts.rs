//! What a response and its conversation count as: the one rule, for responses that are stored, changed, erased and
//! counted again.

use crate::domain::conversation::Conversation;
use crate::domain::counters::duration_histogram::bucket;
use crate::domain::counters::metric::Metric;
use shared::conversation::{Remedy, Stage};
use std::borrow::Cow;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseFacts<'a> {
    /// The shop's local day, counted from 1970-01-01.
    pub day: i32,
    /// 1 to 5, 5 best.
    pub rating: u8,
    /// Hour of the shop's week, 0 to 167; negative if unknown.
    pub hour: i32,
    pub moment: Cow<'a, str>,
    /// The key it is counted under; empty for none.
    pub page: Cow<'a, str>,
    /// The key it is counted under; empty for none.
    pub product: Cow<'a, str>,
    pub device: Cow<'a, str>,
    pub language: Cow<'a, str>,
    pub has_words: bool,
    pub reasons: Vec<Cow<'a, str>>,
    pub conversation: Option<ConversationFacts>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversationFacts {
    pub stage: Stage,
    pub was_answered: bool,
    /// In opening hours; `None` until it is computed.
    pub first_reply_ms: Option<i64>,
    pub put_right_in_ms: Option<i64>,
    pub was_asked: bool,
    /// Only if it was put right.
    pub remedy: Option<Remedy>,
    /// Code of the cause; empty for none.
    pub cause: String,
}

impl ConversationFacts {
    pub const NEW: Self = Self {
        stage: Stage::Received,
        was_answered: false,
        first_reply_ms: None,
        put_right_in_ms: None,
        was_asked: false,
        remedy: None,
        cause: String::new(),
    };

    pub fn from_conversation(conversation: &Conversation) -> Self {
        Self {
            stage: conversation.stage,
            was_answered: conversation.answered_at_ms.is_some(),
            first_reply_ms: conversation.answered_open_ms,
            put_right_in_ms: conversation.put_right_at_ms.map(|at_ms| at_ms - conversation.opened_at_ms),
            was_asked: conversation.asked_at_ms.is_some(),
            remedy: conversation.remedy,
            cause: conversation.cause.clone(),
        }
    }

    pub fn entries<'k>(&self) -> Vec<(Metric, Cow<'k, str>)> {
        let none = || Cow::Borrowed("");
        let mut all = vec![(Metric::Stage, Cow::Borrowed(self.stage.as_str()))];
        let is_recovered = self.stage == Stage::Recovered;
        if self.was_answered {
            all.push((Metric::Answered, none()));
        }
        if let Some(ms) = self.first_reply_ms {
            all.push((Metric::FirstReply, bucket(ms).into()));
        }
        if let Some(ms) = self.put_right_in_ms {
            all.push((Metric::PutRight, none()));
            all.push((Metric::PutRightIn, bucket(ms).into()));
        }
        if self.was_asked {
            all.push((Metric::Asked, none()));
        }
        if !self.cause.is_empty() {
            all.push((Metric::Cause, self.cause.clone().into()));
            if is_recovered {
                all.push((Metric::CauseRecovered, self.cause.clone().into()));
            }
        }
        if let Some(remedy) = self.remedy {
            all.push((Metric::Remedy, remedy.as_str().into()));
            if is_recovered {
                all.push((Metric::RemedyRecovered, remedy.as_str().into()));
            }
        }
        all
    }
}

impl<'a> ResponseFacts<'a> {
    pub fn entries(&self) -> Vec<(Metric, Cow<'a, str>)> {
        let mut all = Vec::with_capacity(12);
        all.push((Metric::All, Cow::Borrowed("")));
        if self.has_words {
            all.push((Metric::Words, Cow::Borrowed("")));
        }
        for (what, key) in [
            (Metric::Moment, &self.moment),
            (Metric::Page, &self.page),
            (Metric::Product, &self.product),
            (Metric::Device, &self.device),
            (Metric::Language, &self.language),
        ] {
            if !key.is_empty() {
                all.push((what, key.clone()));
            }
        }
        if let Some(hour) = usize::try_from(self.hour).ok().and_then(|hour| HOURS.get(hour)) {
            all.push((Metric::Hour, Cow::Borrowed(hour)));
        }
        all.extend(self.reasons.iter().map(|code| (Metric::Reason, code.clone())));
        if let Some(conversation) = &self.conversation {
            all.extend(conversation.entries());
        }
        all
    }
}

/// Hours of a week as keys, made once and not for each response.
static HOURS: std::sync::LazyLock<Vec<String>> =
    std::sync::LazyLock::new(|| (0..168).map(|hour| format!("{hour:02}")).collect());

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_complaint_that_was_won_back_counts_as_all_that_it_is() {
        let conversation = ConversationFacts {
            stage: Stage::Recovered,
            was_answered: true,
            first_reply_ms: Some(3_600_000),
            put_right_in_ms: Some(7_200_000),
            was_asked: false,
            remedy: Some(Remedy::Refund),
            cause: "packing".to_owned(),
        };
        let facts = ResponseFacts {
            day: 20_000,
            rating: 1,
            hour: 13,
            moment: "any_time".into(),
            page: "/bowls".into(),
            product: "".into(),
            device: "phone".into(),
            language: "de".into(),
            has_words: true,
            reasons: vec!["late".into(), "broken".into()],
            conversation: Some(conversation),
        };
        let said: Vec<String> =
            facts.entries().iter().map(|(what, key)| format!("{}:{key}", what.as_str())).collect();
        assert_eq!(
            said.join(" "),
            "all: words: moment:any_time page:/bowls device:phone language:de hour:13 reason:late reason:broken \
             stage:recovered answered: first_reply:174 put_right: put_right_in:182 cause:packing \
             cause_recovered:packing remedy:refund remedy_recovered:refund"
        );
    }

    #[test]
    fn there_is_a_key_for_each_hour_of_a_week() {
        assert_eq!((HOURS.len(), HOURS[9].as_str(), HOURS[167].as_str()), (168, "09", "167"));
    }
}
