//! The frame's page without script: a plain form that works by itself.

use testkit::http::HttpResponse;
use testkit::test_server::{SHOP_ORIGIN, ShopFixture, TestServer, TestServerBuilder};

/// The hidden fields as the page carries them, and what a visitor fills in.
async fn filled(server: &TestServer, shop: &ShopFixture, typed: &[(&str, &str)]) -> HttpResponse {
    let page = server.get(&format!("/w/{}?lang=en", shop.key)).await.text();
    let hidden = hidden_fields(&page);
    // What is typed, or filled in by the page's script, takes the place of what the page carried.
    let is_typed = |name: &str| typed.iter().any(|(typed, _)| *typed == name);
    let mut fields: Vec<(&str, &str)> =
        hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).filter(|(n, _)| !is_typed(n)).collect();
    fields.extend_from_slice(typed);
    sent(server, shop, &fields).await
}

async fn sent(server: &TestServer, shop: &ShopFixture, fields: &[(&str, &str)]) -> HttpResponse {
    server.call("POST", &format!("/w/{}", shop.key)).from_our_page().form(fields).await
}

fn hidden_fields(page: &str) -> Vec<(String, String)> {
    let attribute = |input: &str, name: &str| -> Option<String> {
        let after = input.split(&format!("{name}=\"")).nth(1)?;
        Some(after.split('"').next()?.to_owned())
    };
    let inputs = page.split("<input ").skip(1).filter_map(|rest| rest.split('>').next());
    let hidden = inputs.filter(|input| input.contains("type=\"hidden\""));
    hidden.filter_map(|input| Some((attribute(input, "name")?, attribute(input, "value")?))).collect()
}

#[tokio::test]
async fn the_plain_form_stores_the_same_response_as_the_widget() {
    let (server, shop) = TestServer::with_a_shop().await;
    let typed = [
        ("rating", "1"),
        ("reasons", "delivery"),
        ("reasons", "arrived_broken"),
        ("comment", "Zwei Scherben, <b>kein</b> Krug & keine Antwort."),
        ("wants_reply", "1"),
        ("email", "marta@posteo.example"),
        ("order", "1042"),
        ("product", "Tidal glaze bowl"),
    ];
    let answer = filled(&server, &shop, &typed).await;
    assert_eq!(answer.status, 303, "a page that can be reloaded without sending again: {}", answer.text());
    let thanks = server.get(answer.header("location")).await;
    assert_eq!(thanks.status, 200);
    let rows = server.owner("anna@kilnandkettle.example").await.responses().await;
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["comment"], "Zwei Scherben, <b>kein</b> Krug & keine Antwort.");
    assert_eq!((rows[0]["rating"].as_str(), rows[0]["order"].as_str()), ("1", "1042"));
    assert_eq!(rows[0]["product"], "Tidal glaze bowl");
    assert!(thanks.text().contains(&rows[0]["receipt"]), "the receipt is shown: {}", thanks.text());
}

#[tokio::test]
async fn a_mistake_keeps_every_word_and_says_what_is_wrong() {
    let (server, shop) = TestServer::with_a_shop().await;
    let words = "The lid does not fit & the box was <open>.";
    let typed = [("rating", "1"), ("comment", words), ("email", "marta@posteo"), ("reasons", "delivery")];
    let answer = filled(&server, &shop, &typed).await;
    assert_eq!(answer.status, 422);
    let page = answer.text();
    assert!(page.contains("Is there something missing after “posteo”?"), "{page}");
    assert!(
        page.contains("The lid does not fit &#38; the box was &#60;open&#62;.")
            || page.contains("The lid does not fit &amp; the box was &lt;open&gt;."),
        "{page}"
    );
    assert!(page.contains("value=\"marta@posteo\""), "{page}");

    // Mended and sent again from that page: one response.
    let hidden = hidden_fields(&page);
    let mut fields: Vec<(&str, &str)> = hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    fields.extend_from_slice(&[("rating", "1"), ("comment", words), ("email", "marta@posteo.example")]);
    assert_eq!(sent(&server, &shop, &fields).await.status, 303);
    let rows = server.owner("anna@kilnandkettle.example").await.responses().await;
    assert_eq!((rows.len(), rows[0]["comment"].as_str()), (1, words));
}

#[tokio::test]
async fn the_plain_form_sent_twice_is_one_response() {
    let (server, shop) = TestServer::with_a_shop().await;
    let page = server.get(&format!("/w/{}?lang=en", shop.key)).await.text();
    let hidden = hidden_fields(&page);
    let mut fields: Vec<(&str, &str)> = hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    fields.push(("rating", "5"));
    let (one, two) = (sent(&server, &shop, &fields).await, sent(&server, &shop, &fields).await);
    assert_eq!((one.status, two.status), (303, 303));
    assert_eq!(one.header("location"), two.header("location"));
    assert_eq!(server.owner("anna@kilnandkettle.example").await.responses().await.len(), 1);
}

#[tokio::test]
async fn a_form_without_a_face_is_not_lost_but_asked_again() {
    let (server, shop) = TestServer::with_a_shop().await;
    let answer = filled(&server, &shop, &[("comment", "Hello?")]).await;
    assert_eq!(answer.status, 422);
    assert!(answer.text().contains("Hello?"), "{}", answer.text());
}

#[tokio::test]
async fn a_form_from_a_strangers_page_is_refused() {
    let (server, shop) = TestServer::with_a_shop().await;
    let path = format!("/w/{}", shop.key);
    for site in ["cross-site", "same-site", "none"] {
        let answer = server.call("POST", &path).header("sec-fetch-site", site).form(&[("rating", "1")]).await;
        assert_eq!(answer.status, 403, "{site}");
    }
    let answer =
        server.call("POST", &path).header("origin", "https://evil.example").form(&[("rating", "1")]).await;
    assert_eq!(answer.status, 403);
}

#[tokio::test]
async fn the_page_speaks_the_visitors_language() {
    let (server, shop) = TestServer::with_a_shop().await;
    for (lang, language, question) in [
        ("de-AT", "de", "Ist bis hierher alles in Ordnung?"),
        ("en-GB", "en", "Is everything okay so far?"),
        ("fr", "en", "Is everything okay so far?"),
        ("%22%3E%3Cscript%3E", "en", "Is everything okay so far?"),
    ] {
        let page = server.get(&format!("/w/{}?lang={lang}", shop.key)).await.text();
        assert!(
            page.contains(&format!("<html lang=\"{language}\"")) && page.contains(question),
            "{lang}: {page}"
        );
        assert!(!page.contains("\"><script>"), "{page}");
    }
}

#[tokio::test]
async fn a_page_for_no_shop_says_so_kindly() {
    let (server, _) = TestServer::with_a_shop().await;
    let answer = server.get("/w/no-such-shop?lang=de").await;
    assert_eq!(answer.status, 404);
    assert!(answer.text().contains("Dieser Shop nimmt hier keine Nachrichten mehr an."), "{}", answer.text());
}

/// A name that an owner typed stands in JSON inside the page; nothing in it may end that.
#[tokio::test]
async fn names_cannot_break_out_of_the_page() {
    let builder = TestServerBuilder::new();
    let shop = builder.shop("</script><script>alert(1)</script>", SHOP_ORIGIN);
    let server = builder.start().await;
    let page = server.get(&format!("/w/{}", shop.key)).await.text();
    assert!(!page.contains("<script>alert"), "{page}");
    let script = server.get(&format!("/s/{}.js", shop.key)).await.text();
    assert!(!script.contains("<script>alert"), "{script}");
}

/// A limit on one of two ways in is none: a program would fill the inbox and the disk by the other.
#[tokio::test]
async fn the_plain_form_has_the_widgets_limit_and_keeps_the_words() {
    let builder = TestServerBuilder::new().option("--rate-per-address", "5");
    let shop = builder.shop("Kiln & Kettle", SHOP_ORIGIN);
    builder.owner("anna@kilnandkettle.example", &[&shop]);
    let server = builder.start().await;
    let mut refused = Vec::new();
    for n in 0..12 {
        let words = format!("Words of visitor {n}");
        let answer = filled(&server, &shop, &[("rating", "1"), ("comment", &words)]).await;
        if answer.status != 303 {
            refused.push((words, answer));
        }
    }
    assert!(refused.len() >= 6, "only {} of 12 were refused", refused.len());
    for (words, answer) in &refused {
        assert_eq!(answer.status, 429);
        assert!(!answer.header("retry-after").is_empty(), "it says when to come back");
        let page = answer.text();
        assert!(page.contains(words.as_str()), "the words are still in the form: {page}");
    }
    let stored = server.owner("anna@kilnandkettle.example").await.responses().await;
    assert_eq!(stored.len(), 12 - refused.len(), "what was refused was not stored");
}
