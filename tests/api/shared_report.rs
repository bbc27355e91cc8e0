//! The numbers for a reader without an account: what they show, what they do not, and when they end.

use shared::ids::Secret;
use testkit::owner_session::OwnerSession;
use testkit::test_server::{TestServer, TestServerBuilder, printed};

const ANNA: &str = "anna@kilnandkettle.example";
const DAY_MS: i64 = 24 * 3_600_000;

/// A collector with a history.
async fn server() -> TestServer {
    let builder = TestServerBuilder::new();
    builder.owner(ANNA, &[]);
    printed(&builder.tableside(&["demo", "seed", "--responses", "1200", "--days", "60", "--seed", "3"], ""));
    builder.start().await
}

/// Makes a link; gives back its path.
async fn link(owner: &OwnerSession<'_>, server: &TestServer, n: u8, days: &str) -> String {
    let secret = Secret::from_bytes(&[n; 32]);
    let form = [("secret", secret.reveal()), ("label", "The board"), ("days", days)];
    let page = owner.post("/settings/people/board", &form).await;
    assert_eq!(page.status, 200, "{}", page.text());
    let page = page.text();
    let url = page.split_once("id=\"board-link\">").and_then(|(_, rest)| rest.split_once('<'));
    let url = url.expect("the link is shown").0.to_owned();
    assert!(url.ends_with(secret.reveal()), "{url}");
    url.strip_prefix(&server.url).expect("it leads to us").to_owned()
}

#[tokio::test]
async fn the_shared_report_shows_numbers_no_words_and_nothing_to_press() {
    let server = server().await;
    let owner = server.owner(ANNA).await;
    let path = link(&owner, &server, 1, "30").await;
    let (board, summary) = (server.get(&path).await, owner.get("/summary").await.text());
    assert_eq!(board.status, 200, "{}", board.text());
    assert_eq!(board.header("cache-control"), "no-store");
    let board = board.text();
    let part = |page: &str, from: &str, to: &str| {
        let part = page.split_once(from).and_then(|(_, rest)| rest.split_once(to));
        part.map(|(part, _)| part.to_owned()).unwrap_or_else(|| panic!("no {from}: {page}"))
    };
    let strip = |page: &str| part(page, "<dl class=\"key-figures\">", "</dl>");
    assert_eq!(strip(&board), strip(&summary), "the same numbers as on the summary");
    for id in ["h-trend", "h-dist", "h-fun", "h-reply", "h-cause", "h-wom", "h-by", "h-week"] {
        assert!(board.contains(&format!("id=\"{id}\"")), "{id} is missing");
    }
    for hidden in ["<form", "<button", "<script", "/responses", "/inbox", "/settings", "h-cm", "h-wait", "@"]
    {
        assert!(!board.contains(hidden), "{hidden} is on the board's page: {board}");
    }
    let words = part(&summary, "id=\"h-cm\"", "</section>");
    let words = part(&words, "</span>“", "”");
    assert!(summary.contains(&words) && !board.contains(&words), "{words}");
    // Other days, by links alone.
    let week = server.get(&format!("{path}?days=7")).await.text();
    assert_ne!(strip(&week), strip(&board));
    assert_eq!(strip(&server.get(&format!("{path}?days=8")).await.text()), strip(&board));
}

#[tokio::test]
async fn a_link_is_shown_once_ends_by_itself_and_can_be_ended() {
    let server = server().await;
    let owner = server.owner(ANNA).await;
    let (week, year) = (link(&owner, &server, 1, "7").await, link(&owner, &server, 2, "365").await);
    assert_eq!(link(&owner, &server, 2, "365").await, year, "sent twice, it is one link");
    let settings = owner.get("/settings/people").await.text();
    assert_eq!(settings.matches("name=\"link\"").count(), 2, "{settings}");
    let secret = year.rsplit('.').next().expect("a secret");
    assert!(!settings.contains(secret), "it is shown only when it is made");
    assert_eq!((server.get(&week).await.status, server.get(&year).await.status), (200, 200));
    server.turn_the_clock(7 * DAY_MS);
    let (over, never) = (server.get(&week).await, server.get(&year.replace(secret, &"A".repeat(43))).await);
    assert_eq!((over.status, over.text()), (404, never.text()), "one cannot tell them apart");
    assert_eq!(server.get(&year).await.status, 200);
    let owner = server.owner(ANNA).await;
    let settings = owner.get("/settings/people").await.text();
    let name = settings.split_once("name=\"link\" value=\"").and_then(|(_, rest)| rest.split_once('"'));
    let name = name.expect("the one that is left").0;
    assert_eq!(owner.post("/settings/people/board/end", &[("link", name)]).await.status, 303);
    let ended = server.get(&year).await;
    assert_eq!((ended.status, ended.text()), (404, never.text()));
    assert!(!owner.get("/settings/people").await.text().contains("name=\"link\""));
}

#[tokio::test]
async fn what_is_not_right_about_a_link_is_said_and_there_are_at_most_twenty() {
    let server = server().await;
    let owner = server.owner(ANNA).await;
    let secret = Secret::from_bytes(&[9; 32]);
    let form = [("secret", secret.reveal()), ("label", "Bank"), ("days", "never")];
    let page = owner.post("/settings/people/board", &form).await;
    assert_eq!(page.status, 422);
    let page = page.text();
    assert!(
        page.contains("Please choose for how long it works.") && page.contains("value=\"Bank\""),
        "{page}"
    );
    for n in 0..20 {
        link(&owner, &server, n + 10, "7").await;
    }
    let form = [("secret", secret.reveal()), ("label", "Bank"), ("days", "7")];
    let page = owner.post("/settings/people/board", &form).await;
    assert_eq!(page.status, 422);
    assert!(page.text().contains("There are 20 links already."), "{}", page.text());
}
