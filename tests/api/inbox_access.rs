//! Who may read and change a conversation in the inbox, and what they see.

use crate::inbox::{ANNA, BEN, complains, ids, page_of, sends};
use testkit::requests::{Visit, with};
use testkit::test_server::{SHOP_ORIGIN, TestServer, TestServerBuilder};
use testkit::wait::until;

#[tokio::test]
async fn no_owner_sees_or_touches_another_shops_conversation() {
    let builder = TestServerBuilder::new();
    let (shop, oak) =
        (builder.shop("Kiln & Kettle", SHOP_ORIGIN), builder.shop("Oak", "https://oak.example"));
    builder.owner(ANNA, &[&shop]);
    builder.owner(BEN, &[&oak]);
    let server = builder.start().await;
    let visit = complains(&server, &shop, "Only for Anna.").await;
    let ben = server.owner(BEN).await;
    for what in ["", "/export.json", "/export.txt"] {
        let answer = ben.get(&format!("/inbox/{}{what}", visit.id)).await;
        assert_eq!(answer.status, 404, "{what}");
    }
    for what in ["reply", "put-right", "set-aside", "let-rest", "take-back", "give", "here", "erase"] {
        let fields =
            [("words", "x"), ("reason", "spam"), ("remedy", "fix"), ("cause", "wrong_item"), ("to", "")];
        let answer = ben.post(&format!("/inbox/{}/{what}", visit.id), &fields).await;
        assert_eq!(answer.status, 404, "{what}: {}", answer.text());
    }
    ben.post("/inbox/set-aside", &[("talk", &visit.id), ("reason", "spam")]).await;
    assert_eq!(ids(&ben.get("/inbox").await).len(), 0);
    let anna = server.owner(ANNA).await;
    until("the words can be found", || async {
        let found = ids(&anna.get("/inbox?q=only").await);
        if found == [visit.id.clone()] { Ok(()) } else { Err(found) }
    })
    .await;
    assert_eq!(ids(&ben.get("/inbox?q=only").await).len(), 0);
    assert_eq!(ids(&anna.get("/inbox").await), [visit.id.as_str()], "untouched");
    assert_eq!(server.get("/inbox").await.status, 303, "signed out");
    let stranger = server.call("POST", &format!("/inbox/{}/reply", visit.id)).from_our_page();
    assert_eq!(stranger.form(&[("words", "x")]).await.status, 303, "to the sign-in");
}

#[tokio::test]
async fn a_visitor_who_asks_gets_their_conversation_as_a_file_and_has_it_erased() {
    let (server, shop) = TestServer::with_a_shop().await;
    let anna = server.owner(ANNA).await;
    let visit = complains(&server, &shop, "Zeile eins\nLine \"two\" <b>").await;
    let page = page_of(&anna, &visit).await;
    let reply = format!("/inbox/{}/reply", visit.id);
    sends(&anna, &page, &reply, &[("words", "I am on it.")]).await;
    let json = anna.get(&format!("/inbox/{}/export.json", visit.id)).await;
    assert!(json.header("content-disposition").starts_with("attachment;"));
    assert_eq!(json.json()["words"], "Zeile eins\nLine \"two\" <b>");
    assert_eq!(json.json()["messages"][0]["words"], "I am on it.");
    let text = anna.get(&format!("/inbox/{}/export.txt", visit.id)).await;
    assert_eq!(text.header("content-type"), "text/plain; charset=utf-8");
    assert!(text.text().contains("Line \"two\" <b>") && text.text().contains("I am on it."));

    assert_eq!(anna.post(&format!("/inbox/{}/erase", visit.id), &[]).await.status, 303);
    assert_eq!(anna.get(&format!("/inbox/{}", visit.id)).await.status, 404);
    assert_eq!(anna.get(&format!("/responses/{}", visit.id)).await.status, 404);
    assert_eq!(ids(&anna.get("/inbox?q=zeile").await).len(), 0);
    assert_eq!(anna.responses().await.len(), 0);
}

/// What visitors write is text in every place of the inbox, and what people of the shop write as well.
#[tokio::test]
async fn words_are_words_wherever_they_stand() {
    let (server, shop) = TestServer::with_a_shop().await;
    let anna = server.owner(ANNA).await;
    for words in [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        "{{ 7*7 }}</textarea><script>alert(1)</script>",
        "javascript:alert(1)",
    ] {
        let visit = Visit::to(&shop);
        let body = with(
            with(visit.says(1, words), "order", words),
            "page",
            serde_json::json!({"url": "/x", "title": words}),
        );
        assert_eq!(server.respond(&body).await.status, 201, "{words}");
        let page = page_of(&anna, &visit).await;
        let path = format!("/inbox/{}/reply", visit.id);
        assert_eq!(sends(&anna, &page, &path, &[("words", words)]).await.status, 303);
        let noted = page_of(&anna, &visit).await;
        assert_eq!(sends(&anna, &noted, &path, &[("words", words), ("kind", "note")]).await.status, 303);
        let refused = sends(&anna, &noted, &path, &[("words", &format!("{words}!"))]).await;
        for page in [page_of(&anna, &visit).await, anna.get("/inbox?view=in_hand").await, refused] {
            let text = page.text();
            for raw in ["<script>alert", "<img src=x", "<svg/onload", "href=\"javascript"] {
                assert!(!text.contains(raw), "{words}: {text}");
            }
        }
    }
}

#[tokio::test]
async fn a_visitor_reads_answers_and_never_a_note_a_cause_or_who_has_it() {
    let (server, shop) = TestServer::with_a_shop().await;
    let anna = server.owner(ANNA).await;
    let visit = complains(&server, &shop, "The lid does not fit.").await;
    let note = [("kind", "note"), ("words", "INTERNAL: the kiln was too hot.")];
    anna.does(&visit.id, "reply", &note).await;
    // Words that were begun as a note stay one, whatever is pressed then.
    let refused =
        [("kind", "note"), ("words", "INTERNAL: her third."), ("remedy", "refund"), ("cause", "late_parcel")];
    let refused = anna.post(&format!("/inbox/{}/put-right", visit.id), &refused).await;
    assert_eq!(refused.status, 409, "no reply was sent to them");
    anna.does(&visit.id, "reply", &[("kind", "reply"), ("words", "A new lid goes out.")]).await;
    anna.does(&visit.id, "put-right", &[("remedy", "refund"), ("cause", "late_parcel")]).await;
    let seen = server.reads(&visit).await.to_string();
    assert!(seen.contains("A new lid goes out."), "{seen}");
    assert!(!seen.contains("INTERNAL") && !seen.contains("late_parcel"), "{seen}");
}

#[tokio::test]
async fn a_reader_reads_everything_and_changes_nothing() {
    let builder = TestServerBuilder::new();
    let shop = builder.shop("Kiln & Kettle", SHOP_ORIGIN);
    builder.owner(ANNA, &[&shop]);
    let args = ["owner", "add", BEN, "--password-stdin", "--role", "reader", "--shop", &shop.key];
    testkit::test_server::printed(&builder.tableside(&args, testkit::test_server::PASSWORD));
    let server = builder.start().await;
    let (anna, ben) = (server.owner(ANNA).await, server.owner(BEN).await);
    let visit = complains(&server, &shop, "The lid does not fit.").await;
    anna.does(&visit.id, "reply", &[("kind", "note"), ("words", "Our own words.")]).await;
    let page = ben.get(&format!("/inbox/{}", visit.id)).await.text();
    assert!(page.contains("The lid does not fit.") && page.contains("Our own words."));
    assert!(page.contains("You can read here."));
    for part in [&page, &ben.get("/inbox").await.text()] {
        let inbox = part.split("<main").nth(1).unwrap_or_default();
        assert!(!inbox.contains("method=\"post\"") && !inbox.contains("checkbox\" name=\"talk"), "{inbox}");
    }
    for what in ["reply", "put-right", "set-aside", "let-rest", "take-back", "give", "read", "here", "erase"]
    {
        let fields =
            [("words", "x"), ("reason", "spam"), ("remedy", "fix"), ("cause", "wrong_item"), ("until", "1")];
        let answer = ben.post(&format!("/inbox/{}/{what}", visit.id), &fields).await;
        assert_eq!(answer.status, 403, "{what}");
    }
    let chosen = [("talk", visit.id.as_str()), ("reason", "spam")];
    assert_eq!(ben.post("/inbox/set-aside", &chosen).await.status, 403);
    assert!(!page_of(&anna, &visit).await.text().contains("Given."));
    assert_eq!(ids(&anna.get("/inbox").await), [visit.id.as_str()], "untouched");
    // A conversation is not assigned to a member who may not answer.
    assert!(!page_of(&anna, &visit).await.text().contains(">ben</button>"));
}
