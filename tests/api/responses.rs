//! A response is stored as given, exactly once, and only who made it may change it.

use serde_json::json;
use std::collections::BTreeSet;
use testkit::requests::{Visit, with};
use testkit::test_server::{SHOP_ORIGIN, TestServer, TestServerBuilder};

#[tokio::test]
async fn a_response_is_stored_as_given_and_answered_with_its_id_and_a_receipt() {
    let (server, shop) = TestServer::with_a_shop().await;
    let visit = Visit::to(&shop);
    let words = "Der Krug kam kaputt an. 🙁\nSecond line, \"quoted\", <b>not bold</b>, =1+1";
    let body = json!({
        "id": visit.id, "secret": visit.secret, "shop": shop.key,
        "moment": "after_checkout", "scale": "five_faces", "rating": 2,
        "reasons": ["delivery", "arrived_broken"], "comment": words,
        "email": "marta@posteo.example", "wants_reply": true, "order": "1042",
        "page": { "url": "/thank-you", "title": "Thank you" }, "language": "de",
    });
    let answer = server.respond(&body).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let stored = answer.json();
    assert_eq!(stored["id"], visit.id.as_str());
    let receipt = stored["receipt"].as_str().expect("a receipt");
    assert_eq!(receipt.len(), 7, "short enough to read out: {receipt}");

    let rows = server.owner("anna@kilnandkettle.example").await.responses().await;
    assert_eq!(rows.len(), 1);
    let row = &rows[0];
    assert_eq!(row["receipt"], receipt);
    assert_eq!(row["rating"], "2");
    assert_eq!(row["moment"], "after_checkout");
    assert_eq!(row["comment"], words);
    assert_eq!(row["email"], "marta@posteo.example");
    assert_eq!(row["order"], "1042");
    assert_eq!(row["page"], "/thank-you");
    assert_eq!(row["language"], "de");
}

/// A lost answer is asked for again; the visitor must not count twice, and must get the same receipt.
#[tokio::test]
async fn the_same_request_fifty_times_at_once_is_one_response_and_one_answer() {
    let (server, shop) = TestServer::with_a_shop().await;
    let body = Visit::to(&shop).says(1, "My soup is cold.");
    let calls: Vec<_> = (0..50).map(|_| server.respond(&body)).collect();
    let answers = futures_util::future::join_all(calls).await;
    let first = &answers[0];
    for answer in &answers {
        assert!(answer.status == 200 || answer.status == 201, "{}: {}", answer.status, answer.text());
        assert_eq!(answer.json(), first.json());
    }
    assert_eq!(server.owner("anna@kilnandkettle.example").await.responses().await.len(), 1);
}

#[tokio::test]
async fn a_second_body_under_the_same_id_without_the_secret_changes_nothing_and_learns_nothing() {
    let (server, shop) = TestServer::with_a_shop().await;
    let visit = Visit::to(&shop);
    let secret_words = "Only Anna reads this.";
    server.respond(&visit.says(1, secret_words)).await.json();

    let thief = Visit { id: visit.id.clone(), ..Visit::to(&shop) };
    let answer = server.respond(&thief.says(5, "All lovely.")).await;
    assert_eq!((answer.status, answer.refusal().as_str()), (422, "id_taken"));
    assert_eq!(answer.refused_field().as_deref(), Some("id"));
    assert!(!answer.text().contains("Only Anna") && !answer.text().contains("receipt"), "{}", answer.text());

    let rows = server.owner("anna@kilnandkettle.example").await.responses().await;
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0]["rating"].as_str(), rows[0]["comment"].as_str()), ("1", secret_words));
}

/// Otherwise an attacker could find out by trying which ids exist in another shop.
#[tokio::test]
async fn the_same_id_in_another_shop_is_simply_another_response() {
    let builder = TestServerBuilder::new();
    let (kiln, oak) =
        (builder.shop("Kiln & Kettle", SHOP_ORIGIN), builder.shop("Oak", "https://oak.example"));
    let server = builder.start().await;
    let visit = Visit::to(&kiln);
    let elsewhere = Visit { shop: oak.key.clone(), ..Visit::to(&oak) };
    let elsewhere = Visit { id: visit.id.clone(), ..elsewhere };
    assert_eq!(server.respond(&visit.rates(1)).await.status, 201);
    assert_eq!(server.respond(&elsewhere.rates(5)).await.status, 201);
}

#[tokio::test]
async fn words_sent_later_complete_the_same_response() {
    let (server, shop) = TestServer::with_a_shop().await;
    let visit = Visit::to(&shop);
    let first = server.respond(&visit.rates(1)).await.json();
    let change =
        with(with(visit.change(), "comment", "The handle broke off."), "email", "marta@posteo.example");
    let answer = server.complete(&visit.id, &change).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.json(), first, "the same id and the same receipt");
    // Sent again, because the answer got lost: the same.
    assert_eq!(server.complete(&visit.id, &change).await.json(), first);

    let rows = server.owner("anna@kilnandkettle.example").await.responses().await;
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["rating"], "1", "what the change did not name stays");
    assert_eq!(rows[0]["comment"], "The handle broke off.");
    assert_eq!(rows[0]["email"], "marta@posteo.example");
}

#[tokio::test]
async fn an_empty_text_takes_the_old_one_back() {
    let (server, shop) = TestServer::with_a_shop().await;
    let visit = Visit::to(&shop);
    server.respond(&with(visit.says(1, "Oh no."), "email", "marta@posteo.example")).await.json();
    let change = with(visit.change(), "email", "");
    assert_eq!(server.complete(&visit.id, &change).await.status, 200);
    let rows = server.owner("anna@kilnandkettle.example").await.responses().await;
    assert_eq!((rows[0]["email"].as_str(), rows[0]["comment"].as_str()), ("", "Oh no."));
}

#[tokio::test]
async fn more_of_a_response_with_its_secret_completes_it_where_the_first_answer_got_lost() {
    let (server, shop) = TestServer::with_a_shop().await;
    let visit = Visit::to(&shop);
    let first = server.respond(&visit.rates(1)).await.json();
    let answer = server.respond(&visit.says(2, "The glaze is scratched.")).await;
    assert!(answer.status < 300, "{}", answer.text());
    assert_eq!(answer.json(), first);
    let rows = server.owner("anna@kilnandkettle.example").await.responses().await;
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0]["rating"].as_str(), rows[0]["comment"].as_str()), ("2", "The glaze is scratched."));
}

#[tokio::test]
async fn an_unknown_id_and_a_wrong_secret_look_alike() {
    let (server, shop) = TestServer::with_a_shop().await;
    let (mine, unknown) = (Visit::to(&shop), Visit::to(&shop));
    server.respond(&mine.says(1, "Mine.")).await.json();
    let wrong_secret = with(with(unknown.change(), "comment", "Theirs."), "secret", unknown.secret.as_str());
    let wrong = server.complete(&mine.id, &wrong_secret).await;
    let none = server.complete(&unknown.id, &with(unknown.change(), "comment", "Theirs.")).await;
    assert_eq!((wrong.status, none.status), (404, 404));
    assert_eq!(wrong.text(), none.text());
    let rows = server.owner("anna@kilnandkettle.example").await.responses().await;
    assert_eq!(rows[0]["comment"], "Mine.");
}

#[tokio::test]
async fn a_response_of_another_shop_cannot_be_changed_even_with_its_secret() {
    let builder = TestServerBuilder::new();
    let (kiln, oak) =
        (builder.shop("Kiln & Kettle", SHOP_ORIGIN), builder.shop("Oak", "https://oak.example"));
    let server = builder.start().await;
    let visit = Visit::to(&kiln);
    server.respond(&visit.rates(1)).await.json();
    let change = with(with(visit.change(), "rating", 5), "shop", oak.key.as_str());
    assert_eq!(server.complete(&visit.id, &change).await.status, 404);
}

#[tokio::test]
async fn an_unknown_shop_takes_nothing() {
    let (server, shop) = TestServer::with_a_shop().await;
    let visit = Visit { shop: "no-such-shop".to_owned(), ..Visit::to(&shop) };
    let answer = server.respond(&visit.rates(5)).await;
    assert_eq!((answer.status, answer.refusal().as_str()), (404, "no_such_shop"));
}

/// Shops put order tokens and e-mail addresses into queries; none of that is stored.
#[tokio::test]
async fn of_a_pages_address_only_the_path_is_kept() {
    let (server, shop) = TestServer::with_a_shop().await;
    let page = json!({ "url": "https://kilnandkettle.example/cart?token=SECRET#x", "title": "Cart" });
    let answer = server.respond(&with(Visit::to(&shop).rates(4), "page", page)).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let owner = server.owner("anna@kilnandkettle.example").await;
    let export = owner.get("/responses.csv").await.text();
    assert!(export.contains("/cart") && !export.contains("SECRET"), "{export}");
    assert!(!owner.get("/responses").await.text().contains("SECRET"));
}

#[tokio::test]
async fn what_was_stored_is_there_after_the_program_was_killed() {
    let (server, shop) = TestServer::with_a_shop().await;
    for n in 0..20 {
        let answer = server.respond(&Visit::to(&shop).says(1, &format!("Complaint {n}"))).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
    }
    let server = server.restarted().await;
    assert_eq!(server.owner("anna@kilnandkettle.example").await.responses().await.len(), 20);
}

/// Many things go wrong on phones only.
#[tokio::test]
async fn a_phone_is_told_from_a_computer_and_nothing_more_is_kept_of_either() {
    let (server, shop) = TestServer::with_a_shop().await;
    let android =
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/156.0.0.0 Mobile Safari/537.36";
    let mac =
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/26.0 Safari/605.1.15";
    for (agent, device) in [(android, "phone"), (mac, "computer")] {
        let visit = Visit::to(&shop);
        let answer = server.responding().header("user-agent", agent).json(&visit.rates(3)).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        let owner = server.owner("anna@kilnandkettle.example").await;
        let rows = owner.responses().await;
        let row = rows.iter().find(|row| row["id"] == visit.id).expect("it is there");
        assert_eq!(row["device"], device);
        assert!(!owner.get("/responses.csv").await.text().contains("Mozilla"));
    }
}

/// The widget may be older than the shop's list, so other codes are taken; but not any number of them.
#[tokio::test]
async fn reasons_that_a_visitor_invents_end_at_five_hundred_and_the_shops_own_never_do() {
    let builder = TestServerBuilder::new().option("--rate-per-address", "1000");
    let shop = builder.shop("Kiln & Kettle", SHOP_ORIGIN);
    builder.owner("anna@kilnandkettle.example", &[&shop]);
    let server = builder.start().await;
    let picks = async |codes: &[String]| {
        let stored = server.respond(&with(Visit::to(&shop).rates(1), "reasons", codes.to_vec())).await;
        assert_eq!(stored.status, 201, "{}", stored.text());
    };
    let invented: Vec<String> = (0..520).map(|n| format!("invented_{n}")).collect();
    for codes in invented.chunks(8) {
        picks(codes).await;
    }
    picks(&["invented_0".to_owned(), "delivery".to_owned(), "yet_another".to_owned()]).await;
    let late = Visit::to(&shop);
    assert_eq!(server.respond(&late.rates(1)).await.status, 201);
    let change = with(late.change(), "reasons", vec!["delivery", "made_up", "also_made_up"]);
    let changed = server.complete(&late.id, &change).await;
    assert_eq!(changed.status, 200, "{}", changed.text());

    let rows = server.owner("anna@kilnandkettle.example").await.responses().await;
    let picked = |row: &testkit::owner_session::ExportRow| -> Vec<String> {
        row["reasons"].split("; ").map(str::to_owned).collect()
    };
    let all: BTreeSet<String> = rows.iter().flat_map(picked).collect();
    assert_eq!(all.iter().filter(|code| code.starts_with("Invented")).count(), 500, "{all:?}");
    assert!(!all.contains("Yet another") && !all.contains("Made up"), "{all:?}");
    let newest: BTreeSet<Vec<String>> = rows.iter().take(2).map(picked).collect();
    let expected = [vec!["Invented 0", "Delivery", "Something else"], vec!["Delivery", "Something else"]];
    assert_eq!(newest, expected.map(|codes| codes.into_iter().map(str::to_owned).collect()).into());
}
