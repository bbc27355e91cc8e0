//! Publishes change events to the open pages of this collector.

use crate::domain::change_event::ChangeEvent;
use shared::ids::ShopKey;
use tokio::sync::{broadcast, watch};

/// Events buffered for a slow page. A page that missed some looks again, which is all that an event asks for.
const EVENTS_BUFFERED_MAX: usize = 256;

pub struct EventBus {
    events: broadcast::Sender<ChangeEvent>,
    closing: watch::Sender<bool>,
}

impl Default for EventBus {
    fn default() -> Self {
        Self { events: broadcast::channel(EVENTS_BUFFERED_MAX).0, closing: watch::channel(false).0 }
    }
}

impl EventBus {
    pub fn sender(&self) -> broadcast::Sender<ChangeEvent> {
        self.events.clone()
    }

    /// Subscribes to all events of a shop.
    pub fn listen(&self, shop: ShopKey) -> Subscription {
        Subscription { shop, events: self.events.subscribe(), closing: self.closing.subscribe() }
    }

    pub fn listeners(&self) -> usize {
        self.events.receiver_count()
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
    events: broadcast::Receiver<ChangeEvent>,
    closing: watch::Receiver<bool>,
}

impl Subscription {
    /// Waits for an event; `false` when the collector shuts down.
    pub async fn recv(&mut self) -> bool {
        let Self { shop, events, closing } = self;
        loop {
            tokio::select! {
                biased;
                // An error means that the bus was dropped.
                _ = closing.wait_for(|closing| *closing) => return false,
                received = events.recv() => match received {
                    Ok(event) if event.shop == *shop => return true,
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
        let tell =
            |shop, conversation| drop(event_bus.sender().send(ChangeEvent { shop: key(shop), conversation }));
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
        for event in [
            ChangeEvent { shop: shop.clone(), conversation: None },
            ChangeEvent { shop, conversation: Some(ResponseId::from_parts(1, 2)) },
        ] {
            assert_eq!(ChangeEvent::parse(&event.as_text()), Some(event));
        }
        assert_eq!(ChangeEvent::parse("X"), None);
    }
}
