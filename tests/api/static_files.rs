//! What browsers fetch: the loader, and the files that never change under their name.

use std::collections::BTreeSet;
use testkit::http::HttpResponse;
use testkit::test_server::{ShopFixture, TestServer};

async fn loader(server: &TestServer, shop: &ShopFixture, encoding: &str) -> HttpResponse {
    server.get(&format!("/s/{}.js", shop.key)).header("accept-encoding", encoding).await
}

/// The hashed names in a page.
fn names(page: &str) -> BTreeSet<String> {
    page.split("\"/a/").skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

#[tokio::test]
async fn the_loader_carries_the_shops_settings_and_nothing_private() {
    let (server, shop) = TestServer::with_a_shop().await;
    let plain = loader(&server, &shop, "identity").await;
    assert_eq!(plain.status, 200);
    assert_eq!(plain.header("content-type"), "text/javascript; charset=utf-8");
    // Backslashes of a regular expression are doubled in JSON.
    let script = plain.text().replace(r"\\", r"\");
    for public in [shop.key.as_str(), &server.url, r"https://kilnandkettle\.example", "Anna"] {
        assert!(script.contains(public), "{public}");
    }
    assert!(!script.contains("__SETUP__"), "the settings are in their place");
    for private in ["anna@", "owner", "hash", "sqlite"] {
        assert!(!script.contains(private), "{private}");
    }
}

#[tokio::test]
async fn the_loader_is_small_on_every_page_and_fresh_within_minutes() {
    let (server, shop) = TestServer::with_a_shop().await;
    let plain = loader(&server, &shop, "identity").await;
    assert_eq!(plain.header("content-encoding"), "");
    let brotli = loader(&server, &shop, "gzip, deflate, br, zstd").await;
    assert_eq!((brotli.status, brotli.header("content-encoding")), (200, "br"));
    let gzip = loader(&server, &shop, "gzip").await;
    assert_eq!((gzip.status, gzip.header("content-encoding")), (200, "gzip"));
    assert!(brotli.body.len() < gzip.body.len() && gzip.body.len() < plain.body.len());
    for answer in [&plain, &brotli, &gzip] {
        assert!(answer.header("vary").to_ascii_lowercase().contains("accept-encoding"));
        let cache = answer.header("cache-control");
        assert!(cache.contains("max-age=") && !cache.contains("immutable"), "{cache}");
        // A cross-origin isolated shop may load it, too.
        assert_eq!(answer.header("cross-origin-resource-policy"), "cross-origin");
        assert_eq!(answer.header("set-cookie"), "", "no cookie for visitors");
    }
    let etag = plain.header("etag").to_owned();
    assert!(!etag.is_empty(), "it can be asked for again cheaply");
    let again = server.get(&format!("/s/{}.js", shop.key)).header("if-none-match", &etag).await;
    assert_eq!((again.status, again.body.len()), (304, 0));
}

#[tokio::test]
async fn a_loader_of_no_shop_is_not_found_and_breaks_nothing() {
    let (server, _) = TestServer::with_a_shop().await;
    for path in ["/s/no-such-shop.js", "/s/x.js", "/s/..%2f..%2fetc.js", "/s/KEY", "/s/.js"] {
        let answer = server.get(path).await;
        assert_eq!(answer.status, 404, "{path}");
    }
}

#[tokio::test]
async fn files_of_the_frame_are_kept_for_ever_and_come_compressed() {
    let (server, shop) = TestServer::with_a_shop().await;
    let page = server.get(&format!("/w/{}", shop.key)).await;
    assert_eq!(page.status, 200);
    let names = names(&page.text());
    for end in [".js", ".wasm"] {
        assert!(names.iter().any(|name| name.ends_with(end)), "{end} in {names:?}");
    }
    for name in &names {
        let path = format!("/a/{name}");
        let plain = server.get(&path).header("accept-encoding", "identity").await;
        let brotli = server.get(&path).header("accept-encoding", "br").await;
        let gzip = server.get(&path).header("accept-encoding", "gzip").await;
        assert_eq!((plain.status, brotli.status, gzip.status), (200, 200, 200), "{name}");
        assert_eq!(
            (brotli.header("content-encoding"), gzip.header("content-encoding")),
            ("br", "gzip"),
            "{name}"
        );
        assert!(brotli.body.len() < plain.body.len() && gzip.body.len() < plain.body.len(), "{name}");
        for answer in [&plain, &brotli, &gzip] {
            assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable", "{name}");
            assert!(answer.header("vary").to_ascii_lowercase().contains("accept-encoding"), "{name}");
            assert_eq!(answer.header("cross-origin-resource-policy"), "cross-origin", "{name}");
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{name}");
        }
    }
    let wasm = names.iter().find(|name| name.ends_with(".wasm")).expect("there is one");
    let answer = server.get(&format!("/a/{wasm}")).header("accept-encoding", "identity").await;
    // With anything after it, browsers refuse to compile while it arrives.
    assert_eq!(answer.header("content-type"), "application/wasm");
    assert!(answer.body.starts_with(b"\0asm"));
}

#[tokio::test]
async fn only_files_that_were_built_are_served() {
    let (server, _) = TestServer::with_a_shop().await;
    for path in [
        "/a/manifest.json",
        "/a/loader.js",
        "/a/frame.css",
        "/a/frame.js",
        "/a/..%2fCargo.toml",
        "/a/%2e%2e%2f",
        "/a/",
        "/a",
    ] {
        assert_eq!(server.get(path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn head_answers_as_get_does_without_the_body() {
    let (server, shop) = TestServer::with_a_shop().await;
    let page = server.get(&format!("/w/{}", shop.key)).await.text();
    let mut paths: Vec<String> = names(&page).iter().map(|name| format!("/a/{name}")).collect();
    paths.extend(["/healthz", "/readyz", "/sign-in"].map(str::to_owned));
    paths.extend([format!("/s/{}.js", shop.key), format!("/w/{}", shop.key)]);
    for path in &paths {
        let (get, head) = (server.get(path).await, server.call("HEAD", path).await);
        assert_eq!((get.status, head.status), (200, 200), "{path}");
        assert!(head.body.is_empty(), "{path}");
        for name in ["content-type", "cache-control", "content-length", "x-content-type-options"] {
            assert_eq!(head.header(name), get.header(name), "{name} of {path}");
        }
    }
}
