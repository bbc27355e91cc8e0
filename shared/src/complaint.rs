//! The rule for what makes a response a complaint. The widget, the collector and its SQL (`server/src/db/complaint.rs`)
//! all use it.

/// Whether a response expects a reply or a remedy: the visitor asked for a reply, or is unhappy and says why.
///
/// `rating` is 1 to 5, or 0 before the visitor has given one.
pub fn is_complaint(rating: u8, has_words: bool, wants_reply: bool) -> bool {
    wants_reply || (1..=2).contains(&rating) && has_words
}

#[cfg(test)]
mod tests {
    use super::is_complaint;

    #[test]
    fn whoever_wants_a_reply_complains_and_so_does_whoever_is_unhappy_and_says_why() {
        for rating in 0..=5 {
            assert!(is_complaint(rating, false, true) && is_complaint(rating, true, true), "{rating}");
            assert!(!is_complaint(rating, false, false), "a face alone is no complaint: {rating}");
            assert_eq!(is_complaint(rating, true, false), rating == 1 || rating == 2, "{rating}");
        }
    }
}
