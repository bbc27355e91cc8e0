//! The made-up history of the demo: it adds up like any other, and no mail of it is sent.

use testkit::test_server::{TestServerBuilder, printed};

const ANNA: &str = "anna@kilnandkettle.example";

#[tokio::test]
async fn a_made_up_history_adds_up_like_any_other() {
    let builder = TestServerBuilder::new();
    builder.owner(ANNA, &[]);
    let args = ["demo", "seed", "--responses", "3000", "--days", "60", "--shops", "2", "--seed", "7"];
    let told = printed(&builder.tableside(&args, ""));
    let number = |name: &str| {
        let found = told.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        found.parse::<u64>().unwrap_or_else(|_| panic!("{name} in {told}"))
    };
    assert_eq!(number("responses: "), 3_000);
    assert!((250..700).contains(&number("conversations: ")), "about one in eight: {told}");
    let keys: Vec<&str> =
        told.lines().filter_map(|line| line.strip_prefix("shop: ")?.split(' ').next()).collect();
    assert_eq!(keys.len(), 2, "{told}");

    let counted = printed(&builder.tableside(&["counts", "rebuild", "--check"], ""));
    assert!(counted.contains("Every count is what the stored responses make"), "{counted}");

    let server = builder.start().await;
    let owner = server.owner(ANNA).await;
    let mut complaints = 0;
    for key in &keys {
        let summary = owner.get(&format!("/summary?shop={key}")).await.text();
        assert!(summary.contains("1,500"), "what was counted is what there is: {summary}");
        let export = owner.get(&format!("/responses.csv?shop={key}")).await;
        let rows = testkit::owner_session::rows(&export);
        assert_eq!(rows.len(), 1_500);
        let complains = |row: &&testkit::owner_session::ExportRow| {
            row["wants_reply"] == "yes" || row["rating"] == "1" && !row["comment"].is_empty()
        };
        complaints += rows.iter().filter(complains).count() as u64;
        let found = owner.get(&format!("/inbox?q=cracked&shop={key}")).await.text();
        assert!(found.contains("arrived cracked"), "what was said is found: {found}");
    }
    assert_eq!(complaints, number("conversations: "), "each complaint is a conversation");
    for page in ["/inbox", "/inbox?view=recovered", "/inbox?view=unconfirmed", "/inbox?view=set_aside"] {
        let page = owner.get(page).await;
        assert!(page.status == 200 && page.text().contains("mail.example"), "{}", page.text());
    }
}
