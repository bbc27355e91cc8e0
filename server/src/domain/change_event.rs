//! A notice to open pages and other collectors that something has changed. It carries no content: each page reads
//! again what it may see.

use shared::ids::{ResponseId, ShopKey};

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChangeEvent {
    pub shop: ShopKey,
    pub talk: Option<ResponseId>,
}

impl ChangeEvent {
    /// The form in which collectors exchange it.
    pub fn as_text(&self) -> String {
        match &self.talk {
            Some(talk) => [self.shop.as_str(), " ", talk.as_str()].concat(),
            None => self.shop.as_str().to_owned(),
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        let (shop, talk) = text.split_once(' ').map_or((text, None), |(shop, talk)| (shop, Some(talk)));
        let talk = talk.map(|talk| ResponseId::parse("response", talk).ok());
        Some(Self { shop: ShopKey::parse(shop).ok()?, talk: talk.flatten() })
    }
}
