//! A notice to open pages and other collectors that something has changed. It carries no content: each page reads
//! again what it may see.

use shared::ids::{ResponseId, ShopKey};

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChangeEvent {
    pub shop: ShopKey,
    pub conversation: Option<ResponseId>,
}

impl ChangeEvent {
    /// The form in which collectors exchange it.
    pub fn as_text(&self) -> String {
        match &self.conversation {
            Some(conversation) => [self.shop.as_str(), " ", conversation.as_str()].concat(),
            None => self.shop.as_str().to_owned(),
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        let (shop, conversation) =
            text.split_once(' ').map_or((text, None), |(shop, conversation)| (shop, Some(conversation)));
        let conversation = conversation.map(|conversation| ResponseId::parse("response", conversation).ok());
        Some(Self { shop: ShopKey::parse(shop).ok()?, conversation: conversation.flatten() })
    }
}
