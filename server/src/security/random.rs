//! Randomness: the only file that asks the machine.

use shared::ids::{MailId, MessageId, ResponseId, Secret, ShopKey};

/// A source of random bytes that can be replaced where chance matters.
pub trait Random: Send + Sync {
    /// Fills the bytes with randomness fit for secrets.
    fn fill(&self, bytes: &mut [u8]);

    /// 256 random bits.
    fn secret(&self) -> Secret {
        let mut bytes = [0; 32];
        self.fill(&mut bytes);
        Secret::from_bytes(&bytes)
    }

    /// 128 random bits.
    fn bits(&self) -> u128 {
        let mut bytes = [0; 16];
        self.fill(&mut bytes);
        u128::from_be_bytes(bytes)
    }

    /// An id for a response made at this instant.
    fn response_id(&self, at_ms: i64) -> ResponseId {
        ResponseId::from_parts(at_ms.unsigned_abs(), self.bits())
    }

    /// An id for something said or done at this instant.
    fn message_id(&self, at_ms: i64) -> MessageId {
        MessageId::from_parts(at_ms.unsigned_abs(), self.bits())
    }

    /// An id for an e-mail made at this instant.
    fn mail_id(&self, at_ms: i64) -> MailId {
        MailId::from_parts(at_ms.unsigned_abs(), self.bits())
    }

    /// Ten letters and digits that can be read out: 50 bits, enough that two houses hardly share one.
    fn key(&self) -> String {
        const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
        let mut bytes = [0; 10];
        self.fill(&mut bytes);
        bytes.iter().map(|b| char::from(LETTERS[usize::from(b & 31)])).collect()
    }

    /// Our own name for an owner.
    fn new_owner_id(&self) -> String {
        self.key()
    }

    /// A new shop's key.
    ///
    /// # Panics
    /// Never: ten of these letters are a key.
    fn shop_key(&self) -> ShopKey {
        ShopKey::parse(&self.key()).expect("ten letters are a key")
    }
}

/// The machine's randomness.
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) {
        // A machine without randomness can keep no secret; going on would be worse than stopping.
        getrandom::fill(bytes).expect("the operating system gives random bytes");
    }
}
