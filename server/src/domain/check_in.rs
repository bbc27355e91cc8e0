#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CheckInTotals {
    pub shown: i64,
    pub dismissed: i64,
}
