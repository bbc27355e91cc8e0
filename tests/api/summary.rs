//! The summary page: its numbers are those of a hand calculation, and behind each stand the people it counts.

use serde_json::json;
use testkit::clock;
use testkit::owner_session::{OwnerSession, rows};
use testkit::requests::{Visit, with};
use testkit::test_server::{TestServer, TestServerBuilder, printed};
use testkit::wait::until;

const ANNA: &str = "anna@kilnandkettle.example";
const MINUTE_MS: i64 = 60_000;

/// What stands between two texts, the first time.
fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<(&'a str, &'a str)> {
    text.split_once(before)?.1.split_once(after)
}

/// The big numbers on top of the page, by name: value and unit.
fn strip(page: &str) -> Vec<(String, String)> {
    let mut rest = page;
    let mut all = Vec::new();
    while let Some((name, after)) = between(rest, "<div><dt>", "</dt><dd class=\"key-figures__value\">") {
        let (value, after) = after.split_once("</dd>").expect("a value ends");
        let value =
            value.replace("<bdi>", "").replace("</bdi>", "").replace("<small>", "").replace("</small>", "");
        all.push((name.to_owned(), value.replace('\u{a0}', " ")));
        rest = after;
    }
    all
}

/// Links into the list of responses in this part of the page, each with the number that comes after it.
fn links(part: &str, before_number: &str) -> Vec<(String, u64)> {
    let mut rest = part;
    let mut all = Vec::new();
    while let Some((query, after)) = between(rest, "href=\"/responses?", "\"") {
        let (_, after) = after.split_once("</a>").expect("a link ends");
        let (number, after) = between(after, before_number, "</").expect("a number comes after it");
        let number = number.split("<").next().unwrap_or_default().replace(',', "");
        all.push((query.replace("&#38;", "&").replace("&amp;", "&"), number.parse().expect(&number)));
        rest = after;
    }
    all
}

/// How many responses stand behind a link.
async fn behind(owner: &OwnerSession<'_>, query: &str) -> u64 {
    rows(&owner.get(&format!("/responses.csv?{query}")).await).len() as u64
}

#[tokio::test]
async fn behind_each_number_stand_the_people_it_counts() {
    let builder = TestServerBuilder::new();
    builder.owner(ANNA, &[]);
    printed(&builder.tableside(&["demo", "seed", "--responses", "1500", "--days", "60", "--seed", "5"], ""));
    let server = builder.start().await;
    let owner = server.owner(ANNA).await;
    for period in ["days=90", "days=30"] {
        let page = owner.get(&format!("/summary?{period}")).await.text();
        let part = |id: &str| between(&page, id, "</section>").unwrap_or_else(|| panic!("no {id}: {page}")).0;
        let funnel = links(part("id=\"h-fun\""), "<b class=\"tabular\">");
        let causes = links(part("id=\"h-cause\""), "</td><td>");
        let hours = links(part("id=\"h-week\""), "<td>");
        let parts = part("id=\"h-by\"");
        // The second of two numbers: the first is the share.
        let parts = links(&parts.replace("</bdi></td><td>", "</bdi></td><i>"), "<i>");
        assert_eq!((funnel.len(), causes.len() > 3, hours.len() > 9, parts.len() > 9), (7, true, true, true));
        for (query, number) in funnel.iter().chain(&causes).chain(hours.iter().take(12)).chain(&parts) {
            assert_eq!(behind(&owner, query).await, *number, "{query}");
        }
        assert!(funnel[0].1 >= funnel[1].1 && funnel[1].1 >= funnel[2].1, "a funnel narrows: {funnel:?}");
        let all: u64 = hours.iter().map(|(_, n)| n).sum();
        let (from, to) =
            funnel[0].0.split_once("from=").expect("a period").1.split_once("&to=").expect("a period");
        assert_eq!(behind(&owner, &format!("felt=not_happy&from={from}&to={to}")).await, all);
    }
}

/// Six complain; five are answered, three after half an hour and two after two hours; four are put right, of whom two say
/// that it is okay and one that it is not.
#[tokio::test]
async fn what_became_of_complaints_is_told_as_it_was() {
    let (server, shop) = TestServer::with_a_shop().await;
    let owner = server.owner(ANNA).await;
    let always = [("day", "0–24"); 7];
    assert_eq!(owner.post("/settings/hours", &always).await.status, 303);
    let unhappy: Vec<Visit> = (0..6).map(|_| Visit::to(&shop)).collect();
    for visit in &unhappy {
        assert_eq!(server.respond(&visit.says(1, "It came broken.")).await.status, 201);
    }
    for _ in 0..34 {
        assert_eq!(server.respond(&Visit::to(&shop).rates(5)).await.status, 201);
    }
    server.turn_the_clock(30 * MINUTE_MS);
    for visit in &unhappy[..3] {
        owner.answers(&visit.id, "I am so sorry.").await;
    }
    server.turn_the_clock(90 * MINUTE_MS);
    for visit in &unhappy[3..5] {
        owner.answers(&visit.id, "I am so sorry.").await;
    }
    for visit in &unhappy[..4] {
        owner.puts_right(&visit.id, "").await;
    }
    for (visit, okay) in unhappy.iter().zip([true, true, false]) {
        assert_eq!(server.decide(visit, okay).await.status, 200);
    }
    let page = until("the first replies are reckoned", || async {
        let page = owner.get("/summary?days=7").await.text().replace('\u{a0}', " ");
        if page.contains("Half within <b>30 min</b>, nine of ten within <b>2 h 02</b>") {
            Ok(page)
        } else {
            Err(page)
        }
    })
    .await;
    assert!(page.contains("Of six who complained, two were won back."), "{page}");
    let strip = strip(&page);
    let value = |name: &str| strip.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
    assert_eq!((value("Happy"), value("Answers")), (Some("85 %"), Some("40")));
    assert_eq!((value("Won back"), value("Your first answer")), (Some("2 of 6"), Some("30 min")));
    let funnel = between(&page, "id=\"h-fun\"", "</section>").expect("a funnel").0;
    let numbers: Vec<u64> = links(funnel, "<b class=\"tabular\">").into_iter().map(|(_, n)| n).collect();
    assert_eq!(numbers, [6, 5, 4, 0, 2, 1, 0]);
    let causes = between(&page, "id=\"h-cause\"", "</section>").expect("causes").0;
    assert!(causes.contains("Broken on arrival") && causes.contains("<td>4</td><td>2</td>"), "{causes}");
    for said in
        ["80 to 120</b> people", "40 to 60</b> probably won’t", "238 to 340</b> may hear something good"]
    {
        assert!(page.contains(said), "{said}: {page}");
    }
    // The shop's own rule of thumb.
    let rule = [("unhappy_from", "1"), ("unhappy_to", "2"), ("delighted_from", "0"), ("delighted_to", "1")];
    assert_eq!(owner.post("/settings/mouth", &rule).await.status, 303);
    let page = owner.get("/summary?days=7").await.text();
    assert!(page.contains("4 to 8</b> people") && page.contains("0 to 34</b> may hear"), "{page}");
    let wrong = [("unhappy_from", "9"), ("unhappy_to", "2"), ("delighted_from", "0"), ("delighted_to", "1")];
    let refused = owner.post("/settings/mouth", &wrong).await;
    assert!(refused.status == 422 && refused.text().contains("This is less than the number before."));
}

/// East and west of Greenwich, and across the hour that comes twice and the hour that does not come: a day is the shop's
/// own. Six answers fall on the day, five on the next.
#[tokio::test]
async fn a_day_is_the_shops_own_day_in_any_zone_and_whatever_the_clocks_do() {
    for (zone, day, next, instants) in [
        // Clocks go back from 3:00 to 2:00 at 14:00Z on the 3rd.
        (
            "Pacific/Auckland",
            "2027-04-04",
            "2027-04-05",
            ["2027-04-03T11:10:00Z", "2027-04-03T13:30:00Z", "2027-04-03T14:30:00Z", "2027-04-04T11:50:00Z"],
        ),
        // Clocks go forward from 2:00 to 3:00 at 10:00Z on the 14th.
        (
            "America/Los_Angeles",
            "2028-03-12",
            "2028-03-13",
            ["2028-03-12T08:10:00Z", "2028-03-12T09:50:00Z", "2028-03-12T10:10:00Z", "2028-03-13T06:50:00Z"],
        ),
    ] {
        let (server, shop) = TestServer::with_a_shop().await;
        let about = [("shop_name", "Kiln"), ("time_zone", zone), ("fallback_email", "")];
        assert_eq!(server.owner(ANNA).await.post("/settings/shop", &about).await.status, 303);
        // What a shop's zone is, is remembered for two seconds.
        let mut now_ms = clock::now_ms();
        let at = |text: &str| text.parse::<jiff::Timestamp>().expect("an instant").as_millisecond();
        let send = async |n: usize| {
            for _ in 0..n {
                assert_eq!(server.respond(&Visit::to(&shop).rates(5)).await.status, 201);
            }
        };
        for (instant, n) in instants.into_iter().zip([1, 2, 1, 2]) {
            server.turn_the_clock(at(instant) - now_ms);
            now_ms = at(instant);
            send(n).await;
        }
        server.turn_the_clock(15 * MINUTE_MS);
        send(5).await;
        let owner = server.owner(ANNA).await;
        for (day, answers) in [(day, 6), (next, 5)] {
            let page = owner.get(&format!("/summary?from={day}&to={day}")).await.text();
            assert!(
                strip(&page).contains(&("Answers".to_owned(), answers.to_string())),
                "{zone} {day}: {page}"
            );
            assert_eq!(behind(&owner, &format!("from={day}&to={day}")).await, answers, "{zone} {day}");
        }
    }
}

#[tokio::test]
async fn days_that_cannot_be_shown_are_said() {
    let (server, shop) = TestServer::with_a_shop().await;
    server.respond(&Visit::to(&shop).rates(5)).await;
    let owner = server.owner(ANNA).await;
    for (query, says) in [
        ("from=2023-02-02&to=2023-02-01", "The first day is after the last."),
        ("from=2020-01-01&to=2024-01-01", "At most two years fit on a page."),
        ("from=2024-01-01&to=2999-01-01", "The last day is still to come."),
        ("from=%3Cb%3E&to=", "Please choose two days"),
    ] {
        let page = owner.get(&format!("/summary?{query}")).await;
        assert!(page.status == 200 && page.text().contains(says), "{query}: {}", page.text());
    }
}

#[tokio::test]
async fn who_was_asked_is_counted_and_nothing_else_is_taken_for_it() {
    let (server, shop) = TestServer::with_a_shop().await;
    let owner = server.owner(ANNA).await;
    let tell = |moment: &str, what: &str| {
        let body = json!({ "shop": shop.key, "moment": moment, "what": what });
        server.call("POST", "/v1/check-ins").from_our_page().json(&body)
    };
    for what in ["shown"; 50].into_iter().chain(["dismissed"; 10]) {
        assert_eq!(tell("mid_journey", what).await.status, 204);
    }
    for (moment, what) in [("any_time", "shown"), ("mid_journey", "answered"), ("noon", "shown")] {
        assert_eq!(tell(moment, what).await.status, 400, "{moment} {what}");
    }
    let nobody = json!({ "shop": "nosuchshop", "moment": "mid_journey", "what": "shown" });
    assert_eq!(server.call("POST", "/v1/check-ins").from_our_page().json(&nobody).await.status, 404);
    for _ in 0..30 {
        let asked = with(Visit::to(&shop).rates(5), "moment", "mid_journey");
        assert_eq!(server.respond(&asked).await.status, 201);
    }
    until("what was heard is written down", || async {
        let page = owner.get("/summary").await.text().replace('\u{a0}', " ");
        let says = ["the 50 we asked?", "<dd>30 (60 %)</dd>", "<dd>10 (20 %)</dd>"];
        if says.iter().all(|said| page.contains(said)) { Ok(()) } else { Err(page) }
    })
    .await;
}

/// Twelve of forty complained that it came broken; then the boxes were changed, and of forty none did.
#[tokio::test]
async fn what_was_changed_is_compared_with_how_it_was_before() {
    const DAY_MS: i64 = 86_400_000;
    let (server, shop) = TestServer::with_a_shop().await;
    let unhappy: Vec<Visit> = (0..12).map(|_| Visit::to(&shop)).collect();
    for visit in &unhappy {
        server.respond(&visit.says(1, "It came broken.")).await.json();
    }
    for _ in 0..28 {
        server.respond(&Visit::to(&shop).rates(5)).await.json();
    }
    let owner = server.owner(ANNA).await;
    for visit in &unhappy {
        owner.puts_right(&visit.id, "I am so sorry.").await;
    }
    server.turn_the_clock(2 * DAY_MS);
    for _ in 0..40 {
        server.respond(&Visit::to(&shop).rates(5)).await.json();
    }
    let now_ms = clock::now_ms();
    let day = |days: i64| {
        let at = jiff::Timestamp::from_millisecond(now_ms + days * DAY_MS).expect("an instant");
        at.strftime("%Y-%m-%d").to_string()
    };
    let changed = |day: &str, words: &str| {
        owner.post("/summary/markers", &[("day", day), ("cause", "broken_on_arrival"), ("words", words)])
    };
    let refused = changed(&day(9), "Better <boxes>").await;
    let page = refused.text();
    assert_eq!(refused.status, 422);
    assert!(page.contains("That day is still to come.") && page.contains("Better &#60;boxes&#62;"), "{page}");
    assert_eq!(changed(&day(1), "Better <boxes>").await.status, 303);
    let page = owner.get("/summary?days=7").await.text();
    for said in [
        "Better &#60;boxes&#62;",
        "12 of 40 answers before, 0 of 40 answers since",
        "Tell the 12 who complained of it",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert!(page.contains("That worked."), "{page}");
    let (marker, _) = between(&page, "name=\"marker\" value=\"", "\"").expect("it can be removed");
    // A word to each of them, once; but not to those who wait for a reply of their own.
    assert_eq!(server.decide(&unhappy[0], false).await.status, 200);
    let tell = format!("/summary/markers/{marker}");
    assert!(page.contains(&tell), "{page}");
    let form = owner.get(&tell).await.text();
    let (query, _) = between(&form, "href=\"/responses?", "\"").expect("who they are");
    assert_eq!(behind(&owner, &query.replace("&#38;", "&")).await, 12);
    for said in ["11 people, each in their own conversation. One more still waits", "Send to 11"] {
        assert!(form.contains(said), "{said}: {form}");
    }
    let say = |words: &str| owner.post(&tell, &[("words", words)]);
    let refused = say("  ").await;
    assert!(refused.status == 422 && refused.text().contains("There are no words in it yet."));
    for (words, told) in [("We have new boxes.", 11), ("We have new boxes.", 11), ("Other words.", 0)] {
        let answer = say(words).await;
        assert_eq!(answer.header("location"), format!("/summary?told={told}#h-trend"), "{words}");
    }
    for (n, visit) in unhappy.iter().enumerate() {
        let talk = server.reads(visit).await.to_string();
        let heard = [talk.matches("We have new boxes.").count(), talk.matches("Other words.").count()];
        assert_eq!(heard, [usize::from(n > 0), 0], "{n}: {talk}");
    }
    assert!(owner.get("/summary?told=11").await.text().contains("11 people were told."));
    // By mistake; and only their own.
    assert_eq!(owner.post("/summary/markers/remove", &[("marker", marker)]).await.status, 303);
    assert!(!owner.get("/summary?days=7").await.text().contains("Better &#60;boxes"));
}

#[tokio::test]
async fn where_more_complained_than_are_told_at_once_it_says_who_is() {
    let builder = TestServerBuilder::new();
    builder.owner(ANNA, &[]);
    printed(&builder.tableside(&["demo", "seed", "--responses", "24000", "--days", "60", "--seed", "8"], ""));
    let server = builder.start().await;
    let owner = server.owner(ANNA).await;
    let now = jiff::Timestamp::from_millisecond(clock::now_ms()).expect("this century");
    let then = now - jiff::SignedDuration::from_hours(30 * 24);
    let day = then.strftime("%Y-%m-%d").to_string();
    for (cause, is_all) in [("late_parcel", false), ("wrong_item", true)] {
        let fields = [("day", day.as_str()), ("cause", cause), ("words", "Another carrier")];
        assert_eq!(owner.post("/summary/markers", &fields).await.status, 303);
        let page = owner.get("/summary?days=90").await.text();
        let (marker, _) = between(&page, "name=\"marker\" value=\"", "\"").expect("it can be removed");
        let form = owner.get(&format!("/summary/markers/{marker}")).await.text();
        let (query, _) = between(&form, "href=\"/responses?", "\"").expect("who they are");
        assert_eq!(behind(&owner, &query.replace("&#38;", "&")).await <= 500, is_all, "{cause}");
        assert_eq!(!form.contains("Only the newest 500 who complained are told."), is_all, "{form}");
        assert_eq!(owner.post("/summary/markers/remove", &[("marker", marker)]).await.status, 303);
    }
}

#[tokio::test]
async fn all_shops_together_are_the_sum_of_each() {
    let builder = TestServerBuilder::new();
    builder.owner(ANNA, &[]);
    let seed = ["demo", "seed", "--responses", "2400", "--days", "60", "--shops", "3", "--seed", "4"];
    printed(&builder.tableside(&seed, ""));
    let server = builder.start().await;
    let owner = server.owner(ANNA).await;
    let number = |text: &str| text.replace(',', "").parse::<u64>().unwrap_or_else(|_| panic!("{text}"));
    // Answers, won back, and of how many who complained.
    let numbers = |page: &str| {
        let strip = strip(page);
        let value = |name: &str| strip.iter().find(|(n, _)| n == name).expect(name).1.clone();
        let (won, of) = {
            let value = value("Won back");
            let (won, of) = value.split_once(" of ").expect("of how many");
            (number(won.trim()), number(of.trim()))
        };
        [number(value("Answers").trim()), won, of]
    };
    let all = owner.get("/shops?days=30").await;
    assert_eq!(all.status, 200);
    let all = all.text();
    let table = between(&all, "id=\"h-shops\"", "</table>").expect("shop by shop").0.to_owned();
    let mut rest = table.as_str();
    let (mut sum, mut shops) = ([0; 3], 0);
    while let Some((href, after)) = between(rest, "<a href=\"/summary?", "\"") {
        let page = owner.get(&format!("/summary?{}", href.replace("&#38;", "&"))).await.text();
        for (sum, n) in sum.iter_mut().zip(numbers(&page)) {
            *sum += n;
        }
        shops += 1;
        rest = after;
    }
    assert_eq!((shops, numbers(&all)), (3, sum));
    assert!(sum.iter().all(|n| *n > 0), "{sum:?}");
    let main = between(&all, "<main", "</main>").expect("the page").0;
    assert!(!main.contains("/responses?"), "whose responses they would be is not known here");
    let summary = owner.get("/summary").await.text();
    assert!(summary.contains("<a href=\"/shops\">All shops</a>"), "{summary}");
}
