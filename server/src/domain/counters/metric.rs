use shared::string_enum;

string_enum! {
    /// Everything is counted by rating, and under the shop's local day on which the response came, also what happens
    /// later in its conversation: so all numbers of a period are about the same visitors.
    Metric {
        /// Responses; the key is empty.
        All = "all",
        /// Responses with words; the key is empty.
        Words = "words",
        Moment = "moment",
        /// By path; `*` for all pages without a counter of their own.
        Page = "page",
        /// By name; `*` likewise.
        Product = "product",
        Device = "device",
        Language = "language",
        /// By hour of the shop's week, two or three digits.
        Hour = "hour",
        /// A response with two reasons counts under both.
        Reason = "reason",
        /// Conversations by present stage.
        Stage = "stage",
        /// Conversations the shop has replied to; the key is empty.
        Answered = "answered",
        /// Bucket of the duration in opening hours.
        FirstReply = "first_reply",
        /// Conversations that were ever put right; the key is empty.
        PutRight = "put_right",
        /// Bucket of the duration.
        PutRightIn = "put_right_in",
        /// Conversations whose visitor was asked whether it is okay now; the key is empty.
        Asked = "asked",
        Cause = "cause",
        CauseRecovered = "cause_recovered",
        Remedy = "remedy",
        RemedyRecovered = "remedy_recovered",
    }
}
