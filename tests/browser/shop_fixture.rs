//! A shop, its collector, and its owner: what nearly every story here begins with.

use jiff::civil::Weekday;
use testkit::host_site::{HostPage, HostSite};
use testkit::owner_session::ExportRow;
use testkit::smtp_sink::{SmtpSink, through};
use testkit::test_server::{ShopFixture, TestServer, TestServerBuilder};

/// The owner's address.
pub(crate) const ANNA: &str = "anna@kilnandkettle.example";

/// All three.
pub(crate) struct TestShop {
    /// The shop's pages.
    pub(crate) site: HostSite,
    /// The collector.
    pub(crate) server: TestServer,
    /// The shop, as the collector knows it.
    pub(crate) fixture: ShopFixture,
}

impl TestShop {
    /// A shop with the tag on its front page, and nothing that asks by itself.
    pub(crate) async fn new() -> Self {
        Self::of(&[ANNA]).await
    }

    /// The same, with these people in it, Anna first.
    pub(crate) async fn of(people: &[&str]) -> Self {
        Self::on(TestServerBuilder::new().at_the_machines_time(), people).await
    }

    /// The same, with mail that goes through this SMTP server.
    pub(crate) async fn with_mail(smtp: &SmtpSink) -> Self {
        // On a Monday the weekly mail would come in between.
        let builder = TestServerBuilder::new().on_the_next(Weekday::Wednesday);
        Self::on(through(builder, smtp), &[ANNA]).await
    }

    async fn on(builder: TestServerBuilder, people: &[&str]) -> Self {
        let site = HostSite::open().await;
        // The owner here looks into the inbox more often than a real owner would.
        let builder = builder.option("--rate-sign-ins", "100000");
        let fixture = builder.shop("Kiln & Kettle", &site.origin);
        people.iter().for_each(|person| builder.owner(person, &[&fixture]));
        let shop = Self { server: builder.start().await, site, fixture };
        shop.asks(&[]).await;
        shop.page("/", HostPage::new());
        shop
    }

    /// Puts a page there, with the tag at its end.
    pub(crate) fn page(&self, path: &str, page: HostPage) {
        self.site.put(path, page.with(&self.fixture.tag));
    }

    /// Puts a page there, with a tag of its own at its end: `{src}` stands for the loader's address.
    pub(crate) fn page_with_tag(&self, path: &str, page: HostPage, tag: &str) {
        let src = format!("{}/s/{}.js", self.server.url, self.fixture.key);
        self.site.put(path, page.with(&tag.replace("{src}", &src)));
    }

    /// The address of a page.
    pub(crate) fn at(&self, path: &str) -> String {
        self.site.at(path)
    }

    /// Says when the shop asks: the launcher, and whatever is named here.
    pub(crate) async fn asks(&self, when: &[(&str, &str)]) {
        let mut fields = vec![("any_time", "1")];
        fields.extend_from_slice(when);
        for (name, value) in [
            ("mid_pages", "1"),
            ("mid_seconds", "1"),
            ("after_path", ""),
            ("after_seconds", "1"),
            ("answered_days", "90"),
            ("not_now_days", "7"),
        ] {
            if !when.iter().any(|(named, _)| *named == name) {
                fields.push((name, value));
            }
        }
        self.sets("/settings/when", &fields).await;
    }

    /// Sends one of the settings' forms.
    pub(crate) async fn sets(&self, path: &str, fields: &[(&str, &str)]) {
        let answer = self.server.owner(ANNA).await.post(path, fields).await;
        assert_eq!(answer.status, 303, "{path}: {}", answer.text());
    }

    /// What the owner has got so far.
    pub(crate) async fn responses(&self) -> Vec<ExportRow> {
        self.server.owner(ANNA).await.responses().await
    }

    /// The one response there is.
    pub(crate) async fn the_response(&self) -> ExportRow {
        let mut rows = self.responses().await;
        assert_eq!(rows.len(), 1, "{rows:#?}");
        rows.remove(0)
    }
}
