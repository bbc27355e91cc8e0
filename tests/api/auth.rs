//! Who may come in: signing in and out, the first run, one-time links, and pages that strangers send.

use std::collections::BTreeSet;
use testkit::owner_session::cookie_of;
use testkit::test_server::{PASSWORD, SHOP_ORIGIN, TestServer, TestServerBuilder};
use testkit::wait::until;

const ANNA: &str = "anna@kilnandkettle.example";

/// The one-time link in what the program said, without the address in front.
fn link(said: &str, page: &str) -> String {
    let words = said.split_whitespace();
    let link = words.into_iter().find(|word| word.contains(&format!("/{page}/")));
    let link = link.unwrap_or_else(|| panic!("no link to /{page}/ in {said:?}"));
    link.splitn(4, '/').last().map(|path| format!("/{path}")).expect("an address has a path")
}

/// The same, once the running program has said it.
async fn said_link(server: &TestServer, page: &str) -> String {
    let said = until("the link is printed", || async {
        let said = server.said();
        if said.contains(&format!("/{page}/")) { Ok(said) } else { Err(said) }
    })
    .await;
    link(&said, page)
}

#[tokio::test]
async fn a_session_is_a_cookie_that_no_script_and_no_other_site_can_use() {
    let (server, _) = TestServer::with_a_shop().await;
    let answer = server
        .call("POST", "/sign-in")
        .from_our_page()
        .form(&[("email", ANNA), ("password", PASSWORD)])
        .await;
    assert_eq!((answer.status, answer.header("location")), (303, "/summary"));
    let cookie = answer.header("set-cookie");
    for part in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age="] {
        assert!(cookie.contains(part), "{part} in {cookie}");
    }
    assert!(!cookie.contains("Domain"), "{cookie}");
    let value = cookie_of(&answer);
    assert!(value.len() > 40, "256 bits cannot be guessed: {value}");
    assert_eq!(server.get("/summary").header("cookie", &value).await.status, 200);
}

#[tokio::test]
async fn behind_https_the_cookie_is_bound_to_this_very_host() {
    let builder = TestServerBuilder::new();
    let shop = builder.shop("Kiln & Kettle", SHOP_ORIGIN);
    builder.owner(ANNA, &[&shop]);
    let server = builder.option("--public-url", "https://feedback.kilnandkettle.example").start().await;
    let answer = server
        .call("POST", "/sign-in")
        .header("origin", "https://feedback.kilnandkettle.example")
        .form(&[("email", ANNA), ("password", PASSWORD)])
        .await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    let cookie = answer.header("set-cookie");
    assert!(
        cookie.starts_with("__Host-") && cookie.contains("Secure") && !cookie.contains("Domain"),
        "{cookie}"
    );
    assert!(answer.header("strict-transport-security").contains("max-age="));
}

#[tokio::test]
async fn every_sign_in_is_a_new_session_and_signing_out_ends_it() {
    let (server, _) = TestServer::with_a_shop().await;
    let (one, two) = (server.owner(ANNA).await, server.owner(ANNA).await);
    assert_ne!(one.cookie, two.cookie);
    let out = one.post("/sign-out", &[]).await;
    assert_eq!(out.status, 303);
    assert!(out.header("set-cookie").contains("Max-Age=0"), "{}", out.header("set-cookie"));
    // The cookie of before opens nothing any more, even if a thief kept it.
    let after = one.get("/summary").await;
    assert_eq!((after.status, after.header("location")), (303, "/sign-in?next=/summary"));
    assert_eq!(two.get("/summary").await.status, 200, "the other device stays signed in");
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_look_alike() {
    let (server, _) = TestServer::with_a_shop().await;
    let attempt = |email: &'static str, password: &'static str| {
        server.call("POST", "/sign-in").from_our_page().form(&[("email", email), ("password", password)])
    };
    let (wrong, unknown) = (attempt(ANNA, "not the password").await, attempt("a@b.example", PASSWORD).await);
    assert_eq!((wrong.status, unknown.status), (422, 422));
    assert_eq!(wrong.text().replace(ANNA, "X"), unknown.text().replace("a@b.example", "X"));
    assert_eq!((wrong.header("set-cookie"), unknown.header("set-cookie")), ("", ""));
    let long: &'static str = Box::leak("x".repeat(20_000).into_boxed_str());
    let answer = attempt(ANNA, long).await;
    assert!((400..500).contains(&answer.status), "{}", answer.status);
    assert!(!answer.text().contains("xxxxxxxx"), "a password is never shown again");
}

#[tokio::test]
async fn a_page_of_ours_asks_for_a_sign_in_and_then_goes_on_to_where_one_wanted() {
    let (server, _) = TestServer::with_a_shop().await;
    for (path, next) in [
        ("/summary", "/sign-in?next=/summary"),
        ("/responses", "/sign-in?next=/responses"),
        ("/settings", "/sign-in?next=/settings"),
    ] {
        let answer = server.get(path).await;
        assert_eq!((answer.status, answer.header("location")), (303, next));
    }
    let wanted = server.get("/responses?mood=unhappy").await;
    let page = server.get(wanted.header("location")).await.text();
    assert!(page.contains("name=\"next\" value=\"/responses?mood=unhappy\""), "{page}");
    for away in [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/%09/evil.example",
    ] {
        let answer = server
            .call("POST", "/sign-in")
            .from_our_page()
            .form(&[("email", ANNA), ("password", PASSWORD), ("next", away)])
            .await;
        let location = answer.header("location");
        assert!(
            location.starts_with('/') && !location.starts_with("//") && !location.contains('\\'),
            "{away}: {location}"
        );
    }
}

/// Otherwise any page an owner happens to visit could change their shop.
#[tokio::test]
async fn forms_of_strangers_pages_change_nothing() {
    let (server, _) = TestServer::with_a_shop().await;
    let owner = server.owner(ANNA).await;
    let before = owner.get("/settings").await.text();
    for path in [
        "/settings/origins",
        "/settings/look",
        "/settings/when",
        "/settings/reasons",
        "/settings/shop",
        "/sign-out",
    ] {
        for (name, value) in [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("sec-fetch-site", "none"),
            ("origin", "https://evil.example"),
            ("origin", "null"),
            ("x-odd", "no origin at all"),
        ] {
            let answer = owner
                .call("POST", path)
                .header(name, value)
                .form(&[("origin", "https://evil.example"), ("accent", "#ff0000"), ("name", "Evil")])
                .await;
            assert_eq!(answer.status, 403, "{path} with {name}: {value}");
        }
    }
    assert_eq!(owner.get("/settings").await.text(), before);
}

#[tokio::test]
async fn the_first_run_makes_one_owner_and_one_shop_and_is_over_then() {
    let server = TestServerBuilder::new().start().await;
    let path = said_link(&server, "first-run").await;
    let page = server.get(&path).await;
    assert_eq!(page.status, 200);
    assert_eq!(server.get(&path).await.status, 200, "looking at it uses nothing up");
    let typed = [
        ("name", "Anna Lindqvist"),
        ("email", ANNA),
        ("password", PASSWORD),
        ("shop_name", "Kiln & Kettle"),
        ("origin", SHOP_ORIGIN),
    ];
    // Fifty at once, as an attacker would try.
    let calls = (0..50).map(|n| {
        let email = format!("owner{n}@kilnandkettle.example");
        let typed: Vec<(&str, &str)> =
            typed.iter().map(|(k, v)| if *k == "email" { (*k, email.as_str()) } else { (*k, *v) }).collect();
        let call = server.call("POST", &path).from_our_page().form(&typed);
        async move { call.await }
    });
    let answers = futures_util::future::join_all(calls).await;
    let let_in: Vec<_> = answers.iter().filter(|a| a.status == 303).collect();
    assert_eq!(let_in.len(), 1, "{:?}", answers.iter().map(|a| a.status).collect::<BTreeSet<_>>());
    let others: BTreeSet<u16> = answers.iter().map(|a| a.status).filter(|s| *s != 303).collect();
    assert!(others.iter().all(|s| *s == 404 || *s == 429 || *s == 503), "{others:?}");
    let welcome = server.get(let_in[0].header("location")).header("cookie", &cookie_of(let_in[0])).await;
    assert_eq!(welcome.status, 200);
    assert!(welcome.text().contains("/s/"), "the tag is shown: {}", welcome.text());
    assert_eq!(server.get(&path).await.status, 404, "the link is used up");
}

#[tokio::test]
async fn a_first_run_link_of_an_earlier_start_dies_with_the_first_owner() {
    let server = TestServerBuilder::new().start().await;
    let early = said_link(&server, "first-run").await;
    let server = server.restarted().await;
    let late = said_link(&server, "first-run").await;
    let take = |path: &str, email: &str| {
        let typed = [
            ("name", "Anna"),
            ("email", email),
            ("password", PASSWORD),
            ("shop_name", "Kiln & Kettle"),
            ("origin", SHOP_ORIGIN),
        ];
        server.call("POST", path).from_our_page().form(&typed)
    };
    assert_eq!(take(&late, ANNA).await.status, 303);
    let second = take(&early, "mallory@evil.example").await;
    assert_eq!(second.status, 404, "a visitor with an old link became an owner: {}", second.text());
}

#[tokio::test]
async fn a_first_run_link_that_was_guessed_opens_nothing() {
    let server = TestServerBuilder::new().start().await;
    for token in ["x", "", &"A".repeat(43)] {
        assert_eq!(server.get(&format!("/first-run/{token}")).await.status, 404);
    }
}

#[tokio::test]
async fn a_one_time_link_survives_the_mail_scanner_and_lets_one_person_in_once() {
    let builder = TestServerBuilder::new();
    let shop = builder.shop("Kiln & Kettle", SHOP_ORIGIN);
    let said =
        builder.tableside(&["owner", "add", ANNA, "--shop", &shop.key, "--public-url", &builder.url()], "");
    let path = link(&testkit::test_server::printed(&said), "enter");
    let server = builder.start().await;
    for method in ["HEAD", "GET", "GET", "OPTIONS"] {
        server.call(method, &path).await;
    }
    let press = || server.call("POST", &path).from_our_page().form(&[]);
    let (one, two) = (press().await, press().await);
    assert_eq!((one.status, one.header("location")), (303, "/summary"));
    let cookie = cookie_of(&one);
    assert_eq!(server.get("/summary").header("cookie", &cookie).await.status, 200);
    assert!((400..500).contains(&two.status) && two.header("set-cookie").is_empty(), "{}", two.status);
    let unknown = server.call("POST", "/enter/AAAA").from_our_page().form(&[]).await;
    assert!((400..500).contains(&unknown.status) && unknown.header("set-cookie").is_empty());
}
