//! What is counted.

use shared::string_enum;

string_enum! {
    /// What is counted. Everything is counted by rating, and under the shop's own day on which the response came, also
    /// what happened later in its conversation: so every number is about the same people.
    Metric {
        /// Responses; the key is empty.
        All = "all",
        /// Those with words; the key is empty.
        Words = "words",
        /// By moment.
        Moment = "moment",
        /// By page: its path, `*` for all that are not counted by themselves.
        Page = "page",
        /// By product, likewise.
        Product = "product",
        /// By device.
        Device = "device",
        /// By language.
        Language = "language",
        /// By hour of the shop's week, two or three digits.
        Hour = "hour",
        /// By reason; a response with two reasons counts under both.
        Reason = "reason",
        /// Conversations, by where they stand now.
        Stage = "stage",
        /// Conversations in which somebody of the shop has said something; the key is empty.
        Answered = "answered",
        /// Those by how long that took in opening hours, by bucket.
        FirstReply = "first_reply",
        /// Conversations that were ever put right; the key is empty.
        PutRight = "put_right",
        /// Those by how long that took, by bucket.
        PutRightIn = "put_right_in",
        /// Conversations whose visitor was asked whether it is okay now; the key is empty.
        Asked = "asked",
        /// Conversations by cause.
        Cause = "cause",
        /// Recovered ones by cause.
        CauseRecovered = "cause_recovered",
        /// Conversations by remedy.
        Remedy = "remedy",
        /// Recovered ones by remedy.
        RemedyRecovered = "remedy_recovered",
    }
}
