//! `/settings/people/you`: the member's own name, photo and mail settings.

use crate::db::members;
use crate::db::members::Member;
use crate::db::photos;
use crate::db::photos::Photo;
use crate::error::AppError;
use crate::owner::auth::session::SignedIn;
use crate::owner::people::{PeoplePage, initials_of, photo_of, saved};
use crate::owner::settings::contact_person::read_form;
use crate::security::secret_hash;
use crate::state::AppState;
use crate::web::form_errors::FieldErrors;
use actix_multipart::Multipart;
use actix_web::HttpResponse;
use actix_web::web::Data;
use shared::ids::ShopKey;
use shared::text::NAME_MAX_CHARS;
use shared::words::Language;

pub struct ProfileView {
    pub name: String,
    /// Address; `None` for initials.
    pub photo: Option<String>,
    /// One or two letters.
    pub initials: String,
    /// Of mail to them.
    pub language: Language,
    /// Whether they get alerts.
    pub is_told: bool,
    pub gets_weekly: bool,
    /// Without it there are no alerts to choose.
    pub may_answer: bool,
}

impl ProfileView {
    pub fn for_member(shop: &ShopKey, person: &Member) -> Self {
        Self {
            name: person.name.clone(),
            photo: photo_of(shop, person),
            initials: initials_of(&person.name),
            language: Language::of_tag(&person.language),
            is_told: person.is_told,
            gets_weekly: person.gets_weekly,
            may_answer: person.role.may_answer(),
        }
    }
}

pub async fn post(who: SignedIn, parts: Multipart, state: Data<AppState>) -> Result<HttpResponse, AppError> {
    let profile_form = read_form(parts).await?;
    let mut wrong = FieldErrors::default();
    let name = wrong.line("name", &profile_form.name, NAME_MAX_CHARS);
    let new_photo = profile_form.read_photo(&mut wrong);
    let Some(name) = name.filter(|_| wrong.is_empty()) else {
        let mut page = PeoplePage::load(&state, &who).await?;
        page.you.name = profile_form.name;
        return page.refused("you", wrong);
    };
    let (key, id) = (&who.shop.key, &who.owner.id);
    let before = members::find(&state.db, key, id).await?.ok_or(AppError::NotFound)?;
    let mut tx = state.db.begin().await?;
    let photo = match new_photo {
        Some((kind, content)) => {
            let hash = secret_hash::sha256(&content);
            let photo = Photo { media_type: kind.media_type().to_owned(), content };
            photos::replace_of_member(&mut tx, id, &hash, &photo).await?;
            hash
        }
        None if profile_form.use_initials => {
            photos::delete_others_of_member(&mut tx, id, "").await?;
            String::new()
        }
        None => before.photo,
    };
    let language = Language::of_tag(&profile_form.language).as_str();
    members::update_user(&mut tx, id, &name, language, &photo).await?;
    // The form of a member who may not reply does not have the field.
    let is_told = if before.role.may_answer() { profile_form.is_told } else { before.is_told };
    members::set_mail(&mut tx, key, id, is_told, profile_form.gets_weekly).await?;
    tx.commit().await?;
    Ok(saved(&who, "you"))
}
