//! The main story, end to end: paste, open, say what is wrong, get a receipt; and the owner reads exactly that.

use tests::house::{Ground, House, Shop};
use tests::street::{Page, Street};
use tests::visitor::Visitor;

const ANNA: &str = "anna@kilnandkettle.example";

/// A shop with the tag on its front page, and its collector.
async fn shop() -> (Street, House, Shop) {
    let street = Street::open().await;
    let ground = Ground::new();
    let shop = ground.shop("Kiln & Kettle", &street.origin);
    ground.owner(ANNA, &[&shop]);
    let house = ground.open().await;
    street.put("/", Page::new().with(&shop.tag));
    (street, house, shop)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_complaint_reaches_the_owner_word_for_word() {
    let (street, house, _) = shop().await;
    let words = "The bowl arrived in two pieces. <b>Sad</b> & \"late\" ü 李雷";
    let visitor = Visitor::arrives().await;
    visitor.goes_to(&street.at("/?token=SECRET#top")).await;
    assert_eq!(visitor.sees_the_launcher().await, "Tell Anna how it’s going");
    visitor.opens_the_launcher().await;
    visitor.sees_the_widget_in_charge().await;
    visitor.taps("Not okay").await;
    visitor.sees("What went wrong?").await;
    visitor.taps("Arrived broken").await;
    visitor.types("In your own words", words).await;
    visitor.types("E-mail", "marta@posteo.example").await;
    visitor.types("Order number", "1042").await;
    visitor.taps("Send to Anna").await;
    visitor.sees("Thank you, I have it.").await;
    visitor.takes_a_picture("sent.png").await;
    let receipt = visitor.reads_the_receipt().await;
    visitor.sees("I’ll write to marta@posteo.example.").await;
    visitor.leaves().await;

    let owner = house.owner(ANNA).await;
    let rows = owner.responses().await;
    assert_eq!(rows.len(), 1, "{rows:?}");
    let row = &rows[0];
    assert_eq!(row["comment"], words);
    assert_eq!((row["receipt"].as_str(), row["rating"].as_str()), (receipt.as_str(), "1"));
    assert_eq!((row["email"].as_str(), row["order"].as_str()), ("marta@posteo.example", "1042"));
    assert_eq!((row["page"].as_str(), row["page_title"].as_str()), ("/", "Tidal glaze bowl"));
    assert_eq!(row["reasons"], "Arrived broken");
    assert_eq!(row["moment"], "any_time");
}
