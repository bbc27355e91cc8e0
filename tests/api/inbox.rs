//! The inbox: who waits stands first, every answer is said once, and nothing is done half.

use testkit::http::HttpResponse;
use testkit::owner_session::OwnerSession;
use testkit::requests::Visit;
use testkit::test_server::{SHOP_ORIGIN, ShopFixture, TestServer, TestServerBuilder};

pub(crate) const ANNA: &str = "anna@kilnandkettle.example";

pub(crate) const BEN: &str = "ben@kilnandkettle.example";

/// A visitor complains; the conversation has the id of the response.
pub(crate) async fn complains(server: &TestServer, shop: &ShopFixture, words: &str) -> Visit {
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
pub(crate) async fn sends(
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
pub(crate) fn ids(list: &HttpResponse) -> Vec<String> {
    assert_eq!(list.status, 200, "{}", list.text());
    let text = list.text();
    text.split("data-id=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap_or_default().to_owned())
        .collect()
}

pub(crate) async fn page_of(anna: &OwnerSession<'_>, visit: &Visit) -> HttpResponse {
    let page = anna.get(&format!("/inbox/{}", visit.id)).await;
    assert_eq!(page.status, 200, "{}", page.text());
    page
}

#[tokio::test]
async fn a_complaint_waits_until_a_member_answers_and_is_in_hand_then() {
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
    // It is put right already: what another member wants to say with it must not be said.
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
async fn a_note_stays_among_the_people_of_the_shop_and_is_no_reply() {
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
async fn a_conversation_is_assigned_only_to_a_member_who_may_answer() {
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
    assert_eq!(ids(&anna.get("/inbox?person=-").await).len(), 0, "it is assigned");
    let free = complains(&server, &shop, "The lid does not fit.").await;
    assert_eq!(ids(&anna.get("/inbox?person=-").await), [free.id.as_str()]);
}
