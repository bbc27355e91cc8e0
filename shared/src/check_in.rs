//! What became of a check-in that came by itself.

use crate::string_enum;

string_enum! {
    /// What became of one asking. That it was answered is not told by itself: the response says so.
    CheckIn {
        /// The visitor sees the question.
        Shown = "shown",
        /// It went away without an answer: closed, or put off.
        Dismissed = "dismissed",
    }
}
