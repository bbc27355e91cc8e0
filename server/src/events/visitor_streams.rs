//! Event streams of visitors, found by conversation: a change wakes only the streams it is about, however many there
//! are. Bounded for each conversation, for each address, and in all; a visitor without a stream polls instead.

use crate::domain::change_event::ChangeEvent;
use crate::limits::client_ip::Address;
use shared::ids::{ResponseId, ShopKey};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

/// A few tabs and a phone.
const PER_CONVERSATION_MAX: usize = 3;
const PER_ADDRESS_MAX: usize = 20;
/// Each costs a connection.
const STREAMS_MAX: usize = 3_000;

type StreamKey = (ShopKey, ResponseId);

#[derive(Default)]
struct OpenStreams {
    conversations: HashMap<StreamKey, Vec<Arc<Notify>>>,
    addresses: HashMap<Address, usize>,
    total: usize,
}

#[derive(Clone, Default)]
pub struct VisitorStreams(Arc<Mutex<OpenStreams>>);

/// Unregistered when it is dropped.
pub struct VisitorStream {
    streams: VisitorStreams,
    address: Address,
    keys: Vec<StreamKey>,
    wakeup: Arc<Notify>,
}

impl VisitorStreams {
    fn lock(&self) -> MutexGuard<'_, OpenStreams> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn has_room(&self, address: &Address) -> bool {
        let open = self.lock();
        open.total < STREAMS_MAX && open.addresses.get(address).is_none_or(|n| *n < PER_ADDRESS_MAX)
    }

    /// `None` over a limit.
    pub fn listen(&self, address: Address, keys: Vec<StreamKey>) -> Option<VisitorStream> {
        let mut open = self.lock();
        let full = |key| {
            open.conversations.get(key).is_some_and(|listeners| listeners.len() >= PER_CONVERSATION_MAX)
        };
        let is_busy = open.addresses.get(&address).is_some_and(|n| *n >= PER_ADDRESS_MAX);
        if open.total >= STREAMS_MAX || is_busy || keys.iter().any(full) {
            return None;
        }
        let wakeup = Arc::new(Notify::new());
        for key in &keys {
            open.conversations.entry(key.clone()).or_default().push(wakeup.clone());
        }
        *open.addresses.entry(address).or_default() += 1;
        open.total += 1;
        drop(open);
        Some(VisitorStream { streams: self.clone(), address, keys, wakeup })
    }

    fn notify(&self, key: &StreamKey) {
        if let Some(listeners) = self.lock().conversations.get(key) {
            listeners.iter().for_each(|wakeup| wakeup.notify_one());
        }
    }

    fn wake_all(&self) {
        self.lock().conversations.values().flatten().for_each(|wakeup| wakeup.notify_one());
    }
}

impl VisitorStream {
    /// Waits for a change; one before the call counts.
    pub async fn recv(&self) {
        self.wakeup.notified().await;
    }
}

impl Drop for VisitorStream {
    fn drop(&mut self) {
        let mut open = self.streams.lock();
        for key in &self.keys {
            if let Some(listeners) = open.conversations.get_mut(key) {
                listeners.retain(|wakeup| !Arc::ptr_eq(wakeup, &self.wakeup));
                if listeners.is_empty() {
                    open.conversations.remove(key);
                }
            }
        }
        if let Some(n) = open.addresses.get_mut(&self.address) {
            *n -= 1;
            if *n == 0 {
                open.addresses.remove(&self.address);
            }
        }
        open.total -= 1;
    }
}

pub(crate) async fn fan_out(mut events: Receiver<ChangeEvent>, streams: &VisitorStreams) {
    loop {
        match events.recv().await {
            Ok(ChangeEvent { shop, conversation: Some(conversation) }) => {
                streams.notify(&(shop, conversation))
            }
            Ok(ChangeEvent { conversation: None, .. }) => {}
            Err(RecvError::Lagged(_)) => streams.wake_all(),
            Err(RecvError::Closed) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::broadcast::EventBus;
    use futures_util::FutureExt as _;

    fn key(n: u128) -> StreamKey {
        (ShopKey::parse("ours").unwrap(), ResponseId::from_parts(1, n))
    }

    #[tokio::test]
    async fn each_visitor_hears_of_their_own_conversations_only() {
        let (event_bus, streams) = (EventBus::default(), VisitorStreams::default());
        let mine = streams.listen(Address::Unknown, vec![key(7), key(8)]).unwrap();
        let theirs = streams.listen(Address::Unknown, vec![key(9)]).unwrap();
        let events = event_bus.sender().subscribe();
        let elsewhere = ShopKey::parse("elsewhere").unwrap();
        for (shop, conversation) in [
            (key(1).0, None),
            (elsewhere, Some(key(8).1)),
            (key(1).0, Some(key(1).1)),
            (key(1).0, Some(key(9).1)),
        ] {
            event_bus.sender().send(ChangeEvent { shop, conversation }).unwrap();
        }
        drop(event_bus);
        fan_out(events, &streams).await;
        assert_eq!(mine.recv().now_or_never(), None, "nothing was for me");
        assert_eq!(theirs.recv().now_or_never(), Some(()));
        streams.notify(&key(8));
        assert_eq!(mine.recv().now_or_never(), Some(()));
    }

    #[test]
    fn streams_are_bounded_and_make_room_when_they_end() {
        let streams = VisitorStreams::default();
        let (here, there) = (Address::V4([1, 2, 3, 4]), Address::V4([5, 6, 7, 8]));
        let of_one: Vec<_> =
            (0..PER_CONVERSATION_MAX).map(|_| streams.listen(here, vec![key(1)]).unwrap()).collect();
        assert!(streams.listen(there, vec![key(2), key(1)]).is_none(), "of one conversation");
        let of_here: Vec<_> = (PER_CONVERSATION_MAX..PER_ADDRESS_MAX)
            .map(|n| streams.listen(here, vec![key(n as u128 + 10)]).unwrap())
            .collect();
        assert!(!streams.has_room(&here) && streams.listen(here, vec![key(3)]).is_none(), "of one address");
        assert!(streams.has_room(&there) && streams.listen(there, vec![key(3)]).is_some());
        drop((of_one, of_here));
        assert!(streams.listen(here, vec![key(1)]).is_some());
        assert_eq!(streams.lock().total, 0, "and nothing of them stays");
        assert!(streams.lock().conversations.is_empty() && streams.lock().addresses.is_empty());
    }
}
