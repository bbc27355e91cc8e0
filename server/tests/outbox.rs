//! Mail is taken in hand by one collector at a time, and what became of it is noted by the one that claimed it.
#![expect(clippy::unwrap_used, reason = "what a test needs and does not get ends it")]

mod tempdb;

use server::db::outbox;
use server::db::outbox_claims::{self, ClaimedMail, DeliveryOutcome};
use server::db::shop_defaults::new_shop;
use server::db::{self, Db, shops};
use server::domain::mail::{MailKind, NewMail};
use server::security::random::{Random as _, SystemRandom};
use shared::ids::ShopKey;
use std::collections::BTreeSet;
use tempdb::postgres;
use testkit::tempdir::TempDir;

const MAILS: usize = 120;

/// A database of each kind with a shop that has mail to send.
async fn with_mail(folder: &TempDir) -> Vec<(Db, ShopKey)> {
    let mut both = Vec::new();
    for address in [folder.sqlite("tableside.db"), postgres().await] {
        let db = db::open(&address).await.unwrap();
        let shop = new_shop(&SystemRandom, "Kiln", "Anna", 0);
        let mut tx = db.begin().await.unwrap();
        shops::insert(&mut tx, &shop).await.unwrap();
        for n in 0..MAILS {
            let mail = NewMail {
                id: SystemRandom.mail_id(n as i64),
                kind: MailKind::Complaint,
                response: String::new(),
                message: String::new(),
                person: String::new(),
                address: "a@b.example".to_owned(),
            };
            outbox::insert(&mut tx, &shop.key, &mail, n as i64).await.unwrap();
        }
        tx.commit().await.unwrap();
        both.push((db, shop.key));
    }
    both
}

async fn take_all(db: Db, shop: ShopKey, now_ms: i64) -> Vec<ClaimedMail> {
    let mut taken = Vec::new();
    while let Some(mail) = outbox_claims::claim(&db, &shop, now_ms, now_ms + 1_000).await.unwrap() {
        taken.push(mail);
    }
    taken
}

#[tokio::test(flavor = "multi_thread")]
async fn several_senders_at_once_take_every_mail_and_none_of_them_twice() {
    let folder = TempDir::new("server-tests").unwrap();
    for (db, shop) in with_mail(&folder).await {
        let senders = (0..4).map(|_| tokio::spawn(take_all(db.clone(), shop.clone(), 1_000)));
        let mut ids = Vec::new();
        for sender in senders.collect::<Vec<_>>() {
            ids.extend(sender.await.unwrap().into_iter().map(|mail| mail.id));
        }
        assert_eq!(ids.len(), MAILS);
        assert_eq!(ids.into_iter().collect::<BTreeSet<_>>().len(), MAILS);
        db.close().await;
    }
}

#[tokio::test]
async fn the_oldest_goes_first_and_a_claim_whose_lease_is_over_records_nothing() {
    let folder = TempDir::new("server-tests").unwrap();
    for (db, shop) in with_mail(&folder).await {
        let first = outbox_claims::claim(&db, &shop, 1_000, 2_000).await.unwrap().unwrap();
        assert_eq!((first.created_at_ms, first.attempts), (0, 1));
        let second = outbox_claims::claim(&db, &shop, 1_000, 2_000).await.unwrap().unwrap();
        assert_eq!(second.created_at_ms, 1);
        // The lease of the first claim is over.
        let again = outbox_claims::claim(&db, &shop, 2_000, 3_000).await.unwrap().unwrap();
        assert_eq!((&again.id, again.attempts), (&first.id, 2));
        outbox_claims::record_outcome(
            &db,
            &shop,
            &first,
            &DeliveryOutcome::Failed("too late".to_owned()),
            2_100,
        )
        .await
        .unwrap();
        let not_gone = outbox::count_unsent(&db, &shop).await.unwrap();
        assert_eq!((not_gone.waiting, not_gone.failed), (MAILS as i64, 0));
        outbox_claims::record_outcome(&db, &shop, &again, &DeliveryOutcome::Sent, 2_200).await.unwrap();
        let not_gone = outbox::count_unsent(&db, &shop).await.unwrap();
        assert_eq!((not_gone.waiting, not_gone.waiting_since_ms), (MAILS as i64 - 1, Some(1)));
        // What was written long ago is forgotten, whether it went out or not, and nothing else is.
        for (before_ms, left) in [(50, MAILS as i64 - 50), (2_201, 0)] {
            let mut tx = db.begin().await.unwrap();
            outbox_claims::purge_finished(&mut tx, &shop, before_ms).await.unwrap();
            tx.commit().await.unwrap();
            assert_eq!(outbox::count_unsent(&db, &shop).await.unwrap().waiting, left);
        }
        db.close().await;
    }
}
