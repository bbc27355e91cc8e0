//! The inbox in front of people: it follows what happens, and takes nothing out of their hands.

use crate::shop_fixture::{ANNA, TestShop};
use serde_json::{Value, json};
use testkit::browser::BrowserProfile;
use testkit::requests::Visit;
use testkit::visitor::Visitor;
use testkit::wait::until;
use thirtyfour::Key;

const BEN: &str = "ben@kilnandkettle.example";

/// A member of the shop opens a page of the inbox.
async fn opens(shop: &TestShop, person: &str, profiles: &[BrowserProfile], path: &str) -> Visitor {
    let visitor = Visitor::with(profiles).await;
    visitor.signs_in(&shop.server, person).await;
    visitor.goes_to(&format!("{}{path}", shop.server.url)).await;
    visitor
}

/// A visitor complains, without a browser.
async fn complains(shop: &TestShop, words: &str) -> String {
    let visit = Visit::to(&shop.fixture);
    assert_eq!(shop.server.respond(&visit.says(1, words)).await.status, 201);
    visit.id
}

/// Waits until a script in the page finds this.
async fn finds(visitor: &Visitor, what: &str, script: &str, wanted: Value) {
    until(what, || async {
        let found = visitor.script(script).await;
        if found == wanted { Ok(()) } else { Err(found) }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_complaint_appears_by_itself_and_takes_nothing_out_of_annas_hands() {
    let shop = TestShop::new().await;
    let first = complains(&shop, "The bowl is cracked.").await;
    let anna = opens(&shop, ANNA, &[], &format!("/inbox/{first}")).await;
    anna.sees("One person is waiting").await;
    anna.types("Your words", "Half a sentence").await;

    let visitor = Visitor::arrives().await;
    visitor.goes_to(&shop.at("/")).await;
    visitor.opens_the_launcher().await;
    visitor.sees_the_widget_in_charge().await;
    visitor.taps("Not okay").await;
    visitor.types("In your own words", "<b>The spout</b> drips.").await;
    visitor.taps("Send to Anna").await;
    visitor.reads_the_receipt().await;
    visitor.leaves().await;

    anna.sees("<b>The spout</b> drips.").await;
    anna.sees("Two people are waiting").await;
    finds(&anna, "the title counts", "return document.title.startsWith('(2) ')", json!(true)).await;
    assert_eq!(anna.reads_the_field("Your words").await, "Half a sentence");
    assert!(anna.focus().await.starts_with("textarea#words"), "{}", anna.focus().await);
    anna.takes_a_picture("inbox.png").await;
    anna.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_half_written_is_there_again_until_it_is_sent() {
    let shop = TestShop::new().await;
    let (first, second) = (complains(&shop, "The bowl is cracked.").await, complains(&shop, "No lid.").await);
    let anna = opens(&shop, ANNA, &[], &format!("/inbox/{first}")).await;
    anna.types("Your words", "I look into").await;
    anna.goes_to(&format!("{}/inbox/{second}", shop.server.url)).await;
    assert_eq!(anna.reads_the_field("Your words").await, "", "each conversation has its own");
    anna.goes_to(&format!("{}/inbox/{first}", shop.server.url)).await;
    anna.types("Your words", " it today.").await;
    anna.presses_together(&[Key::Control, Key::Enter]).await;
    anna.sees("Your answer is on its way.").await;
    assert_eq!(anna.reads_the_field("Your words").await, "");
    finds(
        &anna,
        "it stands in the conversation",
        "return [...document.querySelectorAll('.message--ours p')].map((p) => p.textContent)",
        json!(["I look into it today."]),
    )
    .await;
    anna.reloads().await;
    assert_eq!(anna.reads_the_field("Your words").await, "");
    anna.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_write_at_once_see_each_other_and_the_second_loses_no_word() {
    let shop = TestShop::of(&[ANNA, BEN]).await;
    let id = complains(&shop, "Where is my parcel?").await;
    let path = format!("/inbox/{id}");
    let (anna, ben) = (opens(&shop, ANNA, &[], &path).await, opens(&shop, BEN, &[], &path).await);
    anna.sees("has this open, too").await;
    anna.types("Your words", "It is at the depot.").await;
    ben.types("Your words", "I have no idea.").await;
    ben.sees("is writing").await;
    anna.taps("Send answer").await;
    ben.sees("It is at the depot.").await;
    ben.sees("Somebody else has just answered.").await;
    // Who does not look is stopped.
    let mut ben = ben;
    ben.expects_on_the_console("409");
    ben.taps("Send answer").await;
    ben.sees("Somebody else has answered meanwhile.").await;
    assert_eq!(ben.reads_the_field("Your words").await, "I have no idea.");
    ben.is_at(&path).await;
    ben.taps("Send answer").await;
    ben.sees("Your answer is on its way.").await;
    anna.sees("I have no idea.").await;
    anna.leaves().await;
    ben.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hands_that_know_the_keys_need_no_mouse() {
    let shop = TestShop::new().await;
    let first = complains(&shop, "The bowl is cracked.").await;
    let second = complains(&shop, "No lid.").await;
    let anna = opens(&shop, ANNA, &[], "/inbox").await;
    anna.types_on("j").await;
    anna.is_at(&format!("/inbox/{first}")).await;
    anna.sees("The bowl is cracked.").await;
    anna.types_on("j").await;
    anna.is_at(&format!("/inbox/{second}")).await;
    anna.types_on("k").await;
    anna.is_at(&format!("/inbox/{first}")).await;
    anna.types_on("?").await;
    anna.sees("Without the mouse").await;
    anna.stumbles_over_nothing("the keys").await;
    anna.presses(&[Key::Escape]).await;
    anna.types_on("n").await;
    anna.types_on("jke? is what I write").await;
    assert_eq!(anna.reads_the_field("Your words").await, "jke? is what I write");
    anna.presses_together(&[Key::Control, Key::Enter]).await;
    anna.sees("Your note is kept.").await;
    anna.types_on("e").await;
    anna.sees("How did you put it right?").await;
    anna.stumbles_over_nothing("putting right").await;
    anna.takes_a_picture("inbox-put-right.png").await;
    anna.presses(&[Key::Escape]).await;
    finds(&anna, "it is closed", "return !document.querySelector('.popup[open]')", json!(true)).await;
    anna.types_on("x").await;
    anna.sees("For the chosen ones").await;
    anna.types_on("gs").await;
    anna.is_at("/summary").await;
    anna.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_speaks_to_their_computer_can_switch_single_keys_off() {
    let shop = TestShop::new().await;
    complains(&shop, "The bowl is cracked.").await;
    let anna = opens(&shop, ANNA, &[], "/inbox").await;
    anna.types_on("?").await;
    anna.taps("Single keys work").await;
    anna.taps("Close").await;
    anna.reloads().await;
    anna.types_on("?j").await;
    // The key that comes after has an effect, so the one before had time to have its own.
    anna.presses(&[Key::Tab]).await;
    let nothing = "return location.pathname + ' ' + document.getElementById('keys').open";
    assert_eq!(anna.script(nothing).await, json!("/inbox false"));
    anna.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_thumb_on_a_phone_is_enough_to_put_something_right() {
    let shop = TestShop::new().await;
    complains(&shop, "The bowl is cracked, and it was for my mother's birthday.").await;
    let anna = opens(&shop, ANNA, &[BrowserProfile::OnAPhone], "/inbox").await;
    anna.sees("One person is waiting").await;
    let fits = "return document.documentElement.scrollWidth <= innerWidth";
    assert_eq!(anna.script(fits).await, json!(true), "the list");
    anna.takes_a_picture("inbox-phone.png").await;
    anna.script("document.querySelector('.inbox-item a').click()").await;
    anna.sees("it was for my mother's birthday").await;
    assert_eq!(anna.script(fits).await, json!(true), "the conversation");
    let list = "return getComputedStyle(document.getElementById('list')).display";
    assert_eq!(anna.script(list).await, json!("none"), "one thing at a time");
    anna.types("Your words", "A new one leaves today.").await;
    anna.takes_a_picture("inbox-phone-thread.png").await;
    anna.taps("Put right …").await;
    anna.taps("Sent a new one").await;
    anna.taps("Broken on arrival").await;
    anna.takes_a_picture("inbox-phone-put-right.png").await;
    anna.taps("Mark as put right").await;
    anna.sees("Marked as put right.").await;
    anna.sees("A new one leaves today.").await;
    anna.taps("Details").await;
    anna.sees("Where it stands").await;
    assert_eq!(anna.script(fits).await, json!(true), "what is known");
    anna.taps("Back to the conversation").await;
    anna.taps("Back to the list").await;
    anna.sees("Everyone has an answer.").await;
    anna.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_script_a_complaint_is_answered_put_right_and_taken_back() {
    let shop = TestShop::new().await;
    let id = complains(&shop, "The bowl is cracked.").await;
    let spam = complains(&shop, "Cheap watches.").await;
    let anna = opens(&shop, ANNA, &[BrowserProfile::WithoutScript], &format!("/inbox/{id}")).await;
    anna.types("Your words", "I look into it.").await;
    anna.taps("Send answer").await;
    anna.sees("Your answer is on its way.").await;
    anna.taps("Note for the team").await;
    anna.types("Your words", "The kiln was too hot.").await;
    anna.taps("Keep note").await;
    anna.sees("only people of the shop see it").await;
    anna.taps("Put right …").await;
    anna.taps("Money back").await;
    anna.taps("Mark as put right").await;
    anna.sees("Why did it happen? Please choose one.").await;
    anna.taps("Late parcel").await;
    anna.taps("Mark as put right").await;
    anna.sees("Marked as put right.").await;
    anna.taps("Take it back").await;
    anna.sees("Taken back.").await;
    anna.goes_to(&format!("{}/inbox/{spam}", shop.server.url)).await;
    anna.taps("No answer needed …").await;
    anna.taps("Spam: they can write no more").await;
    anna.sees("set it aside: spam").await;
    anna.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn axe_finds_nothing_in_the_inbox() {
    for profiles in [&[][..], &[BrowserProfile::InTheDark], &[BrowserProfile::OnAPhone]] {
        let shop = TestShop::new().await;
        let anna = opens(&shop, ANNA, profiles, "/inbox").await;
        anna.sees("Everyone has an answer.").await;
        anna.stumbles_over_nothing("an empty inbox").await;
        let id = complains(&shop, "وصل الوعاء الأزرق مكسورًا، وكان هدية.").await;
        complains(&shop, "No lid.").await;
        anna.goes_to(&format!("{}/inbox#several", shop.server.url)).await;
        anna.stumbles_over_nothing(&format!("the list {profiles:?}")).await;
        anna.goes_to(&format!("{}/inbox/{id}", shop.server.url)).await;
        anna.types("Your words", "A new one leaves today.").await;
        anna.taps("Send answer").await;
        anna.sees("Your answer is on its way.").await;
        anna.stumbles_over_nothing(&format!("a conversation {profiles:?}")).await;
        anna.takes_a_picture(&format!("inbox-talk-{profiles:?}.png")).await;
        anna.leaves().await;
    }
}

/// Two hundred ways of making words more than words, from both sides and in every place of the owner's pages.
#[tokio::test(flavor = "multi_thread")]
async fn no_words_do_anything_in_the_inbox() {
    let shop = TestShop::new().await;
    let all = testkit::attack_strings::all();
    assert!(all.len() >= 200, "{}", all.len());
    let owner = shop.server.owner(ANNA).await;
    let mut said = Vec::new();
    for part in all.chunks(16) {
        let (words, visit) = (part.join("\n"), Visit::to(&shop.fixture));
        let mut body = visit.says(1, &words);
        body["order"] = json!(part[0].chars().take(60).collect::<String>());
        body["page"] = json!({ "url": "/x", "title": part[1].chars().take(190).collect::<String>() });
        let answer = shop.server.respond(&body).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        owner.does(&visit.id, "reply", &[("kind", "note"), ("words", &words)]).await;
        said.push((visit.id, words));
    }
    let saved = [("title", all[3].as_str()), ("words", all[2].as_str())];
    assert_eq!(owner.post("/settings/words", &saved).await.status, 303);
    let anna = opens(&shop, ANNA, &[], "/inbox").await;
    let unhurt = "return !document.title.includes('hurt') && document.querySelectorAll('main :is(script, style, iframe, \
        object, embed, base, meta, link, video, animate, set, [onerror], [onload], [onfocus], [href^=javascript])').length === 0";
    for (id, words) in &said {
        anna.goes_to(&format!("{}/inbox/{id}", shop.server.url)).await;
        let told =
            "return [...document.querySelectorAll('.message p, .internal-note p')].map((p) => p.textContent)";
        let expected = json!([words, format!("anna: {words}")]);
        until("it can be read as it was written", || async {
            let now = anna.script(told).await;
            let page = "return [location.href, document.readyState, document.body?.innerText]";
            if now == expected { Ok(()) } else { Err((now, anna.script(page).await)) }
        })
        .await;
        assert_eq!(anna.script(unhurt).await, json!(true), "{words}");
    }
    for path in ["/inbox", "/inbox?q=%22%3E%3Csvg%20onload%3Dalert(1)%3E", "/summary", "/responses"] {
        anna.goes_to(&format!("{}{path}", shop.server.url)).await;
        assert_eq!(anna.script(unhurt).await, json!(true), "{path}");
    }
    anna.leaves().await;
}
