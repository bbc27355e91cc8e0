//! The stream that tells a visitor's page of news.

use crate::conversation::{complained, complains, words_of};
use testkit::event_listener::message_id;

#[tokio::test]
async fn a_visitor_who_listens_hears_of_their_own_conversations_only() {
    let (server, shop, visit) = complained("Late.").await;
    let other = complains(&server, &shop, "Another one.").await;
    let mut listener = server.listens(&[&visit]).await.expect("a stream");
    server.say(&other, &message_id(), "Not for the first.").await.json();
    server.say(&visit, &message_id(), "Hello?").await.json();
    assert!(listener.hears_news().await);
    assert_eq!(words_of(&server.reads(&visit).await).len(), 2, "what is heard of can be read");
}

#[tokio::test]
async fn streams_are_bounded_and_make_room_when_they_end() {
    let (server, shop, visit) = complained("Late.").await;
    let mut ears = Vec::new();
    for _ in 0..3 {
        ears.push(server.listens(&[&visit]).await.expect("a stream"));
    }
    let refused = server.listens(&[&visit]).await.err().expect("one too many of a conversation");
    assert_eq!((refused.status, refused.refusal().as_str()), (429, "too_many"));
    assert!(refused.header("retry-after").parse::<u32>().is_ok());
    for n in 3..20 {
        let another = complains(&server, &shop, &format!("number {n}")).await;
        ears.push(server.listens(&[&another]).await.expect("a stream"));
    }
    let another = complains(&server, &shop, "and one more").await;
    let refused = server.listens(&[&another]).await.err().expect("one too many of an address");
    assert_eq!(refused.status, 429);
    assert_eq!(server.lists(&[&another]).await.len(), 1, "who gets no stream can still ask");
    ears.clear();
    testkit::wait::until("there is room again", || async {
        server.listens(&[&another]).await.map(drop).map_err(|refused| refused.status)
    })
    .await;
}

// ---- With the shop ----
