//! Rate limits for addresses and shops, in bounded memory.

pub mod client_ip;
pub mod connections;
pub(crate) mod gcra_table;

use crate::error::AppError;
use crate::limits::client_ip::{Address, Proxies};
use crate::limits::gcra_table::GcraTable;
use actix_web::HttpRequest;
use shared::ids::ShopKey;
use shared::refusal::Code;

/// Allowances for a minute, which may be used all at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quotas {
    /// Writing requests from one IPv4 address or IPv6 /64; and as many reading ones.
    pub per_address: u32,
    /// Writing requests to one shop, from everywhere.
    pub per_shop: u32,
    /// From one IPv4 address or IPv6 /64.
    pub sign_ins: u32,
}

impl Default for Quotas {
    fn default() -> Self {
        // A visitor's response is two or three requests; a whole office may share an address.
        Self { per_address: 240, per_shop: 12_000, sign_ins: 20 }
    }
}

pub struct Limits {
    addresses: GcraTable,
    /// Apart from writing: a client that reads a lot can still complain.
    reading: GcraTable,
    shops: GcraTable,
    sign_ins: GcraTable,
    proxies: Proxies,
}

impl Limits {
    pub fn new(quotas: Quotas, proxies: Proxies) -> Self {
        Self {
            addresses: GcraTable::new(quotas.per_address),
            reading: GcraTable::new(quotas.per_address),
            shops: GcraTable::new(quotas.per_shop),
            sign_ins: GcraTable::new(quotas.sign_ins),
            proxies,
        }
    }

    pub fn address(&self, request: &HttpRequest) -> Address {
        self.proxies.address(request.peer_addr().map(|a| a.ip()), request.headers())
    }

    pub fn response(&self, request: &HttpRequest, shop: &ShopKey, now_ms: i64) -> Result<(), AppError> {
        // The address first: one over its limit must not use up the shop's allowance for other visitors.
        let fine = self.addresses.try_acquire(&self.address(request), now_ms)
            && self.shops.try_acquire(shop, now_ms);
        if fine { Ok(()) } else { Err(Code::TooMany.into()) }
    }

    pub fn check(&self, request: &HttpRequest, now_ms: i64) -> Result<(), AppError> {
        if self.reading.try_acquire(&self.address(request), now_ms) {
            Ok(())
        } else {
            Err(Code::TooMany.into())
        }
    }

    pub fn sign_in(&self, request: &HttpRequest, now_ms: i64) -> Result<(), AppError> {
        if self.sign_ins.try_acquire(&self.address(request), now_ms) {
            Ok(())
        } else {
            Err(Code::TooMany.into())
        }
    }
}
