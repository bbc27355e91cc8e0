//! What surrounds every page of the owner: the shop, the navigation, the person.

use crate::db::{inbox_queries, members};
use crate::domain::shop_settings::ContactPerson;
use crate::error::AppError;
use crate::owner::auth::session::SignedIn;
use crate::owner::inbox::list::format_capped;
use crate::state::AppState;
use crate::text::phrases::first_name;
use crate::web::urls::for_shop;
use crate::web::urls::photo_url;

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

/// A link of the navigation.
pub struct NavItem {
    pub name: &'static str,
    pub href: String,
    /// Shown on phones.
    pub icon: &'static str,
    pub is_here: bool,
    /// The number of visitors who wait; empty for none.
    pub waiting: String,
}

/// A link to the same page for another shop.
pub struct ShopLink {
    pub name: String,
    pub href: String,
    pub is_here: bool,
}

pub struct Layout {
    pub shop_name: String,
    pub shop_key: String,
    pub accent: String,
    /// Whether the page is about all of the owner's shops.
    pub is_all_shops: bool,
    pub shops: Vec<ShopLink>,
    pub tabs: Vec<NavItem>,
    pub owner_name: String,
    pub owner_email: String,
    /// Address; `None` for initials.
    pub photo: Option<String>,
    /// One or two letters.
    pub initials: String,
    pub css: String,
    pub js: String,
}

impl Layout {
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
        let own_photo = members::find(&state.db, key, &who.owner.id).await?.map(|own_photo| own_photo.photo);
        // The contact person's photo is the member's own if the first name is the same.
        let is_same_name = first_name(&person.name) == first_name(&who.owner.name);
        let contact_photo = person.photo.as_ref().filter(|_| is_same_name);
        let photo = own_photo.as_ref().filter(|own_photo| !own_photo.is_empty()).or(contact_photo);
        Ok(Self {
            is_all_shops: here == Section::AllShops,
            shop_name: if here == Section::AllShops { "All shops".to_owned() } else { who.shop.name.clone() },
            shop_key: key.as_str().to_owned(),
            accent: who.shop.settings.accent.as_str().to_owned(),
            shops: who.shops.iter().map(shop).collect(),
            tabs: vec![
                tab("Summary", "/summary", "i-chart", Section::Summary, String::new()),
                tab("Inbox", "/inbox", "i-inbox", Section::Inbox, format_capped(waiting)),
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

    /// Adds the shop to the query if the owner has several.
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
