//! Each field of what the widget sends arrives where an owner can read it: a field that one side forgets is lost in silence.

use shared::ids::Secret;
use shared::moment::Moment;
use shared::rating::Scale;
use shared::wire::{NewResponse, ResponseChange, WirePage};
use testkit::requests::Visit;
use testkit::test_server::TestServer;

const ANNA: &str = "anna@kilnandkettle.example";

#[tokio::test]
async fn every_field_of_a_response_and_of_its_change_reaches_the_owner() {
    let (server, shop) = TestServer::with_a_shop().await;
    let (id, secret) = (Visit::to(&shop).id, Secret::from_bytes(&[7; 32]).reveal().to_owned());
    // Written out field by field, so that a new one does not compile until this test names it.
    let new = NewResponse {
        id: id.clone(),
        secret: secret.clone(),
        shop: shop.key.clone(),
        moment: Moment::AfterCheckout,
        scale: Scale::FiveFaces,
        rating: 2,
        reasons: Some(vec!["delivery".to_owned(), "arrived_broken".to_owned()]),
        comment: Some("The lid does not fit.".to_owned()),
        email: Some("marta@posteo.example".to_owned()),
        wants_reply: Some(true),
        order: Some("1042".to_owned()),
        page: Some(WirePage { url: "/thanks".to_owned(), title: "Thank you".to_owned() }),
        language: Some("de".to_owned()),
        product: Some("Tidal glaze bowl".to_owned()),
    };
    let sent = serde_json::to_value(&new).expect("it can be written");
    assert_eq!(server.respond(&sent).await.status, 201);
    let owner = server.owner(ANNA).await;
    let file = async || owner.get(&format!("/inbox/{id}/export.json")).await.json();
    let kept = file().await;
    for (name, value) in [
        ("asked", &sent["moment"]),
        ("rating", &sent["rating"]),
        ("reasons", &sent["reasons"]),
        ("words", &sent["comment"]),
        ("email", &sent["email"]),
        ("would_like_an_answer", &sent["wants_reply"]),
        ("order", &sent["order"]),
        ("language", &sent["language"]),
        ("product", &sent["product"]),
    ] {
        assert!(!value.is_null() && kept[name] == *value, "{name}: {kept}");
    }
    assert_eq!(
        (&kept["page"]["path"], &kept["page"]["title"]),
        (&sent["page"]["url"], &sent["page"]["title"])
    );
    let row = &owner.responses().await[0];
    assert_eq!(row["scale"], "five_faces");
    assert_eq!([&row["id"], &row["product"], &row["order"]], [&id, "Tidal glaze bowl", "1042"]);

    let change = ResponseChange {
        secret,
        shop: shop.key.clone(),
        rating: Some(1),
        reasons: Some(vec!["delivery".to_owned()]),
        comment: Some("Neither lid fits.".to_owned()),
        email: Some("m@posteo.example".to_owned()),
        wants_reply: Some(true),
        order: Some("1043".to_owned()),
    };
    let sent = serde_json::to_value(&change).expect("it can be written");
    assert_eq!(server.complete(&id, &sent).await.status, 200);
    let kept = file().await;
    for (name, value) in [
        ("rating", &sent["rating"]),
        ("reasons", &sent["reasons"]),
        ("words", &sent["comment"]),
        ("email", &sent["email"]),
        ("order", &sent["order"]),
    ] {
        assert!(!value.is_null() && kept[name] == *value, "{name} after the change: {kept}");
    }
    assert_eq!(kept["product"], "Tidal glaze bowl", "what a change does not name stays");
}
