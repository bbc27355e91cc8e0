//! Who gets into a conversation: secrets, private links, devices, and erasing.

use crate::conversation::{ANNA, DAY_MS, complained, complains, secret, words_of};
use serde_json::{Value, json};
use testkit::event_listener::message_id;
use testkit::requests::{Visit, with};
use testkit::test_server::{SHOP_ORIGIN, TestServerBuilder};

/// Every call about a conversation, with a body that is fine.
fn calls(visit: &Visit) -> [(&'static str, Value); 8] {
    let entry = visit.entry();
    [
        ("read", entry.clone()),
        ("messages", with(with(entry.clone(), "message", message_id()), "words", "canary-7c1f")),
        ("seen", with(entry.clone(), "until_ms", 4_000_000_000_000_u64)),
        ("verdict", with(with(entry.clone(), "message", message_id()), "okay", true)),
        ("links", with(entry.clone(), "link", secret(7))),
        ("forget", entry.clone()),
        ("erase", entry.clone()),
        ("read", entry),
    ]
}

#[tokio::test]
async fn without_the_secret_a_conversation_is_not_there() {
    let builder = TestServerBuilder::new();
    let (kiln, oak) =
        (builder.shop("Kiln & Kettle", SHOP_ORIGIN), builder.shop("Oak", "https://oak.example"));
    builder.owner(ANNA, &[&kiln]);
    let server = builder.start().await;
    let mine = complains(&server, &kiln, "Only Anna reads this.").await;
    let theirs = complains(&server, &kiln, "Another one.").await;
    let elsewhere = complains(&server, &oak, "At Oak’s.").await;
    let nowhere = Visit::to(&kiln);

    let mut answers = Vec::new();
    for thief in [
        mine.by(&theirs.secret),
        mine.by(&secret(9)),
        mine.by(&elsewhere.secret),
        Visit { shop: oak.key.clone(), ..mine.clone() },
        nowhere.clone(),
    ] {
        for (what, body) in calls(&thief) {
            let answer = server.talk(&thief, what, &body).await;
            assert_eq!(answer.status, 404, "{what}: {}", answer.text());
            answers.push(answer.text());
        }
        assert!(server.lists(&[&thief]).await.is_empty());
        assert_eq!(server.listens(&[&thief]).await.err().map(|a| a.status), Some(404));
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "what is not theirs looks like what is not there: {answers:#?}");
    assert_eq!(words_of(&server.reads(&mine).await), [(true, "Only Anna reads this.")]);
    // Of those that are asked for, each answers for itself.
    let listed = server.lists(&[&mine, &mine.by(&theirs.secret), &nowhere, &theirs]).await;
    let ids: Vec<&str> = listed.iter().filter_map(|t| t["id"].as_str()).collect();
    assert_eq!(ids, [mine.id.as_str(), theirs.id.as_str()]);
}

#[tokio::test]
async fn only_our_own_pages_may_call_and_nothing_is_in_an_address() {
    let (server, _, visit) = complained("Late.").await;
    for (what, body) in calls(&visit) {
        let path = format!("/v1/conversations/{}/{what}", visit.id);
        for (name, value) in
            [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("x-none", "x")]
        {
            let answer = server.call("POST", &path).header(name, value).json(&body).await;
            assert_eq!((answer.status, answer.refusal().as_str()), (403, "wrong_origin"), "{what}");
        }
        assert_eq!(server.get(&path).await.status, 405, "{what}: looking changes nothing, and tells nothing");
    }
    assert_eq!(words_of(&server.reads(&visit).await).len(), 1);
}

// ---- Further ways in ----

#[tokio::test]
async fn a_private_link_lets_another_device_in_again_and_again_until_it_is_over() {
    let (server, shop, visit) = complained("The bowl has a crack.").await;
    let link = secret(1);
    let made = server.talk(&visit, "links", &with(visit.entry(), "link", link.as_str())).await;
    assert_eq!(made.status, 200, "{}", made.text());
    // The link itself opens nothing: it has to be swapped.
    assert_eq!(server.talk(&visit.by(&link), "read", &visit.by(&link).entry()).await.status, 404);
    let opens = |n: u8| {
        let body = json!({ "shop": shop.key, "link": link, "secret": secret(n) });
        let call = server.call("POST", "/v1/links").from_our_page();
        async move { call.json(&body).await }
    };
    for n in 2..5 {
        let opened = opens(n).await;
        assert_eq!((opened.status, opened.json()["id"].as_str()), (200, Some(visit.id.as_str())));
        let device = visit.by(&secret(n));
        assert_eq!(words_of(&server.reads(&device).await)[0].1, "The bowl has a crack.");
    }
    let phone = visit.by(&secret(2));
    assert_eq!(server.say(&phone, &message_id(), "From my phone.").await.status, 200);
    assert_eq!(words_of(&server.reads(&visit).await).len(), 2);

    // A key that is used goes on; what is not used ends.
    server.turn_the_clock(60 * DAY_MS);
    assert_eq!(server.say(&phone, &message_id(), "Still here.").await.status, 200);
    server.turn_the_clock(60 * DAY_MS);
    assert_eq!(server.lists(&[&phone]).await.len(), 1);
    assert!(server.lists(&[&visit.by(&secret(3))]).await.is_empty(), "not used for 120 days");
    assert_eq!(opens(6).await.refusal(), "not_found", "and so is the link");
    assert_eq!(server.lists(&[&visit]).await.len(), 1, "the device that complained still has its secret");
}

#[tokio::test]
async fn an_address_can_be_added_from_whichever_device() {
    let (server, shop, visit) = complained("The bowl has a crack.").await;
    server.talk(&visit, "links", &with(visit.entry(), "link", secret(1))).await.json();
    let body = json!({ "shop": shop.key, "link": secret(1), "secret": secret(2) });
    server.call("POST", "/v1/links").from_our_page().json(&body).await.json();
    let phone = visit.by(&secret(2));
    assert_eq!(server.reads(&phone).await["has_email"], false);
    let change = with(phone.change(), "email", "marta@posteo.example");
    assert_eq!(server.complete(&phone.id, &change).await.status, 200);
    let talk = server.reads(&visit).await;
    assert_eq!(talk["has_email"], true);
    assert!(!talk.to_string().contains("posteo"), "a link shows no address");
    let rows = server.owner(ANNA).await.responses().await;
    assert_eq!(rows[0]["email"], "marta@posteo.example");
    let stranger = with(visit.by(&secret(5)).change(), "email", "thief@posteo.example");
    assert_eq!(server.complete(&visit.id, &stranger).await.status, 404);
}

// ---- The end ----

#[tokio::test]
async fn who_forgets_a_device_shuts_this_device_out_and_no_other() {
    let (server, shop, visit) = complained("The bowl has a crack.").await;
    server.talk(&visit, "links", &with(visit.entry(), "link", secret(1))).await.json();
    let body = json!({ "shop": shop.key, "link": secret(1), "secret": secret(2) });
    server.call("POST", "/v1/links").from_our_page().json(&body).await.json();
    let phone = visit.by(&secret(2));
    let mut listener = server.listens(&[&visit]).await.expect("a stream");
    assert_eq!(server.talk(&visit, "forget", &visit.entry()).await.status, 200);
    assert!(!listener.hears_news().await, "and its stream is cut");
    for (what, body) in calls(&visit) {
        assert_eq!(server.talk(&visit, what, &body).await.status, 404, "{what}");
    }
    assert_eq!(server.complete(&visit.id, &with(visit.change(), "comment", "New.")).await.status, 404);
    assert_eq!(words_of(&server.reads(&phone).await), [(true, "The bowl has a crack.")]);
    assert_eq!(server.talk(&phone, "forget", &phone.entry()).await.status, 200);
    assert!(server.lists(&[&phone, &visit]).await.is_empty());
    assert_eq!(server.owner(ANNA).await.responses().await.len(), 1, "the shop still has what was said");
}

#[tokio::test]
async fn what_a_visitor_erases_is_gone_for_everybody() {
    let canary = "canary-7c1f";
    let (server, shop, visit) = complained(canary).await;
    let other = complains(&server, &shop, "Another one.").await;
    server.say(&visit, &message_id(), canary).await.json();
    server.talk(&visit, "links", &with(visit.entry(), "link", secret(1))).await.json();
    let mut listener = server.listens(&[&visit]).await.expect("a stream");
    assert_eq!(server.talk(&visit, "erase", &visit.entry()).await.status, 200);
    assert!(!listener.hears_news().await, "its streams are cut");
    for (what, body) in calls(&visit) {
        assert_eq!(server.talk(&visit, what, &body).await.status, 404, "{what}");
    }
    let body = json!({ "shop": shop.key, "link": secret(1), "secret": secret(2) });
    let opened = server.call("POST", "/v1/links").from_our_page().json(&body).await;
    assert_eq!(opened.status, 404, "no link leads anywhere");
    let anna = server.owner(ANNA).await;
    for page in ["/responses", "/responses.csv", "/summary"] {
        assert!(!anna.get(page).await.text().contains(canary), "{page}");
    }
    assert_eq!(server.lists(&[&visit, &other]).await.len(), 1, "and no other is");
}

// ---- News ----

#[tokio::test]
async fn the_page_behind_a_link_knows_nothing_and_may_not_be_framed() {
    let (server, shop, visit) = complained("canary-7c1f").await;
    server.talk(&visit, "links", &with(visit.entry(), "link", secret(1))).await.json();
    let path = format!("/c/{}", shop.key);
    // Scanners of mails look again and again.
    for n in 0..20 {
        let method = if n % 2 == 0 { "GET" } else { "HEAD" };
        let page = server.call(method, &format!("{path}?okay=1")).await;
        assert_eq!(page.status, 200);
        assert!(page.header("content-security-policy").contains("frame-ancestors 'none'"));
        assert_eq!(page.header("cache-control"), "no-store");
        assert!(!page.text().contains("canary") && !page.text().contains(&secret(1)));
    }
    assert_eq!(server.call("POST", &path).from_our_page().form(&[]).await.status, 405);
    assert_eq!(words_of(&server.reads(&visit).await).len(), 1, "and nothing has changed");
    let german = server.get(&path).header("accept-language", "de-AT,de;q=0.9,en;q=0.5").await;
    assert!(german.text().contains("Dein Gespräch mit Anna"));
    assert_eq!(server.get("/c/no-such-shop").await.status, 404);
}
