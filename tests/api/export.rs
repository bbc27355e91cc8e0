//! The list as a file.

use testkit::owner_session::rows;
use testkit::requests::{Visit, with};
use testkit::test_server::{SHOP_ORIGIN, TestServer, TestServerBuilder, printed};

const ANNA: &str = "anna@kilnandkettle.example";

/// A visitor's words must not become a formula on the owner's machine.
#[tokio::test]
async fn no_cell_of_the_export_is_a_formula() {
    let (server, shop) = TestServer::with_a_shop().await;
    let payloads = [
        "=HYPERLINK(\"http://evil.example\",\"click\")",
        "+1+1",
        "-2+3",
        "@SUM(1)",
        "＝1+1",
        "  =1+1",
        "=cmd|' /C calc'!A0",
    ];
    for payload in payloads {
        let body = with(Visit::to(&shop).says(1, payload), "order", payload);
        assert_eq!(server.respond(&body).await.status, 201, "{payload}");
    }
    let rows = server.owner(ANNA).await.responses().await;
    assert_eq!(rows.len(), payloads.len());
    for row in rows {
        for (name, cell) in row {
            let first = cell.trim_start().chars().next().unwrap_or(' ');
            assert!(!"=+-@＝＋－＠".contains(first), "{name}: {cell}");
        }
    }
}

#[tokio::test]
async fn the_export_is_a_file_of_every_word_in_every_language() {
    let (server, shop) = TestServer::with_a_shop().await;
    let words = "Zeile eins\r\nLine \"two\"; three,\tfour 李雷 🫖";
    server.respond(&Visit::to(&shop).says(3, words)).await.json();
    let owner = server.owner(ANNA).await;
    let answer = owner.get("/responses.csv").await;
    assert!(answer.header("content-disposition").starts_with("attachment;"), "{:?}", answer.headers);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(owner.responses().await[0]["comment"], words.replace("\r\n", "\n"));
}

#[tokio::test]
async fn more_than_one_piece_of_the_export_arrives_whole_and_without_doubles() {
    let builder = TestServerBuilder::new().option("--rate-per-address", "100000");
    let shop = builder.shop("Kiln & Kettle", SHOP_ORIGIN);
    builder.owner(ANNA, &[&shop]);
    let server = builder.start().await;
    let count = 1_201;
    for chunk in 0..count / 100 + 1 {
        let bodies: Vec<_> = (chunk * 100..count.min(chunk * 100 + 100))
            .map(|n| Visit::to(&shop).says(4, &format!("number {n}")))
            .collect();
        let answers = futures_util::future::join_all(bodies.iter().map(|b| server.respond(b))).await;
        assert!(answers.iter().all(|a| a.status == 201), "{:?}", answers.iter().map(|a| a.status).max());
    }
    let rows = server.owner(ANNA).await.responses().await;
    let words: std::collections::BTreeSet<&str> = rows.iter().map(|row| row["comment"].as_str()).collect();
    assert_eq!((rows.len(), words.len()), (count, count));
}

/// The same history through all doors: as many rows in each form, and the counts add up to the rows.
#[tokio::test]
async fn responses_conversations_and_counts_can_be_taken_along_in_two_forms() {
    let builder = TestServerBuilder::new();
    builder.owner(ANNA, &[]);
    printed(&builder.tableside(&["demo", "seed", "--responses", "1300", "--days", "40", "--seed", "11"], ""));
    let server = builder.start().await;
    let owner = server.owner(ANNA).await;
    let json = async |path: &str| {
        let answer = owner.get(path).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"), "{path}");
        assert!(answer.header("content-disposition").contains(".json"), "{path}");
        assert_eq!(answer.header("cache-control"), "no-store");
        answer.json().as_array().expect("one array").clone()
    };
    let csv = async |path: &str| rows(&owner.get(path).await);

    let (responses, read) = (csv("/responses.csv").await, json("/responses.json").await);
    assert_eq!((responses.len(), read.len()), (1_300, 1_300));
    let ids = |all: &[serde_json::Value]| -> std::collections::BTreeSet<String> {
        all.iter().map(|row| row["id"].as_str().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(ids(&read).len(), 1_300, "none twice");

    let (talks, read) = (csv("/conversations.csv").await, json("/conversations.json").await);
    let complaints = csv("/responses.csv?complaints=1").await;
    assert_eq!((talks.len(), read.len()), (complaints.len(), complaints.len()));
    let recovered = json("/conversations.json?step=recovered").await;
    assert!(recovered.len() > 20 && recovered.iter().all(|talk| talk["stage"] == "recovered"));
    assert!(
        recovered.iter().all(|talk| talk["messages"].as_u64() > Some(0) && talk["put_right"].is_string())
    );

    // What was said in each stands beside it, as far as a program reads it.
    let words: usize = read.iter().map(|talk| talk["said"].as_array().expect("a list").len()).sum();
    let told: u64 = read.iter().filter_map(|talk| talk["messages"].as_u64()).sum();
    assert!(words as u64 == told && told > 100, "{words} {told}");
    let first = &recovered[0]["said"][0];
    assert!(first["from"].is_string() && first["words"].as_str().is_some_and(|w| !w.is_empty()), "{first}");
    assert!(!talks[0].contains_key("said"));

    let (counts, read) = (csv("/counts.csv").await, json("/counts.json").await);
    assert_eq!(counts.len(), read.len());
    let sum = |what: &str| -> u64 {
        let of = read.iter().filter(|row| row["what"] == what);
        of.map(|row| (1..=5).map(|n| row[format!("rating_{n}")].as_u64().unwrap_or(0)).sum::<u64>()).sum()
    };
    assert_eq!((sum("all"), sum("moment"), sum("stage")), (1_300, 1_300, talks.len() as u64));
    let day = read.first().and_then(|row| row["day"].as_str()).expect("a day").to_owned();
    let of_day = json(&format!("/counts.json?from={day}&to={day}")).await;
    assert!(of_day.iter().all(|row| row["day"] == day.as_str()), "{of_day:?}");
    assert!(json("/responses.json?q=nobody%20wrote%20this").await.is_empty(), "an empty array is one, too");
}

/// A file that is not whole must not look as if it were.
#[tokio::test]
async fn a_file_that_broke_off_is_noticed() {
    let builder = TestServerBuilder::new();
    builder.owner(ANNA, &[]);
    printed(
        &builder.tableside(&["demo", "seed", "--responses", "60000", "--days", "40", "--seed", "11"], ""),
    );
    let mut server = builder.start().await;
    server.may_complain();
    let owner = server.owner(ANNA).await;
    let id = server.process_id().to_string();
    let broken = owner.get("/responses.json").broken_by(|| {
        let killed = std::process::Command::new("kill").args(["-9", &id]).status();
        assert!(killed.expect("kill is there").success());
    });
    let part = broken.await.expect_err("the browser is told that it broke off");
    assert!(part.starts_with(b"["), "it had begun");
    assert!(serde_json::from_slice::<serde_json::Value>(&part).is_err(), "and what there is cannot be read");
}
