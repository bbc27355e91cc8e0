//! Randomness: the only file that asks the operating system for it.

use shared::ids::{MailId, MessageId, ResponseId, Secret, ShopKey};

/// A source of random bytes that tests can replace.
pub trait Random: Send + Sync {
    /// Fills the bytes with randomness fit for secrets.
    fn fill(&self, bytes: &mut [u8]);

    /// 256 random bits.
    fn secret(&self) -> Secret {
        let mut bytes = [0; 32];
        self.fill(&mut bytes);
        Secret::from_bytes(&bytes)
    }

    fn bits(&self) -> u128 {
        let mut bytes = [0; 16];
        self.fill(&mut bytes);
        u128::from_be_bytes(bytes)
    }

    fn response_id(&self, at_ms: i64) -> ResponseId {
        ResponseId::from_parts(at_ms.unsigned_abs(), self.bits())
    }

    fn message_id(&self, at_ms: i64) -> MessageId {
        MessageId::from_parts(at_ms.unsigned_abs(), self.bits())
    }

    fn mail_id(&self, at_ms: i64) -> MailId {
        MailId::from_parts(at_ms.unsigned_abs(), self.bits())
    }

    /// Ten letters and digits that are hard to confuse: 50 bits, so that two collectors hardly share one.
    fn key(&self) -> String {
        const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
        let mut bytes = [0; 10];
        self.fill(&mut bytes);
        bytes.iter().map(|b| char::from(LETTERS[usize::from(b & 31)])).collect()
    }

    fn new_owner_id(&self) -> String {
        self.key()
    }

    /// # Panics
    /// Never: ten of these letters are a key.
    fn shop_key(&self) -> ShopKey {
        ShopKey::parse(&self.key()).expect("ten letters are a key")
    }
}

pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) {
        // A collector without randomness can keep no secret, so it stops.
        getrandom::fill(bytes).expect("the operating system gives random bytes");
    }
}
