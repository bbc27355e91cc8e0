//! The receipt: a short number that a visitor can quote.

/// Letters and digits that are not confused when read out: no I, L, O, U.
/// Source: Crockford's Base32, <https://www.crockford.com/base32.html>.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The receipt of a response, computed from its id: the same id always gives the same receipt.
///
/// 30 of the id's random bits as six characters (`K7Q-4MD`): short enough for the telephone. Two responses of one shop
/// may share a receipt by chance, so it is used for searching and never grants access.
pub fn of(id: &crate::ids::ResponseId) -> String {
    // The last eight hex digits of a UUIDv7 are random (RFC 9562, section 5.7).
    let digits = id.as_str().bytes().rev().filter_map(|b| (b as char).to_digit(16)).take(8);
    let bits = digits.fold(0u64, |n, d| n << 4 | u64::from(d));
    let letter = |i: u64| char::from(ALPHABET[(bits >> (5 * i) & 31) as usize]);
    let (left, right): (String, String) = ((0..3).map(letter).collect(), (3..6).map(letter).collect());
    [left, right].join("-")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::ResponseId;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_receipt_is_six_letters_that_can_be_read_out(bits in any::<u128>()) {
            let id = ResponseId::from_parts((bits >> 80) as u64, bits);
            let receipt = of(&id);
            prop_assert_eq!(receipt.len(), 7);
            prop_assert!(receipt.bytes().all(|b| b == b'-' || ALPHABET.contains(&b)));
            prop_assert_eq!(of(&ResponseId::parse("id", id.as_str()).unwrap()), receipt);
        }
    }
}
