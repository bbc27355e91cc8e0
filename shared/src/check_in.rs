//! The outcomes of a check-in that a trigger started.

use crate::string_enum;

string_enum! {
    /// What the widget reports of one check-in. An answered check-in needs no report: its response says so.
    CheckIn {
        /// The visitor sees the question.
        Shown = "shown",
        /// The visitor closed the question, or put it off.
        Dismissed = "dismissed",
    }
}
