//! The main story, end to end: paste, open, say what is wrong, get a receipt; and the owner reads exactly that.

use crate::shop_fixture::TestShop;
use testkit::host_site::HostPage;
use testkit::visitor::Visitor;

#[tokio::test(flavor = "multi_thread")]
async fn a_complaint_reaches_the_owner_word_for_word() {
    let shop = TestShop::new().await;
    let words = "The bowl arrived in two pieces. <b>Sad</b> & \"late\" ü 李雷";
    let visitor = Visitor::arrives().await;
    visitor.goes_to(&shop.at("/?token=SECRET#top")).await;
    assert_eq!(visitor.sees_the_launcher().await, "Tell Anna how it’s going");
    visitor.opens_the_launcher().await;
    visitor.sees_the_widget_in_charge().await;
    visitor.takes_a_picture("question.png").await;
    visitor.taps("Not okay").await;
    visitor.sees("What went wrong?").await;
    visitor.taps("Arrived broken").await;
    visitor.types("In your own words", words).await;
    visitor.types("E-mail", "marta@posteo.example").await;
    visitor.types("Order number", "1042").await;
    visitor.takes_a_picture("unhappy.png").await;
    visitor.taps("Send to Anna").await;
    visitor.sees("Thank you, I have it.").await;
    visitor.takes_a_picture("sent.png").await;
    let receipt = visitor.reads_the_receipt().await;
    visitor.sees("I’ll write to marta@posteo.example.").await;
    visitor.leaves().await;

    let row = shop.the_response().await;
    assert_eq!(row["comment"], words);
    assert_eq!((row["receipt"].as_str(), row["rating"].as_str()), (receipt.as_str(), "1"));
    assert_eq!((row["email"].as_str(), row["order"].as_str()), ("marta@posteo.example", "1042"));
    assert_eq!((row["page"].as_str(), row["page_title"].as_str()), ("/", "Tidal glaze bowl"));
    assert_eq!((row["reasons"].as_str(), row["moment"].as_str()), ("Arrived broken", "any_time"));
    assert_eq!((row["language"].as_str(), row["wants_reply"].as_str()), ("en", "yes"));
}

#[tokio::test(flavor = "multi_thread")]
async fn all_good_is_one_tap_and_done() {
    let shop = TestShop::new().await;
    let visitor = Visitor::arrives().await;
    visitor.goes_to(&shop.at("/")).await;
    visitor.opens_the_launcher().await;
    visitor.taps("All good").await;
    visitor.sees("Lovely, thank you.").await;
    visitor.leaves().await;
    let row = shop.the_response().await;
    assert_eq!((row["rating"].as_str(), row["comment"].as_str()), ("5", ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn so_so_may_say_what_would_have_been_better() {
    let shop = TestShop::new().await;
    let visitor = Visitor::arrives().await;
    visitor.goes_to(&shop.at("/")).await;
    visitor.opens_the_launcher().await;
    visitor.taps("So-so").await;
    visitor.sees("What would have made it better?").await;
    visitor.types("In your own words", "A photo of the bottom.").await;
    visitor.taps("Send to Anna").await;
    visitor.reads_the_receipt().await;
    visitor.leaves().await;
    let row = shop.the_response().await;
    assert_eq!((row["rating"].as_str(), row["comment"].as_str()), ("3", "A photo of the bottom."));
}

/// A rating that is never followed by words is an answer, too, and the most frequent one.
#[tokio::test(flavor = "multi_thread")]
async fn a_face_alone_is_stored_though_nothing_was_sent_after_it() {
    let shop = TestShop::new().await;
    let visitor = Visitor::arrives().await;
    visitor.goes_to(&shop.at("/")).await;
    visitor.opens_the_launcher().await;
    visitor.taps("Not okay").await;
    visitor.sees("What went wrong?").await;
    testkit::wait::until("the rating is stored", || async {
        let rows = shop.responses().await;
        if rows.len() == 1 && rows[0]["rating"] == "1" { Ok(()) } else { Err(rows) }
    })
    .await;
    visitor.leaves().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_face_tapped_by_mistake_is_taken_back() {
    let shop = TestShop::new().await;
    let visitor = Visitor::arrives().await;
    visitor.goes_to(&shop.at("/")).await;
    visitor.opens_the_launcher().await;
    visitor.sees_the_widget_in_charge().await;
    visitor.taps("All good").await;
    visitor.taps("Tapped by mistake?").await;
    visitor.sees("Is everything okay so far?").await;
    visitor.taps("Not okay").await;
    visitor.types("In your own words", "My thumb slipped.").await;
    visitor.taps("Send to Anna").await;
    visitor.reads_the_receipt().await;
    visitor.leaves().await;
    let row = shop.the_response().await;
    assert_eq!((row["rating"].as_str(), row["comment"].as_str()), ("1", "My thumb slipped."));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_was_cut_off_is_noticed_and_nothing_is_lost() {
    let shop = TestShop::new().await;
    let visitor = Visitor::arrives().await;
    visitor.goes_to(&shop.at("/")).await;
    visitor.opens_the_launcher().await;
    visitor.sees_the_widget_in_charge().await;
    visitor.taps("Not okay").await;
    visitor.types("In your own words", "Too slow.").await;
    visitor.types("E-mail", "marta@posteo").await;
    visitor.taps("Send to Anna").await;
    visitor.sees("Is there something missing after “posteo”?").await;
    assert_eq!(visitor.reads_the_field("In your own words").await, "Too slow.");
    visitor.types("E-mail", ".example").await;
    visitor.taps("Send to Anna").await;
    visitor.reads_the_receipt().await;
    visitor.leaves().await;
    let row = shop.the_response().await;
    assert_eq!((row["email"].as_str(), row["comment"].as_str()), ("marta@posteo.example", "Too slow."));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_german_page_is_asked_in_german() {
    let shop = TestShop::new().await;
    shop.page("/de", HostPage::new().lang("de-AT"));
    let visitor = Visitor::arrives().await;
    visitor.goes_to(&shop.at("/de")).await;
    assert_eq!(visitor.sees_the_launcher().await, "Sag Anna, wie es läuft");
    visitor.opens_the_launcher().await;
    visitor.sees("Ist bis hierher alles in Ordnung?").await;
    visitor.sees_the_widget_in_charge().await;
    visitor.taps("Nicht gut").await;
    visitor.sees("Was ist passiert?").await;
    visitor.types("In eigenen Worten", "Der Henkel ist ab.").await;
    visitor.taps("An Anna senden").await;
    visitor.sees("Danke, ich habe es.").await;
    visitor.leaves().await;
    let row = shop.the_response().await;
    assert_eq!((row["language"].as_str(), row["comment"].as_str()), ("de", "Der Henkel ist ab."));
}

#[tokio::test(flavor = "multi_thread")]
async fn five_faces_and_thumbs_are_asked_and_told_apart() {
    let shop = TestShop::new().await;
    for (scale, face) in [("five_faces", "Not okay"), ("thumbs", "Not quite")] {
        shop.sets(
            "/settings/look",
            &[("accent", "#1d5c45"), ("scale", scale), ("corner", "end"), ("theme", "auto")],
        )
        .await;
        let visitor = Visitor::arrives().await;
        visitor.goes_to(&shop.at("/")).await;
        visitor.opens_the_launcher().await;
        visitor.sees_the_widget_in_charge().await;
        visitor.takes_a_picture(&format!("{scale}.png")).await;
        visitor.taps(face).await;
        visitor.taps("Send to Anna").await;
        visitor.reads_the_receipt().await;
        visitor.leaves().await;
    }
    let mut told: Vec<(String, String)> =
        shop.responses().await.iter().map(|row| (row["scale"].clone(), row["rating"].clone())).collect();
    told.sort();
    let expected = [("five_faces", "2"), ("thumbs", "1")].map(|(s, r)| (s.to_owned(), r.to_owned()));
    assert_eq!(told, expected);
}
