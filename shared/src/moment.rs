//! The moments at which a visitor may be asked.

use serde::{Deserialize, Serialize};

/// When a visitor may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Moment {
    /// The visitor opened the launcher, or followed a link to the page.
    #[default]
    #[serde(rename = "any_time")]
    AnyTime,
    /// Some seconds on a page, after some pages of a visit.
    #[serde(rename = "mid_journey")]
    MidJourney,
    /// On the page that thanks for the order.
    #[serde(rename = "after_checkout")]
    AfterCheckout,
    /// Some days after the order.
    #[serde(rename = "follow_up")]
    FollowUp,
}

impl Moment {
    /// Every moment, in the order of a visit.
    pub const ALL: [Self; 4] = [Self::AnyTime, Self::MidJourney, Self::AfterCheckout, Self::FollowUp];

    /// The name in JSON, columns and URLs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AnyTime => "any_time",
            Self::MidJourney => "mid_journey",
            Self::AfterCheckout => "after_checkout",
            Self::FollowUp => "follow_up",
        }
    }

    /// The moment with this name, if there is one.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|m| m.as_str() == name)
    }
}
