//! Every shop sees only its own, and looking changes nothing.

use testkit::requests::{Visit, with};
use testkit::test_server::{SHOP_ORIGIN, ShopFixture, TestServer, TestServerBuilder};
use testkit::wait::until;

const ANNA: &str = "anna@kilnandkettle.example";
const OTTO: &str = "otto@oak.example";
/// What must never be seen by others.
const CANARY: &str = "canary-7c1f";

/// Two shops with an owner each, and in the first one a response full of canaries.
async fn two_houses() -> (TestServer, ShopFixture, ShopFixture, Visit) {
    let builder = TestServerBuilder::new();
    let (kiln, oak) =
        (builder.shop("Kiln & Kettle", SHOP_ORIGIN), builder.shop("Oak", "https://oak.example"));
    builder.owner(ANNA, &[&kiln]);
    builder.owner(OTTO, &[&oak]);
    let server = builder.start().await;
    let visit = Visit::to(&kiln);
    let body = with(visit.says(1, CANARY), "email", format!("{CANARY}@posteo.example"));
    let body = with(
        with(body, "order", CANARY),
        "page",
        serde_json::json!({"url": format!("/{CANARY}"), "title": CANARY}),
    );
    server.respond(&body).await.json();
    (server, kiln, oak, visit)
}

const PAGES: [&str; 9] = [
    "/",
    "/welcome",
    "/summary",
    "/responses",
    "/responses.csv",
    "/settings",
    "/settings/tag-seen",
    "/settings/preview",
    "/settings/preview.js",
];

#[tokio::test]
async fn another_shops_owner_sees_nothing_of_ours() {
    let (server, kiln, _, visit) = two_houses().await;
    let otto = server.owner(OTTO).await;
    let mut pages: Vec<String> = PAGES.iter().map(|p| (*p).to_owned()).collect();
    pages.extend(PAGES.iter().map(|page| format!("{page}?shop={}", kiln.key)));
    pages.push(format!("/responses/{}", visit.id));
    pages.push(format!("/responses/{}?shop={}", visit.id, kiln.key));
    pages.push(format!("/responses?q={CANARY}"));
    for page in pages {
        let answer = otto.get(&page).await;
        let text =
            answer.text().replace(&format!("q={CANARY}"), "").replace(&format!("value=\"{CANARY}\""), "");
        assert!(!text.contains(CANARY), "{page}: {text}");
        assert!(!text.contains("Kiln &amp; Kettle") && !text.contains("kilnandkettle"), "{page}: {text}");
        if page.contains("shop=") {
            // The front door only leads on to a page that does not know the shop.
            let leads_on = page.starts_with("/?") && answer.status == 303;
            assert!(answer.status == 404 || leads_on, "{page}: {}", answer.status);
        }
    }
    // And the one whose it is does see it.
    assert!(server.owner(ANNA).await.get("/responses").await.text().contains(CANARY));
}

#[tokio::test]
async fn another_shops_owner_changes_nothing_of_ours() {
    let (server, kiln, _, _) = two_houses().await;
    let (anna, otto) = (server.owner(ANNA).await, server.owner(OTTO).await);
    // What the scheduler still had to do about the complaint is done.
    let settings = until("Anna reads that a mail has not gone out", || async {
        let text = anna.get("/settings").await.text();
        if text.contains("One e-mail has not gone out") { Ok(text) } else { Err("not yet") }
    })
    .await;
    let before = (settings, server.get(&format!("/s/{}.js", kiln.key)).await.text());
    for (path, fields) in [
        ("/settings/origins", &[("origin", "https://evil.example")][..]),
        ("/settings/origins/remove", &[("origin", SHOP_ORIGIN)]),
        ("/settings/look", &[("accent", "#ff0000")]),
        ("/settings/when", &[("any_time", "")]),
        ("/settings/reasons", &[("en", "Evil")]),
        ("/settings/shop", &[("name", "Evil"), ("shop_name", "Evil")]),
    ] {
        let answer = otto.post(&format!("{path}?shop={}", kiln.key), fields).await;
        assert_eq!(answer.status, 404, "{path}");
    }
    let after = (anna.get("/settings").await.text(), server.get(&format!("/s/{}.js", kiln.key)).await.text());
    assert_eq!(before, after);
}

#[tokio::test]
async fn without_a_session_no_page_of_an_owner_shows_anything() {
    let (server, kiln, _, visit) = two_houses().await;
    for page in PAGES {
        for page in [page.to_owned(), format!("{page}?shop={}", kiln.key)] {
            for cookie in ["", "tableside=", "tableside=AAAA", "__Host-tableside=x"] {
                let answer = server.get(&page).header("cookie", cookie).await;
                assert!(answer.status == 303 || answer.status == 404, "{page}: {}", answer.status);
                assert!(!answer.text().contains(CANARY) && !answer.text().contains("Kiln"), "{page}");
            }
        }
    }
    assert_ne!(server.get(&format!("/responses/{}", visit.id)).await.status, 200);
}

/// Nothing a visitor said can be read by a visitor, not even by the one who said it, unless a page is meant for it.
#[tokio::test]
async fn visitors_can_read_nothing_back() {
    let (server, kiln, _, visit) = two_houses().await;
    for path in [
        format!("/v1/responses/{}", visit.id),
        format!("/v1/responses?shop={}", kiln.key),
        format!("/w/{}?sent={CANARY}", kiln.key),
        format!("/w/{}", kiln.key),
        format!("/s/{}.js", kiln.key),
    ] {
        let text = server.get(&path).await.text().replace(&format!("sent={CANARY}"), "");
        assert!(!text.contains(&format!("{CANARY}@posteo")), "{path}: {text}");
    }
}

/// Mail scanners and prefetching browsers open every link there is.
#[tokio::test]
async fn looking_at_every_page_changes_nothing() {
    let (server, kiln, _, visit) = two_houses().await;
    let anna = server.owner(ANNA).await;
    let state = async || {
        let settings = anna.get("/settings").await.text();
        (anna.responses().await, settings, anna.get("/summary").await.text())
    };
    // The test looks after the scheduler has done what it does about a complaint.
    let before = until("the alert about the complaint waits for a mail server", || async {
        let state = state().await;
        if state.1.contains("not gone out") { Ok(state) } else { Err(state.1) }
    })
    .await;
    let mut pages: Vec<String> = PAGES.iter().map(|p| (*p).to_owned()).collect();
    pages.push(format!("/responses/{}", visit.id));
    pages.push(format!("/w/{}", kiln.key));
    for path in [
        "/settings/origins",
        "/settings/origins/remove?origin=https://kilnandkettle.example",
        "/settings/look",
        "/settings/person",
        "/sign-out",
        "/v1/responses",
        "/settings/shop?name=Evil",
    ] {
        pages.push(path.to_owned());
    }
    for _ in 0..2 {
        for page in &pages {
            for method in ["GET", "HEAD", "OPTIONS"] {
                let answer = anna.call(method, page).header("origin", "https://evil.example").await;
                assert!(answer.status < 500, "{method} {page}: {}", answer.status);
            }
        }
    }
    let after = state().await;
    assert_eq!(before.0, after.0);
    assert_eq!(before.1, after.1);
    assert_eq!(anna.get("/summary").await.status, 200, "and she is still signed in");
}

#[tokio::test]
async fn the_log_holds_no_words_address_or_secret() {
    let (server, kiln, _, visit) = two_houses().await;
    let anna = server.owner(ANNA).await;
    for page in PAGES {
        anna.get(&format!("{page}?q={CANARY}")).await;
    }
    server.respond(&with(Visit::to(&kiln).says(1, CANARY), "email", CANARY)).await;
    server.complete(&visit.id, &with(visit.change(), "comment", format!("{CANARY}\u{0}"))).await;
    server.get(&format!("/w/{}?lang={CANARY}", kiln.key)).await;
    let log = server.log();
    assert!(!log.contains(CANARY) && !log.contains(&visit.secret) && !log.contains(&anna.cookie), "{log}");
}

/// What visitors typed is shown as text, wherever it stands.
#[tokio::test]
async fn markup_in_a_visitors_words_stays_text() {
    let (server, shop) = TestServer::with_a_shop().await;
    let attack = "\"><img src=x onerror=alert(1)><svg/onload=alert(1)>'</script><script>alert(1)</script>";
    let page = serde_json::json!({ "url": format!("/{}", attack.replace(' ', "")), "title": attack });
    let body = with(with(Visit::to(&shop).says(1, attack), "page", page), "order", "\"><script>alert(1)");
    let id = body["id"].as_str().unwrap_or_default().to_owned();
    server.respond(&body).await.json();
    let anna = server.owner(ANNA).await;
    for path in [
        "/summary".to_owned(),
        "/responses".to_owned(),
        format!("/responses/{id}"),
        "/responses?q=%22%3E%3Cscript%3E".to_owned(),
    ] {
        let text = anna.get(&path).await.text();
        for markup in ["<img src=x", "<svg/onload", "<script>alert", "\"><script>"] {
            assert!(!text.contains(markup), "{path}: {markup}");
        }
    }
    assert!(anna.get("/responses").await.text().contains("onerror=alert(1)"), "but it is shown");
}
