//! Publishes change events to the open pages of this collector.

use crate::domain::change_event::ChangeEvent;
use shared::ids::ShopKey;
use tokio::sync::{broadcast, watch};

/// Events buffered for a slow page. A page that missed some looks again, which is all that an event asks for.
const BEHIND_MAX: usize = 256;

pub struct EventBus {
    told: broadcast::Sender<ChangeEvent>,
    closing: watch::Sender<bool>,
}

impl Default for EventBus {
    fn default() -> Self {
        Self { told: broadcast::channel(BEHIND_MAX).0, closing: watch::channel(false).0 }
    }
}

impl EventBus {
    pub fn sender(&self) -> broadcast::Sender<ChangeEvent> {
        self.told.clone()
    }

    /// Subscribes to all events of a shop.
    pub fn listen(&self, shop: ShopKey) -> Subscription {
        Subscription { shop, told: self.told.subscribe(), closing: self.closing.subscribe() }
    }

    pub fn listeners(&self) -> usize {
        self.told.receiver_count()
    }

    /// Becomes `true` when the collector shuts down.
    pub fn closing(&self) -> watch::Receiver<bool> {
        self.closing.subscribe()
    }

    pub fn close(&self) {
        self.closing.send_replace(true);
    }
}

pub struct Subscription {
    shop: ShopKey,
    told: broadcast::Receiver<ChangeEvent>,
    closing: watch::Receiver<bool>,
}

impl Subscription {
    /// Waits for an event; `false` when the collector shuts down.
    pub async fn recv(&mut self) -> bool {
        let Self { shop, told, closing } = self;
        loop {
            tokio::select! {
                biased;
                // An error means that the bus was dropped.
                _ = closing.wait_for(|closing| *closing) => return false,
                heard = told.recv() => match heard {
                    Ok(told) if told.shop == *shop => return true,
                    Ok(_) => {}
                    Err(broadcast::error::RecvError::Lagged(_)) => return true,
                    Err(broadcast::error::RecvError::Closed) => return false,
                },
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::ids::ResponseId;

    #[tokio::test]
    async fn each_shop_hears_its_own_news_only() {
        let (event_bus, key) = (EventBus::default(), |k: &str| ShopKey::parse(k).unwrap());
        let tell = |shop, talk| drop(event_bus.sender().send(ChangeEvent { shop: key(shop), talk }));
        let mut ours = event_bus.listen(key("ours"));
        tell("theirs", None);
        tell("ours", None);
        tell("theirs", None);
        assert!(ours.recv().await);
        event_bus.close();
        assert!(!ours.recv().await, "the other shop's news was passed over, and the house closes");
    }

    #[test]
    fn news_comes_through_from_collector_to_collector() {
        let shop = ShopKey::parse("kiln").unwrap();
        for told in [
            ChangeEvent { shop: shop.clone(), talk: None },
            ChangeEvent { shop, talk: Some(ResponseId::from_parts(1, 2)) },
        ] {
            assert_eq!(ChangeEvent::parse(&told.as_text()), Some(told));
        }
        assert_eq!(ChangeEvent::parse("X"), None);
    }
}
