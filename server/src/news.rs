//! News to open pages: something about a shop has changed, look again. News carries nothing else; whoever hears it
//! reads what they may read through the usual door.

use shared::ids::ShopKey;
use tokio::sync::{broadcast, watch};

/// How much news may wait for a slow listener; past that it is told to look again, which is all that news ever says.
const BEHIND_MAX: usize = 256;

/// Where news is told and heard within this collector.
pub struct News {
    told: broadcast::Sender<ShopKey>,
    closing: watch::Sender<bool>,
}

impl Default for News {
    fn default() -> Self {
        Self { told: broadcast::channel(BEHIND_MAX).0, closing: watch::channel(false).0 }
    }
}

impl News {
    /// Tells that something about a shop has changed. Nobody may be listening, and that is fine.
    pub fn tell(&self, shop: ShopKey) {
        let _ = self.told.send(shop);
    }

    /// A way to tell news from elsewhere.
    pub fn teller(&self) -> broadcast::Sender<ShopKey> {
        self.told.clone()
    }

    /// Begins to listen for one shop's news.
    pub fn listen(&self, shop: ShopKey) -> Listener {
        Listener { shop, told: self.told.subscribe(), closing: self.closing.subscribe() }
    }

    /// How many listen now.
    pub fn listeners(&self) -> usize {
        self.told.receiver_count()
    }

    /// Tells every listener that the house closes.
    pub fn close(&self) {
        self.closing.send_replace(true);
    }
}

/// Hears one shop's news.
pub struct Listener {
    shop: ShopKey,
    told: broadcast::Receiver<ShopKey>,
    closing: watch::Receiver<bool>,
}

impl Listener {
    /// Waits for news of the shop; `false` when the house closes.
    pub async fn hear(&mut self) -> bool {
        loop {
            tokio::select! {
                biased;
                // An error means that the house is gone.
                _ = self.closing.wait_for(|closing| *closing) => return false,
                heard = self.told.recv() => match heard {
                    Ok(shop) if shop == self.shop => return true,
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

    #[tokio::test]
    async fn each_shop_hears_its_own_news_only() {
        let (news, key) = (News::default(), |k: &str| ShopKey::parse(k).unwrap());
        let mut ours = news.listen(key("ours"));
        news.tell(key("theirs"));
        news.tell(key("ours"));
        news.tell(key("theirs"));
        assert!(ours.hear().await);
        news.close();
        assert!(!ours.hear().await, "the other shop's news was passed over, and the house closes");
    }
}
