//! Who asks: `/settings/person`, with an optional photo.

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

/// The largest photo, in bytes.
const PHOTO_MAX_BYTES: usize = 300 * 1024;
/// The largest other field, in bytes.
const TEXT_MAX_BYTES: usize = 4 * 1024;
/// So much is read, so that the browser gets to see the answer; whoever sends more is cut off.
const READ_MAX_BYTES: usize = 20 * 1024 * 1024;

/// The section's fields.
pub struct PersonView {
    /// The person's name.
    pub name: String,
    /// Address of the photo, or none for initials.
    pub photo: Option<String>,
    /// One or two letters.
    pub initials: String,
}

impl PersonView {
    /// As it is saved.
    pub fn saved(shop: &Shop) -> Self {
        let person = &shop.settings.person;
        Self {
            name: person.name.clone(),
            photo: person.photo.as_ref().map(|photo| photo_url(shop.key.as_str(), photo)),
            initials: person.initials(),
        }
    }
}

/// What was sent.
#[derive(Default)]
pub struct PersonForm {
    /// What somebody is called.
    pub name: String,
    /// Whether initials shall stand where the photo was.
    pub use_initials: bool,
    /// A photo, as it was uploaded; empty for none.
    pub photo: Vec<u8>,
    /// Whether the photo was too large to be taken.
    pub is_too_large: bool,
    /// A BCP 47 tag, where the form asks for one.
    pub language: String,
    /// Whether somebody is told of complaints, where the form asks for it.
    pub is_told: bool,
    /// Whether somebody gets the weekly mail, where the form asks for it.
    pub gets_weekly: bool,
}

impl PersonForm {
    /// The photo without what cameras write beside it; none if there is none, or nothing that can be taken, which is said.
    pub fn read_photo(&self, wrong: &mut FieldErrors) -> Option<(strip_metadata::ImageKind, Vec<u8>)> {
        let picture = strip_metadata::bare(&self.photo);
        if self.is_too_large {
            wrong.add("photo", "This photo is larger than 300 kB. A smaller one will do; it is shown small.");
        } else if !self.photo.is_empty() && picture.is_none() {
            wrong.add("photo", "This is neither a PNG, a JPEG nor a WebP picture.");
        }
        picture
    }
}

/// Reads a form with a photo.
///
/// # Errors
/// [`Code::Malformed`] for a body that is no form, [`Code::TooLarge`] for one that is far too large.
pub async fn read_form(mut parts: Multipart) -> Result<PersonForm, AppError> {
    let malformed = |_| AppError::from(Code::Malformed);
    let (mut sent, mut read) = (PersonForm::default(), 0usize);
    while let Some(mut field) = parts.try_next().await.map_err(malformed)? {
        let name = field.name().unwrap_or_default().to_owned();
        let max = if name == "photo" { PHOTO_MAX_BYTES } else { TEXT_MAX_BYTES };
        let mut content = Vec::new();
        while let Some(piece) = field.try_next().await.map_err(malformed)? {
            read += piece.len();
            if read > READ_MAX_BYTES {
                return Err(Code::TooLarge.into());
            }
            if content.len() + piece.len() <= max {
                content.extend_from_slice(&piece);
            } else {
                sent.is_too_large |= name == "photo";
            }
        }
        match name.as_str() {
            "person" | "name" => sent.name = String::from_utf8_lossy(&content).into_owned(),
            "initials" => sent.use_initials = true,
            "language" => sent.language = String::from_utf8_lossy(&content).into_owned(),
            "told" => sent.is_told = true,
            "weekly" => sent.gets_weekly = true,
            "photo" => sent.photo = content,
            _ => {}
        }
    }
    Ok(sent)
}

/// Takes the section's form.
///
/// # Errors
/// What the database says, or a body that is no form.
pub async fn post(
    OwnerAccess(who): OwnerAccess,
    parts: Multipart,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let sent = read_form(parts).await?;
    let mut wrong = FieldErrors::default();
    let name = wrong.line("person", &sent.name, NAME_MAX_CHARS);
    let picture = sent.read_photo(&mut wrong);
    let Some(name) = name.filter(|_| wrong.is_empty()) else {
        let mut page = SettingsPage::load(&state, &who).await?;
        page.person.name = sent.name;
        return page.refused("person", wrong);
    };
    let photo = match picture {
        Some((kind, content)) => {
            let hash = secret_hash::sha256(&content);
            let photo = Photo { media_type: kind.media_type().to_owned(), content };
            let mut tx = state.db.begin().await?;
            photos::insert(&mut tx, &who.shop.key, &hash, &photo).await?;
            tx.commit().await?;
            Some(hash)
        }
        None => who.shop.settings.person.photo.clone().filter(|_| !sent.use_initials),
    };
    let settings = ShopSettings { person: ContactPerson { name, photo }, ..who.shop.settings.clone() };
    save(&state, &who, &who.shop.name, &settings, "person").await
}
