//! The list as a file.

use tests::house::{Ground, House, SHOP_ORIGIN};
use tests::visit::{Visit, with};

const ANNA: &str = "anna@kilnandkettle.example";

/// A visitor's words must not become a formula on the owner's machine.
#[tokio::test]
async fn no_cell_of_the_export_is_a_formula() {
    let (house, shop) = House::with_a_shop().await;
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
        assert_eq!(house.respond(&body).await.status, 201, "{payload}");
    }
    let rows = house.owner(ANNA).await.responses().await;
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
    let (house, shop) = House::with_a_shop().await;
    let words = "Zeile eins\r\nLine \"two\"; three,\tfour 李雷 🫖";
    house.respond(&Visit::to(&shop).says(3, words)).await.json();
    let owner = house.owner(ANNA).await;
    let answer = owner.get("/responses.csv").await;
    assert!(answer.header("content-disposition").starts_with("attachment;"), "{:?}", answer.headers);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(owner.responses().await[0]["comment"], words.replace("\r\n", "\n"));
}

#[tokio::test]
async fn more_than_one_piece_of_the_export_arrives_whole_and_without_doubles() {
    let ground = Ground::new().option("--rate-per-address", "100000");
    let shop = ground.shop("Kiln & Kettle", SHOP_ORIGIN);
    ground.owner(ANNA, &[&shop]);
    let house = ground.open().await;
    let count = 1_201;
    for chunk in 0..count / 100 + 1 {
        let bodies: Vec<_> = (chunk * 100..count.min(chunk * 100 + 100))
            .map(|n| Visit::to(&shop).says(4, &format!("number {n}")))
            .collect();
        let answers = futures_util::future::join_all(bodies.iter().map(|b| house.respond(b))).await;
        assert!(answers.iter().all(|a| a.status == 201), "{:?}", answers.iter().map(|a| a.status).max());
    }
    let rows = house.owner(ANNA).await.responses().await;
    let words: std::collections::BTreeSet<&str> = rows.iter().map(|row| row["comment"].as_str()).collect();
    assert_eq!((rows.len(), words.len()), (count, count));
}
