//! What a mail says, found out when it is sent: so nobody's words lie in two places, and nobody is told what has long been
//! settled.

pub(crate) mod alert_digest;
pub(crate) mod complaint_alert;
pub(crate) mod dates;
pub(crate) mod invitation;
pub(crate) mod layout;
pub(crate) mod mime;
pub(crate) mod test_mail;
pub(crate) mod visitor_reply;
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

/// The content id of the one picture that a mail may have.
pub(crate) const PICTURE: &str = "person";
/// The face of whoever is not okay.
const NOT_OKAY: &[u8] = include_bytes!("not_okay.png");
/// The largest photo that goes along, in bytes: a mail is not to weigh more than a web page.
const PICTURE_MAX_BYTES: usize = 120_000;
/// The longest subject, in characters: what a phone shows in one line or two.
const SUBJECT_MAX_CHARS: usize = 78;
/// The longest preview, in characters.
const PREVIEW_MAX_CHARS: usize = 140;
/// Our own colour, and what is written on it.
const OUR_COLOURS: (&str, &str) = ("#1d5c45", "#ffffff");

/// What a mail says, and how.
pub(crate) struct MailContent {
    /// Whose name stands in front of the address.
    pub from_name: String,
    /// Its subject.
    pub subject: String,
    /// Its content.
    pub page: MailLayout,
    /// The photo of the person whose words these are.
    pub picture: Option<Photo>,
    /// Where its reader gets no more of these.
    pub unsubscribe: Option<String>,
    /// Whether nobody wrote it: then it asks programs not to answer.
    pub is_automatic: bool,
    /// What it belongs to: mails about the same thing lie together.
    pub thread: String,
}

/// Why a mail was not composed.
#[derive(Debug)]
pub(crate) enum ComposeError {
    /// The mail is not needed any more; the sentence is shown beside it in the conversation.
    NotNeeded(&'static str),
    /// It could not be composed now.
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

/// A mail's content, or why there is none.
pub(crate) type ComposeResult = Result<MailContent, ComposeError>;

/// What there is to be said no more.
const GONE: &str = "What it was about is gone.";
/// Who is told no more.
const NOT_TOLD: &str = "They are not told any more.";
/// Who waits no more.
const ANSWERED: &str = "It was answered meanwhile.";

/// What there is to write with.
pub(crate) struct Composer<'a> {
    /// The house.
    pub state: &'a AppState,
    /// The shop.
    pub shop: &'a Shop,
    /// When it is: Unix milliseconds, UTC.
    pub now_ms: i64,
}

impl Composer<'_> {
    /// What this mail says.
    ///
    /// # Errors
    /// [`ComposeError::NotNeeded`], or what the database or the writer says.
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

    fn days(&self) -> ShopZone {
        ShopZone::from_name(&self.shop.settings.time_zone)
    }

    /// An address of ours, for whoever reads the mail.
    fn url(&self, path: &str) -> String {
        [&self.state.public_url, path].concat()
    }

    /// Where a person of the shop answers.
    fn reply_box(&self, response: &str) -> String {
        self.url(&format!("/inbox/{response}?shop={}#reply", self.shop.key.as_str()))
    }

    /// Who we are for the people of the shop.
    fn our_name(&self, language: Language) -> String {
        let shop = &self.shop.name;
        match language {
            Language::En => format!("Tableside at {shop}"),
            Language::De => format!("Tableside bei {shop}"),
        }
    }

    /// What stands under a mail to a person of the shop.
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

    /// The photo of a person of the shop, of whom there may be none; else that of the one who asks, if it is them.
    async fn photo_of(&self, owner: &str, name: &str) -> Result<Option<Photo>, AppError> {
        let (db, asks) = (&self.state.db, &self.shop.settings.person);
        let own = members::find(db, &self.shop.key, owner).await?.map(|person| person.photo);
        let hash = match own {
            Some(hash) if !hash.is_empty() => Some(hash),
            _ => asks.photo.clone().filter(|_| first_name(&asks.name) == first_name(name)),
        };
        let found = match hash {
            Some(hash) => photos::find(db, &self.shop.key, &hash).await?,
            None => None,
        };
        // Not every mail program knows WebP.
        let goes =
            |photo: &Photo| photo.content.len() <= PICTURE_MAX_BYTES && photo.media_type != "image/webp";
        Ok(found.filter(goes))
    }
}

/// The person of a shop who is to be told of complaints, if they still are and want to be.
async fn find_recipient(composer: &Composer<'_>, id: &str) -> Result<Option<Member>, AppError> {
    let person = members::find(&composer.state.db, &composer.shop.key, id).await?;
    Ok(person.filter(|person| person.is_told && person.role.may_answer()))
}

/// The head of a mail from a person.
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
const LINK_DAYS_MS: i64 = 90 * DAY_MS;
