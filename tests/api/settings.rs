//! What an owner decides, form by form: kept as it was typed, or refused beside the field with nothing lost.

use testkit::test_server::TestServer;

const ANNA: &str = "anna@kilnandkettle.example";

#[tokio::test]
async fn opening_hours_and_holidays_are_kept_as_they_were_typed() {
    let (server, _) = TestServer::with_a_shop().await;
    let owner = server.owner(ANNA).await;
    let mut fields = vec![("day", "9-18"); 6];
    fields.push(("day", ""));
    fields.extend([
        ("first", "2036-12-24"),
        ("last", "2036-12-27"),
        ("holiday", "Christmas"),
        ("first", ""),
        ("last", ""),
        ("holiday", ""),
        ("at_least", "4"),
        ("reminds", "1"),
    ]);
    let saved = owner.post("/settings/hours", &fields).await;
    assert_eq!((saved.status, saved.header("location")), (303, "/settings?saved=hours#hours"));
    let page = owner.get(saved.header("location")).await.text();
    assert_eq!(
        page.matches(
            "name=\"day\" maxlength=\"80\" autocomplete=\"off\" placeholder=\"closed\" value=\"9:00–18:00\""
        )
        .count(),
        6
    );
    for kept in
        ["2036-12-24", "2036-12-27", "Christmas", "name=\"at_least\"", "name=\"reminds\" value=\"1\" checked"]
    {
        assert!(page.contains(kept), "{kept}");
    }
}

#[tokio::test]
async fn what_is_not_right_is_said_beside_it_and_nothing_typed_is_lost() {
    let (server, _) = TestServer::with_a_shop().await;
    let owner = server.owner(ANNA).await;
    let before = owner.get("/settings").await.text();
    for (path, fields, says) in [
        ("/settings/hours", &[("day", "all <day>"), ("day", "9-12, 13-18")][..], "Hours look like"),
        (
            "/settings/hours",
            &[("first", "2036-12-27"), ("last", "2036-12-24"), ("holiday", "Odd")],
            "It ends before it begins.",
        ),
        ("/settings/hours", &[("at_least", "soon")], "A whole number from 0 to 240"),
        (
            "/settings/causes",
            &[("cause_name", "An unusually long name of a cause, as it happens"), ("ask_after_days", "2")],
            "At most 40 characters",
        ),
        (
            "/settings/causes",
            &[("cause_name", "Kiln"), ("ask_after_days", "99")],
            "A whole number from 0 to 30",
        ),
        ("/settings/words", &[("title", ""), ("words", "I’m <b>sorry</b>.")], "This is still empty."),
        ("/settings/words", &[("title", "Sorry"), ("words", " ")], "This is still empty."),
    ] {
        let refused = owner.post(path, fields).await;
        let page = refused.text();
        assert_eq!(refused.status, 422, "{path} {fields:?}");
        assert!(page.contains(says), "{says} at {path}");
        for (name, typed) in fields {
            let escaped = typed.trim().replace('<', "&#60;").replace('>', "&#62;");
            assert!(page.contains(&escaped), "{name}={typed} is still there: {escaped}");
        }
    }
    assert_eq!(owner.get("/settings").await.text(), before, "nothing was kept");
}

#[tokio::test]
async fn causes_are_reworded_and_keep_their_codes() {
    let (server, _) = TestServer::with_a_shop().await;
    let owner = server.owner(ANNA).await;
    let fields = [
        ("cause_code", "late_parcel"),
        ("cause_name", "Carrier too slow"),
        ("cause_code", ""),
        ("cause_name", "Kiln too hot"),
        ("ask_after_days", "5"),
    ];
    assert_eq!(owner.post("/settings/causes", &fields).await.status, 303);
    let page = owner.get("/settings").await.text();
    for kept in ["value=\"late_parcel\"", "Carrier too slow", "value=\"kiln_too_hot\"", "value=\"5\""] {
        assert!(page.contains(kept), "{kept}");
    }
    assert!(!page.contains("Broken on arrival"), "what was left out is gone");
}

#[tokio::test]
async fn saved_words_are_added_once_changed_and_removed() {
    let (server, _) = TestServer::with_a_shop().await;
    let owner = server.owner(ANNA).await;
    let add = |title: &str, words: &str| owner.post("/settings/words", &[("title", title), ("words", words)]);
    // Pressed twice.
    for _ in 0..2 {
        assert_eq!(add("Sorry", "I’m sorry.\r\nAnna").await.status, 303);
    }
    let page = owner.get("/settings").await.text();
    assert_eq!(page.matches("name=\"saved\"").count(), 1);
    assert!(page.contains("I’m sorry.\nAnna"));
    let id =
        page.split_once("name=\"saved\" value=\"").expect("a form").1.split('"').next().unwrap_or_default();
    let changed = [("saved", id), ("title", "Sorry"), ("words", "So sorry.")];
    assert_eq!(owner.post("/settings/words", &changed).await.status, 303);
    let page = owner.get("/settings").await.text();
    assert!(page.contains("So sorry.") && !page.contains("I’m sorry."));
    assert_eq!(owner.post("/settings/words/remove", &[("saved", id)]).await.status, 303);
    assert!(!owner.get("/settings").await.text().contains("So sorry."));
    assert_eq!(owner.post("/settings/words", &changed).await.status, 404, "somebody has removed it");
    for n in 0..50 {
        assert_eq!(add(&format!("Title {n}"), "x").await.status, 303);
    }
    let full = add("More", "x").await;
    assert_eq!(full.status, 422);
    assert!(full.text().contains("There are 50 already."));
}
