//! Bodies that no widget sends: each gets its 4xx, and nothing is stored.

use serde_json::{Value, json};
use testkit::http::HttpResponse;
use testkit::requests::{Visit, with};
use testkit::test_server::{ShopFixture, TestServer};

/// Sends text as it is, though it may be no JSON at all.
async fn sent_raw(server: &TestServer, body: impl Into<Vec<u8>>) -> HttpResponse {
    server.responding().body("application/json", body.into()).await
}

/// A good body as text, with `more` in it before the closing brace.
fn and(shop: &ShopFixture, more: &str) -> String {
    let body = Visit::to(shop).rates(5).to_string();
    format!("{}{more}}}", body.trim_end_matches('}'))
}

async fn nothing_is_stored(server: &TestServer) {
    let rows = server.owner("anna@kilnandkettle.example").await.responses().await;
    assert_eq!(rows.len(), 0, "{rows:?}");
}

#[tokio::test]
async fn what_is_not_the_json_that_belongs_here_is_refused() {
    let (server, shop) = TestServer::with_a_shop().await;
    let good = Visit::to(&shop).rates(5).to_string();
    let rating = |value: &str| good.replace("\"rating\":5", &format!("\"rating\":{value}"));
    let deep = format!("{}{}", "[".repeat(15_000), "]".repeat(15_000));
    for (what, body) in [
        ("nothing", String::new()),
        ("no JSON", "rating=5".to_owned()),
        ("a list", "[]".to_owned()),
        ("null", "null".to_owned()),
        ("cut off", good[..good.len() - 1].to_owned()),
        ("two of them", format!("{good}{good}")),
        ("no fields", "{}".to_owned()),
        ("a decimal point", rating("5.0")),
        ("a text", rating("\"5\"")),
        ("a yes", rating("true")),
        ("a negative number", rating("-1")),
        ("a large number", rating("256")),
        ("a huge number", rating("1e309")),
        ("no number", rating("null")),
        ("a doubled field", and(&shop, ",\"rating\":1")),
        ("a lone surrogate", and(&shop, ",\"comment\":\"\\ud800\"")),
        ("another type", and(&shop, ",\"comment\":[\"x\"]")),
        ("another moment", good.replace("any_time", "whenever")),
        ("another scale", good.replace("three_faces", "ten_stars")),
        ("an endless depth", deep.clone()),
        ("an endless depth inside", and(&shop, &format!(",\"page\":{deep}"))),
        (
            "an unknown field of the page",
            and(&shop, ",\"page\":{\"url\":\"/\",\"title\":\"\",\"query\":\"x\"}"),
        ),
    ] {
        let answer = sent_raw(&server, body).await;
        assert_eq!(
            (answer.status, answer.refusal().as_str()),
            (400, "malformed"),
            "{what}: {}",
            answer.text()
        );
    }
    let broken = sent_raw(&server, [good.as_bytes(), b"\xff\xfe"].concat()).await;
    assert_eq!(broken.status, 400);
    nothing_is_stored(&server).await;
}

/// A visitor who could set these could invent a receipt, a date, or a reply by the shop.
#[tokio::test]
async fn fields_that_are_not_a_visitors_to_set_are_refused() {
    let (server, shop) = TestServer::with_a_shop().await;
    // Every column a response has or may get one day, but those a visitor fills in.
    for column in [
        "receipt",
        "secret_hash",
        "first_body_hash",
        "order_number",
        "page_path",
        "page_title",
        "device",
        "day",
        "created_at_ms",
        "changed_at_ms",
        "status",
        "shop_id",
        "author",
        "verified",
        "conversation",
        "owner",
        "remedy",
        "cause",
        "seen_at_ms",
        "__proto__",
        "constructor",
    ] {
        let answer = sent_raw(&server, and(&shop, &format!(",\"{column}\":\"x\""))).await;
        assert_eq!((answer.status, answer.refusal().as_str()), (400, "malformed"), "{column}");
    }
    let visit = Visit::to(&shop);
    server.respond(&visit.rates(1)).await.json();
    for column in ["id", "moment", "scale", "page", "language", "receipt", "created_at_ms", "status"] {
        let answer = server.complete(&visit.id, &with(visit.change(), column, "any_time")).await;
        assert_eq!(answer.status, 400, "{column}: {}", answer.text());
    }
}

#[tokio::test]
async fn every_field_has_its_bounds_and_is_named_when_it_is_over_them() {
    let (server, shop) = TestServer::with_a_shop().await;
    let long = |n: usize| "ü".repeat(n);
    let many: Vec<String> = (0..9).map(|n| format!("reason_{n}")).collect();
    let cases: Vec<(&str, Value, u16, &str)> = vec![
        ("rating", json!(0), 422, "rating_out_of_range"),
        ("rating", json!(6), 422, "rating_out_of_range"),
        ("comment", json!(long(4_001)), 422, "too_long"),
        ("comment", json!("a\u{0}b"), 400, "control_character"),
        ("comment", json!("a\u{7}b"), 400, "control_character"),
        ("comment", json!("a\u{9f}b"), 400, "control_character"),
        ("comment", json!("a\u{1b}[31mb"), 400, "control_character"),
        ("order", json!("12\n34"), 400, "control_character"),
        ("order", json!(long(65)), 422, "too_long"),
        ("email", json!("marta@posteo"), 422, "email_looks_wrong"),
        ("email", json!("marta@posteo.example\r\nBcc: all@shop.example"), 422, "email_looks_wrong"),
        ("email", json!("a@b.de, c@d.de"), 422, "email_looks_wrong"),
        ("reasons", json!(many), 422, "too_many_reasons"),
        ("reasons", json!(["delivery", "delivery"]), 422, "too_many_reasons"),
        ("reasons", json!(["<script>"]), 422, "unknown_reason"),
        ("id", json!("1"), 400, "id_looks_wrong"),
        ("id", json!("0191f6c2-0000-4000-8000-000000000000"), 400, "id_looks_wrong"),
        ("id", json!("' or 1=1 --"), 400, "id_looks_wrong"),
        ("secret", json!("guess"), 400, "secret_looks_wrong"),
        ("page", json!({ "url": "javascript:alert(1)", "title": "" }), 422, "page_looks_wrong"),
    ];
    for (field, value, status, code) in cases {
        let answer = server.respond(&with(Visit::to(&shop).rates(2), field, value.clone())).await;
        assert_eq!((answer.status, answer.refusal().as_str()), (status, code), "{field}: {value}");
        let named = answer.refused_field().unwrap_or_default();
        assert!(named == field || named.starts_with(&format!("{field}.")), "{field} is called {named}");
    }
    nothing_is_stored(&server).await;
}

#[tokio::test]
async fn the_longest_words_that_fit_are_kept_to_the_last_letter() {
    let (server, shop) = TestServer::with_a_shop().await;
    let words = format!("{}é", "字".repeat(3_999));
    let answer = server.respond(&Visit::to(&shop).says(1, &words)).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let rows = server.owner("anna@kilnandkettle.example").await.responses().await;
    assert_eq!(rows[0]["comment"], words);
}

#[tokio::test]
async fn odd_but_honest_characters_are_kept_as_they_are() {
    let (server, shop) = TestServer::with_a_shop().await;
    let marks = format!("e{}", "\u{301}".repeat(1_000));
    for words in
        ["\u{202e}abc", "👩‍👩‍👧‍👦 ok", "'; drop table response; --", "%s %n {{7*7}} ${x}", "a\tb\nc", &marks]
    {
        let visit = Visit::to(&shop);
        let answer = server.respond(&visit.says(1, words)).await;
        assert_eq!(answer.status, 201, "{words:?}: {}", answer.text());
        let rows = server.owner("anna@kilnandkettle.example").await.responses().await;
        assert!(rows.iter().any(|row| row["comment"] == words), "{words:?}");
    }
}

#[tokio::test]
async fn a_body_over_thirty_two_kib_is_refused_whatever_it_says_about_its_length() {
    let (server, shop) = TestServer::with_a_shop().await;
    let body = with(Visit::to(&shop).rates(5), "comment", "x".repeat(40_000)).to_string();
    let answer = sent_raw(&server, body.clone()).await;
    assert_eq!((answer.status, answer.refusal().as_str()), (413, "too_large"));
    // In parts, without a length.
    let parts = body.into_bytes().chunks(1_000).map(<[u8]>::to_vec).collect::<Vec<_>>();
    let stream = futures_util::stream::iter(parts.into_iter().map(Ok::<_, std::io::Error>));
    let answer = server.responding().body("application/json", reqwest::Body::wrap_stream(stream)).await;
    assert_eq!((answer.status, answer.refusal().as_str()), (413, "too_large"));
    nothing_is_stored(&server).await;
}

/// A small compressed body can be a huge one; the widget never compresses.
#[tokio::test]
async fn a_compressed_body_is_refused_unread() {
    let (server, _) = TestServer::with_a_shop().await;
    for encoding in ["gzip", "br", "deflate", "zstd", "gzip, gzip"] {
        let bomb = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        let answer =
            server.responding().header("content-encoding", encoding).body("application/json", bomb).await;
        assert_eq!((answer.status, answer.refusal().as_str()), (415, "wrong_content_type"), "{encoding}");
    }
}

/// Plain forms of other pages can send these types without a preflight request; JSON they cannot.
#[tokio::test]
async fn only_json_is_taken_as_json() {
    let (server, shop) = TestServer::with_a_shop().await;
    let body = Visit::to(&shop).rates(5).to_string();
    for media_type in
        ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]
    {
        let answer = server.responding().body(media_type, body.clone()).await;
        assert_eq!((answer.status, answer.refusal().as_str()), (415, "wrong_content_type"), "{media_type:?}");
    }
    let answer = server.responding().body("application/json; charset=utf-8", body).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
}

/// Only a page of the collector's own may send: everything else is a stranger using a visitor's browser.
#[tokio::test]
async fn what_no_page_of_ours_sent_is_refused() {
    let (server, shop) = TestServer::with_a_shop().await;
    let body = Visit::to(&shop).rates(5);
    let bare = || server.call("POST", "/v1/responses").json(&body);
    let foreign = [
        bare(),
        bare().header("origin", "https://evil.example"),
        bare().header("origin", "null"),
        bare().header("sec-fetch-site", "cross-site").header("origin", &server.url),
        bare().header("sec-fetch-site", "same-site").header("origin", &server.url),
        bare().header("origin", &format!("{}.evil.example", server.url)),
    ];
    for call in foreign {
        let answer = call.await;
        assert_eq!((answer.status, answer.refusal().as_str()), (403, "wrong_origin"), "{}", answer.text());
    }
    nothing_is_stored(&server).await;
}

#[tokio::test]
async fn other_methods_are_refused_politely() {
    let (server, _) = TestServer::with_a_shop().await;
    for (method, path) in [("PUT", "/v1/responses"), ("DELETE", "/v1/responses/x"), ("GET", "/v1/responses")]
    {
        let answer = server.call(method, path).from_our_page().await;
        assert!(answer.status == 404 || answer.status == 405, "{method} {path}: {}", answer.status);
        answer.refusal();
    }
}
