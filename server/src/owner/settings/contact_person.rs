//! `/settings/person`: the contact person, with an optional photo.

use crate::db::photos;
use crate::db::photos::Photo;
use crate::db::shops::Shop;
use crate::domain::shop_settings::{ContactPerson, ShopSettings};
use crate::error::AppError;
use crate::images::strip_metadata;
use crate::owner::auth::session::OwnerAccess;
use crate::owner::settings::{SettingsPage, save};
use crate::security::secret_hash;
use crate::state::AppState;
use crate::web::form_errors::FieldErrors;
use crate::web::urls::photo_url;
use actix_multipart::Multipart;
use actix_web::HttpResponse;
use actix_web::web::Data;
use futures_util::TryStreamExt as _;
use shared::refusal::Code;
use shared::text::NAME_MAX_CHARS;

const PHOTO_MAX_BYTES: usize = 300 * 1024;
/// For any other field.
const TEXT_MAX_BYTES: usize = 4 * 1024;
/// A larger request is cut off; up to this size it is read to its end, so that the browser shows the error.
const READ_MAX_BYTES: usize = 20 * 1024 * 1024;

pub struct PersonView {
    pub name: String,
    /// Address; `None` for initials.
    pub photo: Option<String>,
    /// One or two letters.
    pub initials: String,
}

impl PersonView {
    pub fn saved(shop: &Shop) -> Self {
        let person = &shop.settings.person;
        Self {
            name: person.name.clone(),
            photo: person.photo.as_ref().map(|photo| photo_url(shop.key.as_str(), photo)),
            initials: person.initials(),
        }
    }
}

/// A form with a photo: of the contact person, or of a member.
#[derive(Default)]
pub struct PersonForm {
    pub name: String,
    /// Whether the photo is to be removed.
    pub use_initials: bool,
    /// Empty for none.
    pub photo: Vec<u8>,
    pub is_too_large: bool,
    /// BCP 47; only in a member's form.
    pub language: String,
    /// Whether the member gets alerts; only in a member's form.
    pub is_told: bool,
    /// Likewise.
    pub gets_weekly: bool,
}

impl PersonForm {
    /// The photo without metadata. `None` without a photo, and for one that is refused, with the reason in `wrong`.
    pub fn read_photo(&self, wrong: &mut FieldErrors) -> Option<(strip_metadata::ImageKind, Vec<u8>)> {
        let new_photo = strip_metadata::bare(&self.photo);
        if self.is_too_large {
            wrong.add("photo", "This photo is larger than 300 kB. A smaller one will do; it is shown small.");
        } else if !self.photo.is_empty() && new_photo.is_none() {
            wrong.add("photo", "This is neither a PNG, a JPEG nor a WebP picture.");
        }
        new_photo
    }
}

/// [`Code::Malformed`] for a body that is no form; [`Code::TooLarge`].
pub async fn read_form(mut parts: Multipart) -> Result<PersonForm, AppError> {
    let malformed = |_| AppError::from(Code::Malformed);
    let (mut person_form, mut bytes_read) = (PersonForm::default(), 0usize);
    while let Some(mut field) = parts.try_next().await.map_err(malformed)? {
        let name = field.name().unwrap_or_default().to_owned();
        let max = if name == "photo" { PHOTO_MAX_BYTES } else { TEXT_MAX_BYTES };
        let mut content = Vec::new();
        while let Some(piece) = field.try_next().await.map_err(malformed)? {
            bytes_read += piece.len();
            if bytes_read > READ_MAX_BYTES {
                return Err(Code::TooLarge.into());
            }
            if content.len() + piece.len() <= max {
                content.extend_from_slice(&piece);
            } else {
                person_form.is_too_large |= name == "photo";
            }
        }
        match name.as_str() {
            "person" | "name" => person_form.name = String::from_utf8_lossy(&content).into_owned(),
            "initials" => person_form.use_initials = true,
            "language" => person_form.language = String::from_utf8_lossy(&content).into_owned(),
            "told" => person_form.is_told = true,
            "weekly" => person_form.gets_weekly = true,
            "photo" => person_form.photo = content,
            _ => {}
        }
    }
    Ok(person_form)
}

pub async fn post(
    OwnerAccess(who): OwnerAccess,
    parts: Multipart,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let person_form = read_form(parts).await?;
    let mut wrong = FieldErrors::default();
    let name = wrong.line("person", &person_form.name, NAME_MAX_CHARS);
    let new_photo = person_form.read_photo(&mut wrong);
    let Some(name) = name.filter(|_| wrong.is_empty()) else {
        let mut page = SettingsPage::load(&state, &who).await?;
        page.person.name = person_form.name;
        return page.refused("person", wrong);
    };
    let photo = match new_photo {
        Some((kind, content)) => {
            let hash = secret_hash::sha256(&content);
            let photo = Photo { media_type: kind.media_type().to_owned(), content };
            let mut tx = state.db.begin().await?;
            photos::insert(&mut tx, &who.shop.key, &hash, &photo).await?;
            tx.commit().await?;
            Some(hash)
        }
        None => who.shop.settings.person.photo.clone().filter(|_| !person_form.use_initials),
    };
    let settings = ShopSettings { person: ContactPerson { name, photo }, ..who.shop.settings.clone() };
    save(&state, &who, &who.shop.name, &settings, "person").await
}
