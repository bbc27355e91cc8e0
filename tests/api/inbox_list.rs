//! The list of the inbox: its order, its pages, what is found and what is new.

use crate::inbox::{ANNA, complains, ids, page_of, sends};
use testkit::requests::{Visit, with};
use testkit::test_server::{SHOP_ORIGIN, TestServer, TestServerBuilder};
use testkit::wait::until;

#[tokio::test]
async fn a_conversation_is_found_by_words_order_address_and_receipt_and_by_what_it_is() {
    let (server, shop) = TestServer::with_a_shop().await;
    let anna = server.owner(ANNA).await;
    let bowl = Visit::to(&shop);
    let body = with(
        with(bowl.says(1, "Die Schüssel ist kaputt."), "order", "10-4711"),
        "email",
        "marta@posteo.example",
    );
    let body = with(with(body, "moment", "after_checkout"), "reasons", vec!["arrived_broken"]);
    let stored = server.respond(&body).await;
    assert_eq!(stored.status, 201, "{}", stored.text());
    let receipt = stored.json()["receipt"].as_str().unwrap_or_default().to_owned();
    let pot = complains(&server, &shop, "The pot leaks.").await;
    let page = page_of(&anna, &pot).await;
    let path = format!("/inbox/{}/put-right", pot.id);
    let fields = [("words", "Glazed anew."), ("remedy", "fix"), ("cause", "late_parcel")];
    assert_eq!(sends(&anna, &page, &path, &fields).await.status, 303);
    for (query, found) in [
        ("q=sch%C3%BCssel", &bowl.id),
        ("q=SCH%C3%9CSSEL+kap", &bowl.id),
        ("q=4711", &bowl.id),
        ("q=marta%40posteo.example", &bowl.id),
        (&format!("q={receipt}"), &bowl.id),
        ("q=leaks", &pot.id),
        ("q=glazed", &pot.id),
        ("q=leaks&view=put_right", &pot.id),
        ("moment=after_checkout", &bowl.id),
        ("reason=arrived_broken", &bowl.id),
        ("view=put_right&cause=late_parcel", &pot.id),
    ] {
        until(query, || async {
            let list = ids(&anna.get(&format!("/inbox?{query}")).await);
            if list == [found.clone()] { Ok(()) } else { Err(list) }
        })
        .await;
    }
    for query in
        ["q=schüssel+leaks", "q=%3F%21", "q=leaks&view=waiting", "q=leaks&moment=after_checkout", "cause=x"]
    {
        let list = anna.get(&format!("/inbox?{query}")).await;
        assert_eq!(ids(&list).len(), 0, "{query}");
        assert!(list.text().contains("Nothing fits."), "{query}");
    }
}

#[tokio::test]
async fn the_longest_waiting_stands_first_and_the_pages_of_the_list_leave_no_conversation_out() {
    let builder = TestServerBuilder::new().option("--rate-per-address", "100000");
    let shop = builder.shop("Kiln & Kettle", SHOP_ORIGIN);
    builder.owner(ANNA, &[&shop]);
    let server = builder.start().await;
    let anna = server.owner(ANNA).await;
    let mut came = Vec::new();
    for n in 0..120 {
        came.push(complains(&server, &shop, &format!("Number {n}.")).await.id);
    }
    let first = anna.get("/inbox").await;
    assert!(first.text().contains("More than 99 people are waiting"));
    for (query, order) in [("", "ascending"), ("?q=number", "descending")] {
        until(&format!("all are found by {query:?}"), || async {
            let mut seen = Vec::new();
            let mut next = Some(format!("/inbox{query}"));
            while let Some(path) = next {
                let page = anna.get(&path).await;
                seen.extend(ids(&page));
                next = page
                    .text()
                    .split("rel=\"next\"")
                    .next()
                    .filter(|before| before.len() < page.text().len())
                    .map(|before| {
                        let from = before.rfind("href=\"").unwrap_or(0) + 6;
                        before[from..]
                            .split('"')
                            .next()
                            .unwrap_or_default()
                            .replace("&#38;", "&")
                            .replace("&amp;", "&")
                    });
            }
            if seen.len() == came.len() { Ok(seen) } else { Err(seen.len()) }
        })
        .await
        .windows(2)
        .for_each(|pair| {
            let place = |id: &String| came.iter().position(|known| known == id).unwrap_or(usize::MAX);
            assert_eq!(place(&pair[0]) < place(&pair[1]), order == "ascending", "{order}");
        });
    }
}

#[tokio::test]
async fn opening_a_conversation_changes_nothing_and_marking_it_as_read_does() {
    let (server, shop) = TestServer::with_a_shop().await;
    let anna = server.owner(ANNA).await;
    let visit = complains(&server, &shop, "The bowl is cracked.").await;
    for _ in 0..2 {
        assert!(page_of(&anna, &visit).await.text().contains("Mark as read"));
        assert!(anna.get("/inbox").await.text().contains("inbox-item--unread"));
    }
    let page = page_of(&anna, &visit).await;
    assert_eq!(sends(&anna, &page, &format!("/inbox/{}/read", visit.id), &[]).await.status, 303);
    assert!(!page_of(&anna, &visit).await.text().contains("Mark as read"));
    assert!(!anna.get("/inbox").await.text().contains("inbox-item--unread"));
    assert_eq!(ids(&anna.get("/inbox").await), [visit.id.as_str()], "read is not answered");
}

/// A visitor who was let down twice stands above all who wait, however long those have.
#[tokio::test]
async fn not_yet_opens_it_again_on_top_of_the_list() {
    let (server, shop) = TestServer::with_a_shop().await;
    let anna = server.owner(ANNA).await;
    let let_down = complains(&server, &shop, "The lid does not fit.").await;
    let long = complains(&server, &shop, "Where is my parcel?").await;
    server.turn_the_clock(60 * 60 * 1_000);
    anna.puts_right(&let_down.id, "A new lid goes out.").await;
    assert_eq!(ids(&anna.get("/inbox?view=waiting").await), [long.id.as_str()]);
    assert_eq!(server.decide(&let_down, false).await.status, 200);
    assert_eq!(ids(&anna.get("/inbox").await), [let_down.id.as_str(), long.id.as_str()]);
    let text = page_of(&anna, &let_down).await.text();
    assert!(text.contains("said “not yet”") && text.contains("Opened again"), "{text}");
    anna.answers(&let_down.id, "I am so sorry.").await;
    anna.puts_right(&let_down.id, "").await;
    assert_eq!(server.decide(&let_down, true).await.status, 200);
    assert_eq!(ids(&anna.get("/inbox?view=recovered").await), [let_down.id.as_str()]);
}

#[tokio::test]
async fn what_a_visitor_adds_is_new_until_it_is_read_and_a_thank_you_can_be_let_rest() {
    let (server, shop) = TestServer::with_a_shop().await;
    let anna = server.owner(ANNA).await;
    let visit = complains(&server, &shop, "The lid does not fit.").await;
    anna.answers(&visit.id, "A new lid goes out.").await;
    anna.does(&visit.id, "read", &[("until", "9000000000000000")]).await;
    assert_eq!(server.say(&visit, &testkit::event_listener::message_id(), "Thank you!").await.status, 200);
    let list = anna.get("/inbox").await;
    assert_eq!(ids(&list), [visit.id.as_str()], "they wait");
    assert!(
        list.text().contains("inbox-item--unread") && list.text().contains("Thank you!"),
        "what was said last"
    );
    let page = page_of(&anna, &visit).await;
    assert!(page.text().contains("What they said last needs none"));
    assert_eq!(sends(&anna, &page, &format!("/inbox/{}/let-rest", visit.id), &[]).await.status, 303);
    let list = anna.get("/inbox?view=in_hand").await;
    assert_eq!(ids(&list), [visit.id.as_str()]);
    assert!(!list.text().contains("inbox-item--unread"), "what needs no reply is read");
    assert!(anna.get("/inbox").await.text().contains("Everyone has an answer."));
}

#[tokio::test]
async fn the_summary_leads_to_those_who_wait() {
    let (server, shop) = TestServer::with_a_shop().await;
    let anna = server.owner(ANNA).await;
    let visit = complains(&server, &shop, "The lid does not fit.").await;
    let summary = anna.get("/summary").await.text();
    assert!(summary.contains(&format!("/inbox/{}#reply", visit.id)), "{summary}");
    assert!(summary.contains("One person waits"));
    anna.answers(&visit.id, "A new lid goes out.").await;
    let summary = anna.get("/summary").await.text();
    assert!(summary.contains("Nobody is waiting.") && !summary.contains("#reply"), "an answer is enough");
}
