//! The people of a shop: asked to join, with a role each, and gone at once when they are removed.

use futures_util::StreamExt as _;
use testkit::http::HttpResponse;
use testkit::owner_session::{OwnerSession, cookie_of};
use testkit::requests::{Visit, with};
use testkit::test_server::{PASSWORD, SHOP_ORIGIN, ShopFixture, TestServer, TestServerBuilder};
use testkit::wait::TIMEOUT;

const ANNA: &str = "anna@kilnandkettle.example";
const BEN: &str = "ben@kilnandkettle.example";

/// The value of a form's field.
fn field(page: &str, name: &str) -> String {
    let begins = format!("name=\"{name}\" value=\"");
    let value = page.split_once(&begins).and_then(|(_, rest)| rest.split_once('"'));
    value.unwrap_or_else(|| panic!("a field {name}: {page}")).0.to_owned()
}

/// The path of the link that the page shows.
fn link(server: &TestServer, page: &str) -> String {
    let begins = format!("{}/join/", server.url);
    let rest = page.split_once(&begins).unwrap_or_else(|| panic!("a link: {page}")).1;
    format!("/join/{}", rest.split('<').next().unwrap_or_default())
}

/// Invites a person, and gives the path of the link.
async fn invite(server: &TestServer, owner: &OwnerSession<'_>, email: &str, role: &str) -> String {
    let secret = field(&owner.get("/settings/people").await.text(), "secret");
    let form = [("secret", secret.as_str()), ("email", email), ("role", role)];
    let made = owner.post("/settings/people/invite", &form).await;
    assert_eq!(made.status, 200, "{}", made.text());
    link(server, &made.text())
}

async fn join(server: &TestServer, path: &str, email: &str) -> HttpResponse {
    let form = [("name", "Ben Holm"), ("email", email), ("password", PASSWORD), ("language", "de")];
    server.call("POST", path).from_our_page().form(&form).await
}

/// Ben, invited with this role and signed in; and our own name for him.
async fn with_ben(server: &TestServer, role: &str) -> String {
    let anna = server.owner(ANNA).await;
    let path = invite(server, &anna, "", role).await;
    assert_eq!(join(server, &path, BEN).await.status, 303);
    let page = anna.get("/settings/people").await.text();
    field(page.split_once("Ben Holm").expect("Ben is on the page").1, "person")
}

#[tokio::test]
async fn an_invitation_survives_the_mail_scanner_and_lets_one_person_in_once() {
    let (server, shop) = TestServer::with_a_shop().await;
    let anna = server.owner(ANNA).await;
    let path = invite(&server, &anna, "", "staff").await;
    for method in ["HEAD", "GET", "GET", "OPTIONS"] {
        server.call(method, &path).await;
    }
    let page = server.get(&path).await;
    assert_eq!(page.status, 200);
    assert!(page.text().contains("invites you to Kiln &#38; Kettle"), "{}", page.text());
    let joined = join(&server, &path, BEN).await;
    assert_eq!(
        (joined.status, joined.header("location")),
        (303, format!("/summary?shop={}", shop.key).as_str())
    );
    let cookie = cookie_of(&joined);
    assert_eq!(server.get("/summary").header("cookie", &cookie).await.status, 200);
    let again = join(&server, &path, "mallory@evil.example").await;
    assert_eq!((again.status, again.header("set-cookie")), (410, ""));
    assert_eq!(server.get(&path).await.status, 410);
    assert_eq!(server.owner(BEN).await.get("/settings/people").await.status, 200, "he signs in again later");
    assert!(anna.get("/settings/people").await.text().contains("Staff: reads and answers"));
}

#[tokio::test]
async fn the_same_form_sent_twice_is_one_invitation_and_shows_its_link_again() {
    let (server, _) = TestServer::with_a_shop().await;
    let anna = server.owner(ANNA).await;
    let secret = field(&anna.get("/settings/people").await.text(), "secret");
    let form = [("secret", secret.as_str()), ("email", BEN), ("role", "reader")];
    let (one, two) = (
        anna.post("/settings/people/invite", &form).await,
        anna.post("/settings/people/invite", &form).await,
    );
    assert_eq!(link(&server, &one.text()), link(&server, &two.text()));
    let page = anna.get("/settings/people").await.text();
    assert_eq!(page.matches("name=\"invitation\"").count(), 1);
    assert!(!page.contains("/join/"), "a link is shown once");
    let name = field(&page, "invitation");
    assert!(!link(&server, &one.text()).contains(&name), "what is kept is a hash");
}

#[tokio::test]
async fn an_invitation_for_an_address_lets_in_no_other_address() {
    let (server, _) = TestServer::with_a_shop().await;
    let anna = server.owner(ANNA).await;
    let path = invite(&server, &anna, BEN, "staff").await;
    assert_eq!(join(&server, &path, "mallory@evil.example").await.status, 303);
    let page = anna.get("/settings/people").await.text();
    assert!(page.contains(BEN) && !page.contains("mallory"), "{page}");
}

/// An address that an owner typed is the one that is let in, also where somebody else is signed in already.
#[tokio::test]
async fn an_invitation_for_an_address_lets_in_no_other_account() {
    let builder = TestServerBuilder::new();
    let ours = builder.shop("Kiln & Kettle", SHOP_ORIGIN);
    let theirs = builder.shop("Oak & Iron", "https://oak.example");
    builder.owner(ANNA, &[&ours]);
    builder.owner("mallory@evil.example", &[&theirs]);
    let server = builder.start().await;
    let (anna, mallory) = (server.owner(ANNA).await, server.owner("mallory@evil.example").await);
    let path = invite(&server, &anna, BEN, "owner").await;
    let page = mallory.get(&path).await;
    assert_eq!(page.status, 403);
    assert!(page.text().contains(BEN), "the page says whom it is for");
    assert_eq!(mallory.post(&path, &[]).await.status, 403);
    assert_eq!(mallory.get(&format!("/summary?shop={}", ours.key)).await.status, 404);
    assert_eq!(join(&server, &path, BEN).await.status, 303, "it is still there for the one it names");
}

#[tokio::test]
async fn an_invitation_ends_after_a_week_and_when_it_is_taken_back() {
    let (server, shop) = TestServer::with_a_shop().await;
    let anna = server.owner(ANNA).await;
    let path = invite(&server, &anna, "", "staff").await;
    let name = field(&anna.get("/settings/people").await.text(), "invitation");
    assert_eq!(anna.post("/settings/people/take-back", &[("invitation", &name)]).await.status, 303);
    assert_eq!(join(&server, &path, BEN).await.status, 410);
    let path = invite(&server, &anna, "", "staff").await;
    let secret = path.rsplit('.').next().unwrap_or_default();
    for guessed in
        [format!("/join/{}.{}", shop.key, "A".repeat(43)), format!("/join/other.{secret}"), "/join/x".into()]
    {
        assert_eq!(server.get(&guessed).await.status, 410, "{guessed}");
        assert_eq!(join(&server, &guessed, BEN).await.status, 410, "{guessed}");
    }
    server.turn_the_clock(7 * 86_400_000);
    assert_eq!(server.get(&path).await.status, 410);
    assert_eq!(join(&server, &path, BEN).await.status, 410);
}

#[tokio::test]
async fn a_member_of_another_shop_joins_with_one_press() {
    let builder = TestServerBuilder::new();
    let ours = builder.shop("Kiln & Kettle", SHOP_ORIGIN);
    builder.owner(ANNA, &[&ours]);
    let theirs = builder.shop("Paper Lantern", SHOP_ORIGIN);
    builder.owner(BEN, &[&theirs]);
    let server = builder.start().await;
    let anna = server.owner(ANNA).await;
    let path = invite(&server, &anna, "", "reader").await;
    let taken = join(&server, &path, BEN).await;
    assert_eq!(taken.status, 422);
    assert!(taken.text().contains("Somebody signs in with this address already."), "{}", taken.text());
    assert!(server.get(&path).await.text().contains(&format!("/sign-in?next=%2Fjoin%2F{}.", ours.key)));
    let ben = server.owner(BEN).await;
    assert!(ben.get(&path).await.text().contains("Join as"));
    let joined = ben.post(&path, &[]).await;
    assert_eq!(joined.status, 303);
    assert_eq!(ben.get(&format!("/summary?shop={}", ours.key)).await.status, 200);
    assert_eq!(ben.get(&format!("/summary?shop={}", theirs.key)).await.status, 200);
    let by_owner = ben.post(&format!("/settings/shop?shop={}", ours.key), &[("shop_name", "Ben’s")]).await;
    assert_eq!(by_owner.status, 403, "a reader there, an owner here");
    // Anna opens her own link: she is one of the people, and the invitation stays for another person.
    let path = invite(&server, &anna, "", "reader").await;
    assert_eq!(anna.post(&path, &[]).await.status, 303);
    assert_eq!(server.get(&path).await.status, 200);
    assert!(
        anna.get("/settings/people").await.text().contains("Owner: decides everything"),
        "all members keep their roles"
    );
}

#[tokio::test]
async fn a_removed_member_is_out_at_once_and_their_invitations_with_them() {
    let (server, _) = TestServer::with_a_shop().await;
    let id = with_ben(&server, "owner").await;
    let (anna, ben) = (server.owner(ANNA).await, server.owner(BEN).await);
    let his = invite(&server, &ben, "", "owner").await;
    assert_eq!(ben.get("/responses.csv").await.status, 200);
    let listens = server.http.get(format!("{}/news", server.url)).header("cookie", &ben.cookie).send().await;
    let mut stream = listens.expect("the collector answers").bytes_stream();
    assert_eq!(anna.post("/settings/people/remove", &[("person", &id)]).await.status, 303);
    let ended = async { while stream.next().await.is_some() {} };
    tokio::time::timeout(TIMEOUT, ended).await.expect("an open page hears no more");
    for path in ["/summary", "/responses.csv", "/settings/people", "/news"] {
        let answer = ben.get(path).await;
        assert_eq!(
            (answer.status, answer.header("location").starts_with("/sign-in?")),
            (303, true),
            "{path}"
        );
    }
    assert_eq!(server.get(&his).await.status, 410, "whom he invited comes in no more");
    assert!(!anna.get("/settings/people").await.text().contains("Ben Holm"));
    assert_eq!(anna.post("/settings/people/remove", &[("person", &id)]).await.status, 404);
}

#[tokio::test]
async fn a_role_is_what_a_member_may_do_from_the_next_request_on() {
    let (server, _) = TestServer::with_a_shop().await;
    let id = with_ben(&server, "reader").await;
    let (anna, ben) = (server.owner(ANNA).await, server.owner(BEN).await);
    let tries = || async {
        let words = [("title", "Sorry"), ("words", "I’m sorry.")];
        let answers = ben.post("/settings/words", &words).await.status;
        let decides =
            ben.post("/settings/causes", &[("cause_name", "Kiln"), ("ask_after_days", "2")]).await.status;
        (ben.get("/summary").await.status, answers, decides)
    };
    assert_eq!(tries().await, (200, 403, 403));
    for (role, expected) in
        [("staff", (200, 303, 403)), ("owner", (200, 303, 303)), ("reader", (200, 403, 403))]
    {
        let changed = anna.post("/settings/people/role", &[("person", &id), ("role", role)]).await;
        assert_eq!(changed.status, 303, "{role}");
        assert_eq!(tries().await, expected, "{role}");
    }
    for own in [
        "/settings/people/role",
        "/settings/people/remove",
        "/settings/people/invite",
        "/settings/people/take-back",
    ] {
        let tried = ben.post(own, &[("person", &id), ("role", "owner")]).await;
        assert_eq!(tried.status, 403, "{own}: nobody raises themselves");
    }
    let page = ben.get("/settings").await.text();
    assert!(
        !page.contains("action=\"/settings/hours") && page.contains("decided by its owner"),
        "no button leads nowhere"
    );
}

#[tokio::test]
async fn a_shop_always_has_an_owner() {
    let (server, _) = TestServer::with_a_shop().await;
    let anna = server.owner(ANNA).await;
    let page = anna.get("/settings/people").await.text();
    assert!(!page.contains("name=\"person\""), "there is nobody to change");
    let left = anna.post("/settings/people/leave", &[]).await;
    assert_eq!(left.status, 422);
    assert!(left.text().contains("A shop needs somebody who decides."));
    let ben = with_ben(&server, "owner").await;
    // Both take the right from each other at the same moment: one of them succeeds.
    let his = server.owner(BEN).await;
    let page = his.get("/settings/people").await.text();
    let anna_id = field(&page, "person");
    let (one, two) = tokio::join!(
        async { anna.post("/settings/people/role", &[("person", &ben), ("role", "reader")]).await.status },
        async { his.post("/settings/people/role", &[("person", &anna_id), ("role", "reader")]).await.status },
    );
    let mut both = [one, two];
    both.sort_unstable();
    assert_eq!(both, [303, 403]);
    let (winner, loser) = if one == 303 { (&anna, &his) } else { (&his, &anna) };
    assert_eq!(winner.post("/settings/people/leave", &[]).await.status, 422);
    let gone = loser.post("/settings/people/leave", &[]).await;
    assert_eq!((gone.status, gone.header("location")), (303, "/sign-in"));
    assert_eq!(loser.get("/summary").await.status, 303);
}

fn png(name: &str, fields: &[(&str, &str)], photo: &[u8]) -> (String, Vec<u8>) {
    let mut body = Vec::new();
    for (field, value) in fields {
        body.extend_from_slice(
            format!("--x\r\ncontent-disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n").as_bytes(),
        );
    }
    body.extend_from_slice(
        format!("--x\r\ncontent-disposition: form-data; name=\"photo\"; filename=\"{name}\"\r\ncontent-type: image/png\r\n\r\n").as_bytes(),
    );
    body.extend_from_slice(photo);
    body.extend_from_slice(b"\r\n--x--\r\n");
    ("multipart/form-data; boundary=x".to_owned(), body)
}

#[tokio::test]
async fn everybody_signs_with_their_own_name_and_photo() {
    let (server, shop) = TestServer::with_a_shop().await;
    let _ = with_ben(&server, "reader").await;
    let ben = server.owner(BEN).await;
    let page = ben.get("/settings/people").await.text();
    assert!(page.contains("value=\"de\" checked"), "the language he joined with");
    let photo = b"\x89PNG\r\n\x1a\n\0\0\0\x04IHDRsize\x24\x8a\x12\x16\0\0\0\x06IDATpixels\x4f\x25\x84\xa8\0\0\0\0IEND\xae\x42\x60\x82";
    let send = |name: &'static str, photo: &[u8]| {
        let (kind, body) = png("me.png", &[("name", name), ("language", "en")], photo);
        ben.call("POST", "/settings/people/you").from_our_page().body(&kind, body)
    };
    let saved = send("Benjamin Holm", photo).await;
    assert_eq!((saved.status, saved.header("location")), (303, "/settings/people?saved=you#you"));
    let page = ben.get("/settings/people").await.text();
    assert!(page.contains("Benjamin Holm") && page.contains("value=\"en\" checked"));
    let src = page
        .split_once(&format!("/p/{}/", shop.key))
        .expect("a photo")
        .1
        .split('"')
        .next()
        .unwrap_or_default();
    let path = format!("/p/{}/{src}", shop.key);
    let shown = server.get(&path).await;
    assert_eq!((shown.status, shown.header("content-type")), (200, "image/png"), "visitors see it");
    assert_eq!(server.get(&format!("/p/another-shop/{src}")).await.status, 404);
    // A visitor sees who answered by the first name and that photo, and nothing else of them.
    let page = server.owner(ANNA).await.get("/settings/people").await.text();
    let id = field(page.split_once("Benjamin Holm").expect("Ben is on the page").1, "person");
    let staff =
        server.owner(ANNA).await.post("/settings/people/role", &[("person", &id), ("role", "staff")]).await;
    assert_eq!(staff.status, 303);
    let visit = Visit::to(&shop);
    let body = with(visit.says(1, "It is cracked."), "wants_reply", true);
    assert_eq!(server.respond(&body).await.status, 201);
    ben.answers(&visit.id, "I’m sorry, a new one is on its way.").await;
    let read = server.reads(&visit).await;
    let answer = &read["messages"][1];
    assert_eq!(
        (answer["person"].as_str(), answer["photo"].as_str()),
        (Some("Benjamin"), Some(path.as_str()))
    );
    assert!(!read.to_string().contains("Holm") && !read.to_string().contains(BEN), "{read}");
    assert_eq!(server.lists(&[&visit]).await[0]["person"], "Benjamin");
    for (name, photo, says) in [("", &photo[..], "This is still empty."), ("Ben", b"<svg>", "neither a PNG")]
    {
        let refused = send(name, photo).await;
        assert_eq!(refused.status, 422);
        assert!(refused.text().contains(says), "{says}");
    }
    let (kind, body) = png("", &[("name", "Ben"), ("language", "de"), ("initials", "1")], b"");
    assert_eq!(ben.call("POST", "/settings/people/you").from_our_page().body(&kind, body).await.status, 303);
    assert_eq!(server.get(&path).await.status, 404, "what is taken back is gone");
}

#[tokio::test]
async fn a_member_can_be_added_on_the_command_line_with_a_role() {
    let builder = TestServerBuilder::new();
    let shop: ShopFixture = builder.shop("Kiln & Kettle", SHOP_ORIGIN);
    builder.owner(ANNA, &[&shop]);
    let add = |role: &str| {
        let args = ["owner", "add", BEN, "--password-stdin", "--role", role, "--shop", &shop.key];
        builder.tableside(&args, PASSWORD)
    };
    let wrong = String::from_utf8_lossy(&add("queen").stderr).into_owned();
    assert!(wrong.contains("a role is owner, staff or reader"), "{wrong}");
    assert!(testkit::test_server::printed(&add("staff")).contains("staff: ben@"));
    let server = builder.start().await;
    let ben = server.owner(BEN).await;
    let causes = [("cause_name", "Kiln"), ("ask_after_days", "2")];
    assert_eq!(ben.post("/settings/causes", &causes).await.status, 403);
}
