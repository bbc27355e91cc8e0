//! The headers that keep pages private and apart.

use testkit::http::HttpResponse;
use testkit::test_server::{SHOP_ORIGIN, TestServer, TestServerBuilder};

fn csp(answer: &HttpResponse, directive: &str) -> String {
    let policy = answer.header("content-security-policy");
    let found = policy.split(';').map(str::trim).find_map(|d| d.strip_prefix(directive));
    found.unwrap_or_else(|| panic!("no {directive} in {policy:?}")).trim().to_owned()
}

#[tokio::test]
async fn only_the_shops_own_pages_may_show_the_frame() {
    let builder = TestServerBuilder::new();
    let kiln = builder.shop("Kiln & Kettle", SHOP_ORIGIN);
    let oak = builder.shop("Oak", "https://*.oak.example");
    let server = builder.start().await;
    for (shop, origin) in [(&kiln, SHOP_ORIGIN), (&oak, "https://*.oak.example")] {
        let page = server.get(&format!("/w/{}?framed=1", shop.key)).await;
        assert_eq!(csp(&page, "frame-ancestors"), origin);
        assert_eq!(page.header("x-frame-options"), "", "it knows no list of origins and would forbid all");
    }
}

#[tokio::test]
async fn the_frame_runs_nothing_but_our_own_files() {
    let (server, shop) = TestServer::with_a_shop().await;
    let page = server.get(&format!("/w/{}", shop.key)).await;
    assert_eq!(csp(&page, "default-src"), "'none'");
    let nonce = csp(&page, "style-src");
    assert!(nonce.starts_with("'nonce-") && nonce.len() > 40, "{nonce}");
    assert_eq!(csp(&page, "script-src"), format!("'self' {nonce} 'wasm-unsafe-eval'"));
    assert_eq!(csp(&page, "connect-src"), "'self'");
    assert_eq!(csp(&page, "base-uri"), "'none'");
    assert!(!page.header("content-security-policy").contains("unsafe-inline"));
    assert_eq!(page.header("cache-control"), "no-store", "it holds a secret");
    // For shops that are cross-origin isolated.
    assert_eq!(page.header("cross-origin-resource-policy"), "cross-origin");
    assert_eq!(page.header("cross-origin-embedder-policy"), "require-corp");
    assert_eq!(page.header("set-cookie"), "", "no cookie for visitors");
}

#[tokio::test]
async fn two_visitors_never_get_the_same_identity_or_nonce() {
    let (server, shop) = TestServer::with_a_shop().await;
    let path = format!("/w/{}", shop.key);
    let (one, two) = (server.get(&path).await, server.get(&path).await);
    let secret = |page: &HttpResponse| {
        let text = page.text();
        let after = text.split("name=\"secret\" value=\"").nth(1).expect("the plain form has a secret");
        after.split('"').next().unwrap_or_default().to_owned()
    };
    assert_eq!(secret(&one).len(), 43);
    assert_ne!(secret(&one), secret(&two));
    assert_ne!(csp(&one, "style-src"), csp(&two, "style-src"));
}

#[tokio::test]
async fn every_answer_is_guarded_whatever_it_is() {
    let (server, shop) = TestServer::with_a_shop().await;
    let key = &shop.key;
    for (method, path) in [
        ("GET", format!("/s/{key}.js")),
        ("GET", format!("/w/{key}")),
        ("GET", "/w/no-such-shop".to_owned()),
        ("GET", "/a/nothing.js".to_owned()),
        ("GET", "/sign-in".to_owned()),
        ("GET", "/summary".to_owned()),
        ("GET", "/settings".to_owned()),
        ("GET", "/responses".to_owned()),
        ("GET", "/responses.csv".to_owned()),
        ("GET", "/no/such/page".to_owned()),
        ("GET", "/healthz".to_owned()),
        ("POST", "/v1/responses".to_owned()),
        ("OPTIONS", "/v1/responses".to_owned()),
        ("OPTIONS", "/summary".to_owned()),
    ] {
        let answer = server.call(method, &path).header("origin", "https://evil.example").await;
        let what = format!("{method} {path} ({})", answer.status);
        assert!(answer.status < 500, "{what}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{what}");
        assert!(!answer.header("content-security-policy").is_empty(), "{what}");
        assert!(!answer.header("cache-control").is_empty(), "{what}");
        assert!(!answer.header("referrer-policy").is_empty(), "{what}");
        assert_eq!(answer.header("access-control-allow-credentials"), "", "{what}");
        let shared = answer.header("access-control-allow-origin");
        // The loader is the same for all visitors and holds nothing private.
        assert!(shared.is_empty() || path.starts_with("/s/"), "{what}: {shared}");
        for telling in ["server", "x-powered-by"] {
            assert_eq!(answer.header(telling), "", "{what}");
        }
    }
}

#[tokio::test]
async fn owners_pages_are_never_framed_and_never_kept() {
    let (server, _) = TestServer::with_a_shop().await;
    let owner = server.owner("anna@kilnandkettle.example").await;
    for path in ["/summary", "/responses", "/settings", "/sign-in"] {
        let answer = owner.get(path).await;
        assert_eq!(csp(&answer, "frame-ancestors"), "'none'", "{path}");
        assert_eq!(csp(&answer, "default-src"), "'none'", "{path}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin", "{path}");
        assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin", "{path}");
        let policy = answer.header("content-security-policy");
        assert!(!policy.contains("unsafe-inline") && !policy.contains("unsafe-eval"), "{path}: {policy}");
    }
}

/// A failure tells a visitor what to do, and an attacker nothing.
#[tokio::test]
async fn no_answer_tells_what_the_program_is_made_of() {
    let (server, shop) = TestServer::with_a_shop().await;
    for path in [
        "/nothing",
        "/w/nothing",
        "/s/nothing.js",
        "/v1/responses/nothing",
        "/p/x/y",
        "/enter/x",
        "/first-run/x",
    ] {
        let answer = server.get(path).await;
        let text = format!("{:?} {}", answer.headers, answer.text()).to_lowercase();
        for telling in ["actix", "sqlx", "sqlite", ".rs:", "panicked", "rust"] {
            assert!(!text.contains(telling), "{path}: {text}");
        }
        assert!((400..500).contains(&answer.status), "{path}: {}", answer.status);
    }
    let _ = shop;
}
