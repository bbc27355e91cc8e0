//! What pages that are open are told: something has changed, look again.

use shared::ids::{ResponseId, ShopKey};

/// What has changed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChangeEvent {
    /// Something about this shop.
    pub shop: ShopKey,
    /// In this conversation, if it was in one.
    pub talk: Option<ResponseId>,
}

impl ChangeEvent {
    /// As it goes from collector to collector.
    pub fn as_text(&self) -> String {
        match &self.talk {
            Some(talk) => [self.shop.as_str(), " ", talk.as_str()].concat(),
            None => self.shop.as_str().to_owned(),
        }
    }

    /// From what another collector told.
    pub fn parse(text: &str) -> Option<Self> {
        let (shop, talk) = text.split_once(' ').map_or((text, None), |(shop, talk)| (shop, Some(talk)));
        let talk = talk.map(|talk| ResponseId::parse("response", talk).ok());
        Some(Self { shop: ShopKey::parse(shop).ok()?, talk: talk.flatten() })
    }
}
