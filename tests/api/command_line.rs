//! What the program says and does on the command line.

use testkit::test_server::{PASSWORD, SHOP_ORIGIN, TestServerBuilder, printed};

fn complaint(output: &std::process::Output) -> String {
    assert!(!output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!said.contains("panicked") && !said.contains("Error {"), "a sentence for people: {said}");
    said
}

#[test]
fn a_shop_is_added_with_the_line_to_paste_and_found_again_in_the_list() {
    let builder = TestServerBuilder::new();
    let shop = builder.shop("Kiln & Kettle", SHOP_ORIGIN);
    assert_eq!(shop.tag, format!("<script async src=\"{}/s/{}.js\"></script>", builder.url(), shop.key));
    let list = printed(&builder.tableside(&["shop", "list"], ""));
    for told in [shop.key.as_str(), "Kiln & Kettle", SHOP_ORIGIN] {
        assert!(list.contains(told), "{told} in {list}");
    }
    assert_eq!(list.lines().count(), 1);
}

#[test]
fn every_shop_has_its_own_key() {
    let builder = TestServerBuilder::new();
    assert_ne!(builder.shop("Oak", SHOP_ORIGIN).key, builder.shop("Oak", SHOP_ORIGIN).key);
}

#[test]
fn what_is_typed_wrongly_is_answered_with_a_sentence() {
    let builder = TestServerBuilder::new();
    for (args, says) in [
        (&["shop", "add", "Oak", "--origin", "*"][..], "https://shop.example"),
        (&["shop", "add", "Oak", "--origin", "http://shop.example"], "https://shop.example"),
        (&["shop", "add", "  ", "--origin", SHOP_ORIGIN], "name"),
        (&["shop", "add", "Oak"], "--origin"),
        (
            &["shop", "add", "Oak", "--origin", SHOP_ORIGIN, "--owner", "nobody@shop.example"],
            "nobody@shop.example",
        ),
        (&["owner", "add", "anna"], "e-mail"),
        (&["owner", "add", "anna@shop.example", "--shop", "no-such-shop"], "shop list"),
        (&["serve", "--listen", "nowhere"], "nowhere"),
        (&["serve", "--public-url", "https://*.shop.example"], "public address"),
        (&["serve", "--database", "mysql://x"], "sqlite://"),
    ] {
        let said = complaint(&builder.tableside(args, ""));
        assert!(said.contains(says), "{args:?}: {said}");
    }
}

#[test]
fn a_password_that_is_too_short_is_refused_and_an_owner_is_added_only_once() {
    let builder = TestServerBuilder::new();
    let add = |password: &str| {
        builder.tableside(&["owner", "add", "anna@shop.example", "--password-stdin"], password)
    };
    let said = complaint(&add("short"));
    assert!(said.contains("8 to 128"), "{said}");
    printed(&add(PASSWORD));
    complaint(&add(PASSWORD));
}

#[test]
fn the_help_is_for_people_and_names_the_environment() {
    let builder = TestServerBuilder::new();
    let help = printed(&builder.tableside(&["--help"], ""));
    for command in ["serve", "shop", "owner", "demo"] {
        assert!(help.contains(command), "{help}");
    }
    let help = printed(&builder.tableside(&["serve", "--help"], ""));
    for name in
        ["TABLESIDE_LISTEN", "TABLESIDE_PUBLIC_URL", "TABLESIDE_DATABASE", "--public-url", "127.0.0.1:8080"]
    {
        assert!(help.contains(name), "{name} in {help}");
    }
    assert!(!help.contains(PASSWORD));
}

#[tokio::test]
async fn a_port_that_is_taken_is_said_so_at_once() {
    let server = TestServerBuilder::new().start().await;
    let address = server.url.trim_start_matches("http://").to_owned();
    let said = complaint(&TestServerBuilder::new().tableside(&["serve", "--listen", &address], ""));
    assert!(said.contains(&address), "{said}");
}
