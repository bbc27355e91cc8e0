//! How much one address may do in a while.

use testkit::requests::Visit;
use testkit::test_server::{PASSWORD, SHOP_ORIGIN, TestServer, TestServerBuilder};

const ANNA: &str = "anna@kilnandkettle.example";

#[tokio::test]
async fn an_address_that_sends_too_much_is_told_when_to_come_back() {
    let builder = TestServerBuilder::new().option("--rate-per-address", "50");
    let shop = builder.shop("Kiln & Kettle", SHOP_ORIGIN);
    builder.owner(ANNA, &[&shop]);
    let server = builder.start().await;
    let bodies: Vec<_> = (0..200).map(|n| Visit::to(&shop).says(2, &format!("number {n}"))).collect();
    let answers = futures_util::future::join_all(bodies.iter().map(|body| server.respond(body))).await;
    let taken = answers.iter().filter(|a| a.status == 201).count();
    // The allowance grows again while they come in: one in 1.2 s.
    assert!((50..=60).contains(&taken), "{taken} of 200");
    for refused in answers.iter().filter(|a| a.status != 201) {
        assert_eq!((refused.status, refused.refusal().as_str()), (429, "too_many"));
        let seconds: u32 = refused.header("retry-after").parse().expect("seconds");
        assert!(seconds >= 1);
    }
    assert_eq!(server.owner(ANNA).await.responses().await.len(), taken, "what was refused was not stored");
}

/// Otherwise an attacker who floods the sign-in decides whether the owner gets in.
#[tokio::test]
async fn an_owner_gets_in_while_visitors_flood_the_door() {
    let builder = TestServerBuilder::new().option("--rate-per-address", "5");
    let shop = builder.shop("Kiln & Kettle", SHOP_ORIGIN);
    builder.owner(ANNA, &[&shop]);
    let server = builder.start().await;
    for _ in 0..20 {
        server.respond(&Visit::to(&shop).rates(1)).await;
    }
    assert_eq!(server.owner(ANNA).await.get("/summary").await.status, 200);
}

/// What visitors send is written batch after batch on the one connection that SQLite has for it; the others get their turn.
#[tokio::test]
async fn an_owner_can_save_while_visitors_send_without_a_pause() {
    let builder =
        TestServerBuilder::new().option("--rate-per-address", "1000000").option("--rate-per-shop", "1000000");
    let shop = builder.shop("Kiln & Kettle", SHOP_ORIGIN);
    builder.owner(ANNA, &[&shop]);
    let server = builder.start().await;
    let owner = server.owner(ANNA).await;
    let crowd = (0..48).map(async |n| {
        let sent: Result<(), u16> = loop {
            let answer = server.respond(&Visit::to(&shop).says(3, &format!("visitor {n}"))).await;
            if answer.status != 201 {
                break Err(answer.status);
            }
        };
        sent
    });
    let saves = async {
        for name in ["Kiln", "Kiln & Co", "Kiln & Kettle"] {
            let saved = owner.post("/settings/shop", &[("shop_name", name), ("time_zone", "UTC")]).await;
            assert_eq!(saved.status, 303, "{name}");
        }
    };
    tokio::select! {
        refused = futures_util::future::select_all(crowd.map(Box::pin)) => panic!("a visitor got {:?}", refused.0),
        () = saves => {}
    }
}

#[tokio::test]
async fn passwords_cannot_be_tried_one_after_the_other() {
    let (server, _) = TestServer::with_a_shop().await;
    let mut refused = 0;
    for n in 0..40 {
        let typed = [("email", ANNA), ("password", &*format!("guess {n}"))];
        let answer = server.call("POST", "/sign-in").from_our_page().form(&typed).await;
        assert!(answer.status == 422 || answer.status == 429, "{}", answer.status);
        refused += usize::from(answer.status == 429);
    }
    assert!(refused > 0, "forty guesses in a row");
    let typed = [("email", ANNA), ("password", PASSWORD)];
    let answer = server.call("POST", "/sign-in").from_our_page().form(&typed).await;
    assert_eq!(answer.status, 429, "the right one, too: or the limit would tell which one it is");
}

/// A client that could choose its own address would have no limit at all.
#[tokio::test]
async fn an_address_that_a_visitor_made_up_does_not_count() {
    let builder = TestServerBuilder::new().option("--rate-per-address", "3");
    let shop = builder.shop("Kiln & Kettle", SHOP_ORIGIN);
    let server = builder.start().await;
    let mut last = 0;
    for n in 0..10 {
        let forged = format!("203.0.113.{n}");
        let call = server
            .responding()
            .header("x-forwarded-for", &forged)
            .header("forwarded", &format!("for={forged}"));
        last = call.header("x-real-ip", &forged).json(&Visit::to(&shop).rates(1)).await.status;
    }
    assert_eq!(last, 429);
}

/// Otherwise guessing from many addresses, or across a restart, would go on for ever; or an attacker who guesses wrongly on
/// purpose would lock the owner out.
#[tokio::test]
async fn guesses_are_counted_over_restarts_and_lock_no_owner_out_of_a_known_device() {
    let builder = TestServerBuilder::new().option("--rate-sign-ins", "100000");
    let shop = builder.shop("Kiln & Kettle", SHOP_ORIGIN);
    builder.owner(ANNA, &[&shop]);
    let server = builder.start().await;
    let right = [("email", ANNA), ("password", PASSWORD)];
    let welcome = server.call("POST", "/sign-in").from_our_page().form(&right).await;
    let device = welcome
        .headers
        .get_all("set-cookie")
        .iter()
        .filter_map(|cookie| cookie.to_str().ok()?.split(';').next())
        .find(|cookie| cookie.starts_with("tableside-device="))
        .expect("the device is known from now on")
        .to_owned();
    for n in 0..30 {
        let wrong = [("email", ANNA), ("password", &*format!("guess {n}"))];
        let answer = server.call("POST", "/sign-in").from_our_page().form(&wrong).await;
        assert_eq!(answer.status, 422, "guess {n}");
    }
    let server = server.restarted().await;
    let elsewhere = server.call("POST", "/sign-in").from_our_page().form(&right).await;
    assert_eq!(elsewhere.status, 429, "even the right one, from an unknown device");
    let call = server.call("POST", "/sign-in").from_our_page().header("cookie", &device);
    assert_eq!(call.form(&right).await.status, 303, "the owner's own device");
    let other = [("email", "ben@kilnandkettle.example"), ("password", PASSWORD)];
    let answer = server.call("POST", "/sign-in").from_our_page().form(&other).await;
    assert_eq!(answer.status, 422, "another address is not concerned");
}

/// Otherwise a program with many connections has as many guesses as it likes.
#[tokio::test]
async fn guesses_at_the_same_time_count_each_other() {
    let builder = TestServerBuilder::new().option("--rate-sign-ins", "100000");
    let shop = builder.shop("Kiln & Kettle", SHOP_ORIGIN);
    builder.owner(ANNA, &[&shop]);
    let server = builder.start().await;
    let guess = async |n: usize| {
        let wrong = [("email", ANNA), ("password", &*format!("guess {n}"))];
        server.call("POST", "/sign-in").from_our_page().form(&wrong).await.status
    };
    let mut checked = 0;
    // Fewer at a time than may wait, so that the queue refuses none of them.
    for wave in 0..8 {
        let answers = futures_util::future::join_all((0..10).map(|n| guess(wave * 10 + n))).await;
        checked += answers.iter().filter(|status| **status == 422).count();
    }
    assert_eq!(checked, 30, "of eighty guesses");
}

/// An attacker who asks for many hashes at once must not keep the others waiting.
#[tokio::test]
async fn the_queue_for_passwords_is_short_and_keeps_a_place_for_known_devices() {
    let builder = TestServerBuilder::new().option("--rate-sign-ins", "100000");
    let shop = builder.shop("Kiln & Kettle", SHOP_ORIGIN);
    builder.owner(ANNA, &[&shop]);
    let server = builder.start().await;
    let right = [("email", ANNA), ("password", PASSWORD)];
    let welcome = server.call("POST", "/sign-in").from_our_page().form(&right).await;
    let cookies = welcome.headers.get_all("set-cookie").iter();
    let mut cookies = cookies.filter_map(|cookie| cookie.to_str().ok()?.split(';').next());
    let device =
        cookies.find(|cookie| cookie.starts_with("tableside-device=")).expect("a known device").to_owned();
    let guess = async |n: usize| {
        let wrong = [("email", &*format!("owner{n}@shop.example")), ("password", "a wrong password")];
        server.call("POST", "/sign-in").from_our_page().form(&wrong).await
    };
    let flood = futures_util::future::join_all((0..100).map(guess));
    let owner = async {
        let call = server.call("POST", "/sign-in").from_our_page().header("cookie", &device);
        call.form(&right).await.status
    };
    let (answers, owner) = futures_util::future::join(flood, owner).await;
    assert_eq!(owner, 303, "the owner's own device");
    let refused: Vec<_> = answers.iter().filter(|answer| answer.status == 429).collect();
    assert!(!refused.is_empty(), "a hundred at once do not all wait");
    assert!(refused.iter().all(|answer| !answer.header("retry-after").is_empty()));
}

/// Each hash takes 19 MiB for a moment. A collector that keeps them ends a small machine after a few hundred sign-ins.
#[tokio::test]
async fn sign_ins_give_their_memory_back() {
    let builder = TestServerBuilder::new().option("--rate-sign-ins", "100000");
    let shop = builder.shop("Kiln & Kettle", SHOP_ORIGIN);
    builder.owner(ANNA, &[&shop]);
    let server = builder.start().await;
    let resident_mb = || {
        let status = std::fs::read_to_string(format!("/proc/{}/status", server.process_id())).expect("Linux");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a line");
        line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") / 1024
    };
    let guess = async |n: usize| {
        let wrong = [("email", &*format!("owner{n}@shop.example")), ("password", "a wrong password")];
        server.call("POST", "/sign-in").from_our_page().form(&wrong).await.status
    };
    assert_eq!(guess(0).await, 422, "what is made once is there");
    let before_mb = resident_mb();
    for wave in 1..=8 {
        futures_util::future::join_all((0..10).map(|n| guess(wave * 10 + n))).await;
    }
    let after_mb = resident_mb();
    assert!(after_mb <= before_mb + 20, "{before_mb} MB before eighty sign-ins, {after_mb} MB after them");
}
