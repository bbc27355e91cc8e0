//! Composes mails. A mail's text is written when it is sent, not when it is queued: the text of a message is stored once, and
//! a mail whose reason is gone is not sent.

pub(crate) mod alert_digest;
pub(crate) mod complaint_alert;
pub(crate) mod dates;
pub(crate) mod invitation;
pub(crate) mod layout;
pub(crate) mod mime;
pub(crate) mod test_mail;
pub(crate) mod visitor_reply;
mod weekly_action;
pub(crate) mod weekly_report;

use crate::db::DbError;
use crate::db::members;
use crate::db::members::Member;
use crate::db::outbox_claims::ClaimedMail;
use crate::db::photos;
use crate::db::photos::Photo;
use crate::db::shops::Shop;
use crate::domain::mail::MailKind;
use crate::domain::shop_settings;
use crate::error::AppError;
use crate::notifications::layout::{MailBlock, MailLayout, one_line};
use crate::state::AppState;
use crate::text::phrases::first_name;
use crate::time::clock::DAY_MS;
use crate::time::zone::ShopZone;
use shared::words::Language;

pub(crate) const PICTURE: &str = "person";
const UNHAPPY_FACE: &[u8] = include_bytes!("not_okay.png");
/// A larger photo stays out of the mail.
const PICTURE_MAX_BYTES: usize = 120_000;
/// A phone shows this many characters in one or two lines.
const SUBJECT_MAX_CHARS: usize = 78;
const PREVIEW_MAX_CHARS: usize = 140;
/// Tableside's accent colour, and the colour of text on it.
const OUR_COLOURS: (&str, &str) = ("#1d5c45", "#ffffff");

pub(crate) struct MailContent {
    /// The name in front of the sender's address.
    pub from_name: String,
    pub subject: String,
    pub page: MailLayout,
    /// The photo of the person who writes.
    pub picture: Option<Photo>,
    /// The address for `List-Unsubscribe`.
    pub unsubscribe: Option<String>,
    /// Whether no person wrote it; it then asks mail programs not to reply.
    pub is_automatic: bool,
    /// Mails with the same thread are shown together; empty for none.
    pub thread: String,
}

#[derive(Debug)]
pub(crate) enum ComposeError {
    /// The mail is not needed any more; the inbox shows this sentence beside it.
    NotNeeded(&'static str),
    Failed(AppError),
}

impl From<AppError> for ComposeError {
    fn from(error: AppError) -> Self {
        Self::Failed(error)
    }
}

impl From<DbError> for ComposeError {
    fn from(cause: DbError) -> Self {
        Self::Failed(cause.into())
    }
}

pub(crate) type ComposeResult = Result<MailContent, ComposeError>;

const GONE: &str = "What it was about is gone.";
const NOT_A_RECIPIENT: &str = "They are not told any more.";
const ANSWERED: &str = "It was answered meanwhile.";

/// What every kind of mail is composed from.
pub(crate) struct Composer<'a> {
    pub state: &'a AppState,
    pub shop: &'a Shop,
    /// Unix milliseconds, UTC.
    pub now_ms: i64,
}

impl Composer<'_> {
    pub(crate) async fn compose(&self, mail: &ClaimedMail) -> ComposeResult {
        match mail.kind {
            MailKind::Complaint
            | MailKind::NotYet
            | MailKind::Wrote
            | MailKind::Reminder
            | MailKind::Overdue => complaint_alert::alert(self, mail).await,
            MailKind::Reply | MailKind::PutRight | MailKind::Ask => {
                visitor_reply::visitor_reply(self, mail).await
            }
            MailKind::Invitation => invitation::invitation(self, mail).await,
            MailKind::Together => alert_digest::digest(self, mail).await,
            MailKind::Weekly => weekly_report::weekly(self, mail).await,
        }
    }

    fn zone(&self) -> ShopZone {
        ShopZone::from_name(&self.shop.settings.time_zone)
    }

    fn url(&self, path: &str) -> String {
        [&self.state.public_url, path].concat()
    }

    /// The inbox, at the field for a reply.
    fn reply_box(&self, response: &str) -> String {
        self.url(&format!("/inbox/{response}?shop={}#reply", self.shop.key.as_str()))
    }

    /// The sender's name in mails to the people of the shop.
    fn our_name(&self, language: Language) -> String {
        let shop = &self.shop.name;
        match language {
            Language::En => format!("Tableside at {shop}"),
            Language::De => format!("Tableside bei {shop}"),
        }
    }

    /// The footer of mails to the people of the shop.
    fn foot_for_people(&self, language: Language) -> (String, Vec<(String, String)>) {
        let shop = &self.shop.name;
        let (foot, link) = match language {
            Language::En => (
                format!("To you because you answer visitors of {shop}."),
                "Change what we write to you about",
            ),
            Language::De => (
                format!("An dich, weil du Besuchern von {shop} antwortest."),
                "Ändern, worüber wir dir schreiben",
            ),
        };
        let settings = self.url(&format!("/settings/people?shop={}#you", self.shop.key.as_str()));
        (foot, vec![(link.to_owned(), settings)])
    }

    /// The person's own photo, or the contact person's if the first name is the same.
    async fn photo_of(&self, owner: &str, name: &str) -> Result<Option<Photo>, AppError> {
        let (db, contact) = (&self.state.db, &self.shop.settings.person);
        let own = members::find(db, &self.shop.key, owner).await?.map(|person| person.photo);
        let hash = match own {
            Some(hash) if !hash.is_empty() => Some(hash),
            _ => contact.photo.clone().filter(|_| first_name(&contact.name) == first_name(name)),
        };
        let photo = match hash {
            Some(hash) => photos::find(db, &self.shop.key, &hash).await?,
            None => None,
        };
        // Some mail programs do not know WebP.
        let fits =
            |photo: &Photo| photo.content.len() <= PICTURE_MAX_BYTES && photo.media_type != "image/webp";
        Ok(photo.filter(fits))
    }
}

/// The member with this id, if they may reply and want alerts.
async fn find_recipient(composer: &Composer<'_>, id: &str) -> Result<Option<Member>, AppError> {
    let person = members::find(&composer.state.db, &composer.shop.key, id).await?;
    Ok(person.filter(|person| person.is_told && person.role.may_answer()))
}

/// The block at the top of a mail from a person.
fn head(name: &str, line: String, picture: Option<&Photo>) -> MailBlock {
    MailBlock::Head {
        initials: shop_settings::ContactPerson { name: name.to_owned(), photo: None }.initials(),
        picture: picture.map(|_| PICTURE),
        name: name.to_owned(),
        line,
    }
}

fn subject(text: &str) -> String {
    one_line(text, SUBJECT_MAX_CHARS)
}

fn preview(text: &str) -> String {
    one_line(text, PREVIEW_MAX_CHARS)
}

fn our_colours() -> (String, &'static str) {
    (OUR_COLOURS.0.to_owned(), OUR_COLOURS.1)
}

/// How long the links in a mail to a visitor work.
const LINK_LIFETIME_MS: i64 = 90 * DAY_MS;
