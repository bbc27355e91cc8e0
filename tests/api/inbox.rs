//! The inbox: who waits stands first, every answer is said once, and nothing is done half.

use testkit::http::HttpResponse;
use testkit::owner_session::OwnerSession;
use testkit::requests::{Visit, with};
use testkit::test_server::{SHOP_ORIGIN, ShopFixture, TestServer, TestServerBuilder};
use testkit::wait::until;

const ANNA: &str = "anna@kilnandkettle.example";
const BEN: &str = "ben@kilnandkettle.example";

/// Somebody complains; the conversation has the id of their response.
async fn complains(server: &TestServer, shop: &ShopFixture, words: &str) -> Visit {
    let visit = Visit::to(shop);
    assert_eq!(server.respond(&visit.says(1, words)).await.status, 201, "{words}");
    visit
}

/// What an answer's page says in a hidden field.
fn hidden(page: &HttpResponse, name: &str) -> String {
    let text = page.text();
    let start = format!("name=\"{name}\" value=\"");
    let from = text.find(&start).unwrap_or_else(|| panic!("no field {name}: {text}")) + start.len();
    text[from..].split('"').next().unwrap_or_default().to_owned()
}

/// Sends the form of a conversation's page as a browser does: with what stands in its hidden fields.
async fn sends(
    anna: &OwnerSession<'_>,
    page: &HttpResponse,
    path: &str,
    fields: &[(&str, &str)],
) -> HttpResponse {
    let kept = ["id", "line", "after", "until"].map(|name| (name, hidden(page, name)));
    let mut all: Vec<(&str, &str)> = kept.iter().map(|(name, value)| (*name, value.as_str())).collect();
    all.extend_from_slice(fields);
    anna.post(path, &all).await
}

/// The conversations of a list, by their ids, in their order.
fn ids(list: &HttpResponse) -> Vec<String> {
    assert_eq!(list.status, 200, "{}", list.text());
    let text = list.text();
    text.split("data-id=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap_or_default().to_owned())
        .collect()
}

async fn page_of(anna: &OwnerSession<'_>, visit: &Visit) -> HttpResponse {
    let page = anna.get(&format!("/inbox/{}", visit.id)).await;
    assert_eq!(page.status, 200, "{}", page.text());
    page
}

#[tokio::test]
async fn a_complaint_waits_until_somebody_answers_and_is_in_hand_then() {
    let (server, shop) = TestServer::with_a_shop().await;
    let anna = server.owner(ANNA).await;
    assert!(anna.get("/inbox").await.text().contains("Everyone has an answer."));
    let happy = Visit::to(&shop);
    server.respond(&happy.says(5, "Lovely.")).await;
    let visit = complains(&server, &shop, "The bowl is cracked.").await;

    let list = anna.get("/inbox").await;
    assert_eq!(ids(&list), [visit.id.as_str()]);
    assert!(list.text().contains("One person is waiting") && list.text().contains("(1) Inbox"));
    let page = page_of(&anna, &visit).await;
    assert!(page.text().contains("The bowl is cracked."));

    let answer = sends(
        &anna,
        &page,
        &format!("/inbox/{}/reply", visit.id),
        &[("kind", "reply"), ("words", "I am sorry. A new one goes out today.")],
    )
    .await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    assert_eq!(answer.header("location"), format!("/inbox/{}?did=reply", visit.id));
    let after = page_of(&anna, &visit).await;
    assert!(after.text().contains("A new one goes out today.") && after.text().contains("In hand"));
    assert!(anna.get("/inbox").await.text().contains("Everyone has an answer."));
    assert_eq!(ids(&anna.get("/inbox?view=in_hand").await), [visit.id.as_str()]);
}

/// A double click, or the way back and another click.
#[tokio::test]
async fn the_same_form_twice_is_one_answer_and_other_words_under_its_id_are_not_lost() {
    let (server, shop) = TestServer::with_a_shop().await;
    let anna = server.owner(ANNA).await;
    let visit = complains(&server, &shop, "Cold soup.").await;
    let page = page_of(&anna, &visit).await;
    let path = format!("/inbox/{}/reply", visit.id);
    for _ in 0..2 {
        assert_eq!(sends(&anna, &page, &path, &[("words", "Once is enough.")]).await.status, 303);
    }
    assert_eq!(page_of(&anna, &visit).await.text().matches("Once is enough.").count(), 1);
    let changed = sends(&anna, &page, &path, &[("words", "A second thought.")]).await;
    assert_eq!(changed.status, 422);
    assert!(changed.text().contains("A second thought.</textarea>"), "{}", changed.text());
    assert_eq!(sends(&anna, &changed, &path, &[("words", "A second thought.")]).await.status, 303);
    assert_eq!(page_of(&anna, &visit).await.text().matches("A second thought.").count(), 1);
}

#[tokio::test]
async fn of_two_who_answer_at_once_the_second_reads_the_first_and_keeps_their_words() {
    let builder = TestServerBuilder::new();
    let shop = builder.shop("Kiln & Kettle", SHOP_ORIGIN);
    builder.owner(ANNA, &[&shop]);
    builder.owner(BEN, &[&shop]);
    let server = builder.start().await;
    let (anna, ben) = (server.owner(ANNA).await, server.owner(BEN).await);
    let visit = complains(&server, &shop, "Where is my parcel?").await;
    let path = format!("/inbox/{}/reply", visit.id);
    let (hers, his) = (page_of(&anna, &visit).await, page_of(&ben, &visit).await);
    assert_eq!(sends(&anna, &hers, &path, &[("words", "It is at the depot.")]).await.status, 303);
    let refused = sends(&ben, &his, &path, &[("words", "No idea.")]).await;
    assert_eq!(refused.status, 409);
    let text = refused.text();
    assert!(text.contains("It is at the depot."), "he reads hers");
    assert!(text.contains("Somebody else has answered meanwhile") && text.contains("No idea.</textarea>"));
    // With words, putting right is an answer as well.
    let right = format!("/inbox/{}/put-right", visit.id);
    let fields = [("words", "No idea."), ("remedy", "apology"), ("cause", "late_parcel")];
    assert_eq!(sends(&ben, &his, &right, &fields).await.status, 409);
    assert!(!page_of(&anna, &visit).await.text().contains("No idea."), "nothing was said");
    // Who has read the first may send theirs all the same.
    assert_eq!(sends(&ben, &refused, &path, &[("words", "No idea, but I ask.")]).await.status, 303);
}

#[tokio::test]
async fn both_see_each_other_while_they_write() {
    let builder = TestServerBuilder::new();
    let shop = builder.shop("Kiln & Kettle", SHOP_ORIGIN);
    builder.owner(ANNA, &[&shop]);
    builder.owner(BEN, &[&shop]);
    let server = builder.start().await;
    let (anna, ben) = (server.owner(ANNA).await, server.owner(BEN).await);
    let visit = complains(&server, &shop, "Where is my parcel?").await;
    let path = format!("/inbox/{}/here", visit.id);
    let alone = ben.post(&path, &[("writing", "0")]).await;
    assert_eq!((alone.status, alone.text().contains("has this open")), (200, false), "{}", alone.text());
    let hers = anna.post(&path, &[("writing", "0")]).await;
    assert!(hers.text().contains("has this open"), "{}", hers.text());
    ben.post(&path, &[("writing", "1")]).await;
    let hers = anna.post(&path, &[("writing", "0")]).await.text();
    assert!(hers.contains("is writing"), "{hers}");
    assert!(page_of(&anna, &visit).await.text().contains("is writing"), "without script, too");
    server.turn_the_clock(60_000);
    assert!(!page_of(&anna, &visit).await.text().contains("is writing"), "he has gone");
}

#[tokio::test]
async fn it_is_put_right_only_with_a_word_a_remedy_and_a_cause_and_never_half() {
    let (server, shop) = TestServer::with_a_shop().await;
    let anna = server.owner(ANNA).await;
    let visit = complains(&server, &shop, "The lid does not fit.").await;
    let path = format!("/inbox/{}/put-right", visit.id);
    let page = page_of(&anna, &visit).await;
    for (fields, status, sentence) in [
        (&[("remedy", "refund"), ("cause", "wrong_item")][..], 409, "Nobody has said a word"),
        (&[("words", "Kept words."), ("cause", "wrong_item")], 400, "What did you do"),
        (&[("words", "Kept words."), ("remedy", "refund")], 400, "Why did it happen"),
        (&[("words", "Kept words."), ("remedy", "refund"), ("cause", "aliens")], 400, "Why did it happen"),
        (
            &[("words", "Kept words."), ("remedy", "refund"), ("cause", "wrong_item"), ("ask", "31")],
            422,
            "outside",
        ),
    ] {
        let refused = sends(&anna, &page, &path, fields).await;
        assert_eq!(refused.status, status, "{fields:?}");
        assert!(refused.text().contains(sentence), "{sentence}: {}", refused.text());
        let kept = fields.iter().any(|(name, _)| *name == "words");
        assert_eq!(refused.text().contains("Kept words.</textarea>"), kept);
    }
    let untouched = page_of(&anna, &visit).await.text();
    assert!(untouched.contains("Received") && !untouched.contains("Kept words."), "nothing was done");

    let fields =
        [("words", "A new lid goes out."), ("remedy", "replacement"), ("cause", "wrong_item"), ("ask", "5")];
    for _ in 0..2 {
        assert_eq!(sends(&anna, &page, &path, &fields).await.status, 303);
    }
    let text = page_of(&anna, &visit).await.text();
    assert!(text.contains("put it right: sent a new one · cause: wrong item"), "{text}");
    assert_eq!(text.matches("A new lid goes out.").count(), 1);
    assert_eq!(ids(&anna.get("/inbox?view=put_right").await), [visit.id.as_str()]);
    // It is put right already: what somebody else wants to say with it must not be said.
    let later = page_of(&anna, &visit).await;
    let again =
        sends(&anna, &later, &path, &[("words", "Half."), ("remedy", "fix"), ("cause", "wrong_item")]);
    assert_eq!(again.await.status, 409);
    assert!(!page_of(&anna, &visit).await.text().contains("Half.</p>"));
}

#[tokio::test]
async fn what_needs_no_answer_is_set_aside_with_a_reason_and_comes_back_when_it_is_taken_back() {
    let (server, shop) = TestServer::with_a_shop().await;
    let anna = server.owner(ANNA).await;
    let visit = complains(&server, &shop, "asdf").await;
    let at = |what: &str| format!("/inbox/{}/{what}", visit.id);
    let page = page_of(&anna, &visit).await;
    assert_eq!(sends(&anna, &page, &at("set-aside"), &[]).await.status, 400, "a reason");
    assert_eq!(sends(&anna, &page, &at("set-aside"), &[("reason", "duplicate")]).await.status, 303);
    assert!(page_of(&anna, &visit).await.text().contains("set it aside: the same as another one"));
    assert_eq!(ids(&anna.get("/inbox?view=set_aside").await), [visit.id.as_str()]);
    let page = page_of(&anna, &visit).await;
    assert_eq!(sends(&anna, &page, &at("take-back"), &[]).await.status, 303);
    assert_eq!(ids(&anna.get("/inbox").await), [visit.id.as_str()], "they wait again");
}

#[tokio::test]
async fn spam_is_set_aside_all_at_once_and_one_mistake_is_undone() {
    let (server, shop) = TestServer::with_a_shop().await;
    let anna = server.owner(ANNA).await;
    let mut spam = Vec::new();
    for n in 0..3 {
        spam.push(complains(&server, &shop, &format!("Cheap watches {n}")).await.id);
    }
    let honest = complains(&server, &shop, "My watch stopped.").await;
    assert_eq!(ids(&anna.get("/inbox").await).len(), 4);
    let mut fields: Vec<(&str, &str)> = spam.iter().map(|id| ("talk", id.as_str())).collect();
    assert_eq!(
        anna.post("/inbox/set-aside", &[("reason", "spam")]).await.header("location"),
        "/inbox?refused=talk"
    );
    fields.push(("reason", "spam"));
    let done = anna.post("/inbox/set-aside", &fields).await;
    assert_eq!(done.status, 303);
    assert_eq!(ids(&anna.get("/inbox").await), [honest.id.as_str()]);
    let page = anna.get(done.header("location")).await;
    assert!(page.text().contains("Three set aside.") && page.text().contains("Undo"), "{}", page.text());
    let undone = anna.post("/inbox/take-back", &[("talk", spam[1].as_str())]).await;
    assert_eq!(undone.status, 303);
    assert_eq!(ids(&anna.get("/inbox").await).len(), 2);
    assert_eq!(ids(&anna.get("/inbox?view=set_aside").await).len(), 2);
}

#[tokio::test]
async fn an_answer_has_room_for_four_thousand_letters_of_any_language() {
    let (server, shop) = TestServer::with_a_shop().await;
    let anna = server.owner(ANNA).await;
    let visit = complains(&server, &shop, "Tell me everything.").await;
    let page = page_of(&anna, &visit).await;
    let path = format!("/inbox/{}/reply", visit.id);
    for (words, status) in [("🫖".repeat(4_001), 422), ("a\u{0}b".to_owned(), 400), (" \n ".to_owned(), 400)]
    {
        let refused = sends(&anna, &page, &path, &[("words", &words)]).await;
        assert_eq!(refused.status, status);
        assert!(refused.text().contains(words.trim_end_matches('\n')), "kept");
    }
    let words = "🫖".repeat(4_000);
    assert_eq!(sends(&anna, &page, &path, &[("words", &words)]).await.status, 303);
    assert!(page_of(&anna, &visit).await.text().contains(&words));
}

#[tokio::test]
async fn a_note_stays_among_the_people_of_the_shop_and_answers_nobody() {
    let (server, shop) = TestServer::with_a_shop().await;
    let anna = server.owner(ANNA).await;
    let visit = complains(&server, &shop, "The handle broke.").await;
    let page = page_of(&anna, &visit).await;
    let path = format!("/inbox/{}/reply", visit.id);
    let noted = sends(&anna, &page, &path, &[("kind", "note"), ("words", "The kiln was too hot.")]).await;
    assert_eq!((noted.status, noted.header("location").ends_with("did=note")), (303, true));
    assert!(page_of(&anna, &visit).await.text().contains("only people of the shop see it"));
    assert_eq!(ids(&anna.get("/inbox").await), [visit.id.as_str()], "they wait all the same");
}

#[tokio::test]
async fn a_conversation_is_given_to_somebody_who_may_answer_and_to_nobody_else() {
    let builder = TestServerBuilder::new();
    let (shop, other) =
        (builder.shop("Kiln & Kettle", SHOP_ORIGIN), builder.shop("Oak", "https://oak.example"));
    builder.owner(ANNA, &[&shop]);
    builder.owner(BEN, &[&other]);
    let server = builder.start().await;
    let anna = server.owner(ANNA).await;
    let visit = complains(&server, &shop, "The handle broke.").await;
    let page = page_of(&anna, &visit).await;
    let text = page.text();
    let me = text.split("name=\"to\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or("");
    let path = format!("/inbox/{}/give", visit.id);
    assert_eq!(sends(&anna, &page, &path, &[("to", "stranger")]).await.status, 400);
    assert_eq!(sends(&anna, &page, &path, &[("to", me)]).await.status, 303);
    assert!(page_of(&anna, &visit).await.text().contains("has it now"));
    assert_eq!(ids(&anna.get(&format!("/inbox?person={me}")).await), [visit.id.as_str()]);
    assert_eq!(ids(&anna.get("/inbox?person=nobody").await).len(), 0);
    assert_eq!(ids(&anna.get("/inbox?person=-").await).len(), 0, "somebody has it");
    let free = complains(&server, &shop, "The lid does not fit.").await;
    assert_eq!(ids(&anna.get("/inbox?person=-").await), [free.id.as_str()]);
}

#[tokio::test]
async fn nobody_sees_or_touches_another_shops_conversation() {
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
async fn the_longest_waiting_stands_first_and_the_pages_of_the_list_leave_nobody_out() {
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
        assert!(anna.get("/inbox").await.text().contains("i-unread"));
    }
    let page = page_of(&anna, &visit).await;
    assert_eq!(sends(&anna, &page, &format!("/inbox/{}/read", visit.id), &[]).await.status, 303);
    assert!(!page_of(&anna, &visit).await.text().contains("Mark as read"));
    assert!(!anna.get("/inbox").await.text().contains("i-unread"));
    assert_eq!(ids(&anna.get("/inbox").await), [visit.id.as_str()], "read is not answered");
}

#[tokio::test]
async fn whoever_asks_gets_their_conversation_as_a_file_and_has_it_erased() {
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

/// Whoever was let down twice stands above everybody who waits, however long those have.
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
    assert!(list.text().contains("i-unread") && list.text().contains("Thank you!"), "what was said last");
    let page = page_of(&anna, &visit).await;
    assert!(page.text().contains("What they said last needs none"));
    assert_eq!(sends(&anna, &page, &format!("/inbox/{}/let-rest", visit.id), &[]).await.status, 303);
    let list = anna.get("/inbox?view=in_hand").await;
    assert_eq!(ids(&list), [visit.id.as_str()]);
    assert!(!list.text().contains("i-unread"), "whoever let it rest has read it");
    assert!(anna.get("/inbox").await.text().contains("Everyone has an answer."));
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
    assert_eq!(refused.status, 409, "nobody has said a word to them");
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
    // Nobody gives a conversation to somebody who may not answer.
    assert!(!page_of(&anna, &visit).await.text().contains(">ben</button>"));
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
