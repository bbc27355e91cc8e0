//! How often visitors were asked.

/// How often they were shown, and how often they were dismissed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CheckInTotals {
    /// The visitor saw the question.
    pub shown: i64,
    /// It went away without an answer.
    pub dismissed: i64,
}
