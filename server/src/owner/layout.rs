//! What stands around every page: the shop, the three pages, the person.

use crate::db::{inbox_queries, members};
use crate::domain::shop_settings::ContactPerson;
use crate::error::AppError;
use crate::owner::auth::session::SignedIn;
use crate::owner::inbox::list::counted;
use crate::state::AppState;
use crate::text::phrases::first_name;
use crate::web::urls::for_shop;
use crate::web::urls::photo_url;

/// Which of the pages it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// `/shops`
    AllShops,
    /// `/summary`
    Summary,
    /// `/inbox`
    Inbox,
    /// `/responses`
    Responses,
    /// `/settings`
    Settings,
}

/// One of the pages, as a link.
pub struct NavItem {
    /// What it is called.
    pub name: &'static str,
    /// Where it is.
    pub href: String,
    /// Its icon on a phone.
    pub icon: &'static str,
    /// Whether it is this one.
    pub is_here: bool,
    /// How many people wait there; empty for nobody.
    pub waiting: String,
}

/// One of the owner's shops, as a link.
pub struct ShopLink {
    /// What it is called.
    pub name: String,
    /// This page, for that shop.
    pub href: String,
    /// Whether it is this one.
    pub is_here: bool,
}

/// What stands around a page.
pub struct Layout {
    /// Name of the shop.
    pub shop_name: String,
    /// Key of the shop.
    pub shop_key: String,
    /// The shop's colour.
    pub accent: String,
    /// Whether it is about all of the owner's shops.
    pub is_all_shops: bool,
    /// All of the owner's shops.
    pub shops: Vec<ShopLink>,
    /// The pages.
    pub tabs: Vec<NavItem>,
    /// Who is signed in.
    pub owner_name: String,
    /// With which address.
    pub owner_email: String,
    /// Address of the photo, or none for initials.
    pub photo: Option<String>,
    /// One or two letters.
    pub initials: String,
    /// Address of the style sheet.
    pub css: String,
    /// Address of the script.
    pub js: String,
}

impl Layout {
    /// The shell around a page for whoever is signed in.
    ///
    /// # Errors
    /// What the database says.
    pub async fn load(state: &AppState, who: &SignedIn, here: Section) -> Result<Self, AppError> {
        let key = &who.shop.key;
        let waiting = inbox_queries::count_waiting(&state.db, key).await?;
        let choice = (who.shops.len() > 1).then(|| key.as_str());
        let tab = |name, path: &str, icon, page: Section, waiting| NavItem {
            name,
            href: for_shop(path, choice),
            icon,
            is_here: page == here,
            waiting,
        };
        let path = match here {
            Section::Summary | Section::AllShops => "/summary",
            Section::Inbox => "/inbox",
            Section::Responses => "/responses",
            Section::Settings => "/settings",
        };
        let shop = |(key, name): &(shared::ids::ShopKey, String)| ShopLink {
            name: name.clone(),
            href: for_shop(path, Some(key.as_str())),
            is_here: here != Section::AllShops && *key == who.shop.key,
        };
        let person = &who.shop.settings.person;
        let own = members::find(&state.db, key, &who.owner.id).await?.map(|own| own.photo);
        // The photo of who asks is the owner's own if it stands under the owner's own name.
        let is_theirs = first_name(&person.name) == first_name(&who.owner.name);
        let asks = person.photo.as_ref().filter(|_| is_theirs);
        let photo = own.as_ref().filter(|own| !own.is_empty()).or(asks);
        Ok(Self {
            is_all_shops: here == Section::AllShops,
            shop_name: if here == Section::AllShops { "All shops".to_owned() } else { who.shop.name.clone() },
            shop_key: key.as_str().to_owned(),
            accent: who.shop.settings.accent.as_str().to_owned(),
            shops: who.shops.iter().map(shop).collect(),
            tabs: vec![
                tab("Summary", "/summary", "i-chart", Section::Summary, String::new()),
                tab("Inbox", "/inbox", "i-inbox", Section::Inbox, counted(waiting)),
                tab("Responses", "/responses", "i-face", Section::Responses, String::new()),
                tab("Settings", "/settings", "i-gear", Section::Settings, String::new()),
            ],
            owner_name: who.owner.name.clone(),
            owner_email: who.owner.email.clone(),
            photo: photo.map(|photo| photo_url(key.as_str(), photo)),
            initials: ContactPerson { name: who.owner.name.clone(), photo: None }.initials(),
            css: state.assets.url("owner.css"),
            js: state.assets.url("owner.js"),
        })
    }

    /// An address of ours, for this shop.
    pub fn to(&self, path: &str) -> String {
        for_shop(path, (self.shops.len() > 1).then_some(self.shop_key.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shop_goes_into_the_query_and_before_the_fragment() {
        assert_eq!(for_shop("/settings#look", None), "/settings#look");
        assert_eq!(
            for_shop("/settings?saved=look#look", Some("kiln")),
            "/settings?saved=look&shop=kiln#look"
        );
        assert_eq!(for_shop("/summary", Some("kiln")), "/summary?shop=kiln");
    }
}
