//! How much one address or one shop may do in a while: bounded in memory, whoever comes.

pub mod client_ip;
pub mod connections;
pub(crate) mod gcra_table;

use crate::error::AppError;
use crate::limits::client_ip::{Address, Proxies};
use crate::limits::gcra_table::GcraTable;
use actix_web::HttpRequest;
use shared::ids::ShopKey;
use shared::refusal::Code;

/// How much is allowed a minute; as much may come at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quotas {
    /// Requests with something to store, from one IPv4 address or one IPv6 /64; and as many that only look.
    pub per_address: u32,
    /// The same for one shop, from everywhere.
    pub per_shop: u32,
    /// Attempts to sign in, from one IPv4 address or one IPv6 /64.
    pub sign_ins: u32,
}

impl Default for Quotas {
    fn default() -> Self {
        // A visitor's answer is two or three requests; a whole office may share an address.
        Self { per_address: 240, per_shop: 12_000, sign_ins: 20 }
    }
}

/// The limits that hold at the door.
pub struct Limits {
    addresses: GcraTable,
    /// Apart from what is sent: whoever reads a lot can still complain.
    reading: GcraTable,
    shops: GcraTable,
    sign_ins: GcraTable,
    proxies: Proxies,
}

impl Limits {
    /// Limits at these rates, behind these proxies.
    pub fn new(rates: Quotas, proxies: Proxies) -> Self {
        Self {
            addresses: GcraTable::new(rates.per_address),
            reading: GcraTable::new(rates.per_address),
            shops: GcraTable::new(rates.per_shop),
            sign_ins: GcraTable::new(rates.sign_ins),
            proxies,
        }
    }

    /// Who sent this, as far as limits go.
    pub fn address(&self, request: &HttpRequest) -> Address {
        self.proxies.address(request.peer_addr().map(|a| a.ip()), request.headers())
    }

    /// One request with a response.
    pub fn response(&self, request: &HttpRequest, shop: &ShopKey, now_ms: i64) -> Result<(), AppError> {
        // The address first: one that is too busy must not use up what the shop's other visitors may do.
        let fine = self.addresses.try_acquire(&self.address(request), now_ms)
            && self.shops.try_acquire(shop, now_ms);
        if fine { Ok(()) } else { Err(Code::TooMany.into()) }
    }

    /// One look of a visitor at their conversations.
    pub fn check(&self, request: &HttpRequest, now_ms: i64) -> Result<(), AppError> {
        if self.reading.try_acquire(&self.address(request), now_ms) {
            Ok(())
        } else {
            Err(Code::TooMany.into())
        }
    }

    /// One attempt to sign in.
    pub fn sign_in(&self, request: &HttpRequest, now_ms: i64) -> Result<(), AppError> {
        if self.sign_ins.try_acquire(&self.address(request), now_ms) {
            Ok(())
        } else {
            Err(Code::TooMany.into())
        }
    }
}
