//! A letter as a mail: its headers, and its parts.

use super::letter::{Letter, PICTURE};
use super::page::one_line;
use super::server::MailServer;
use crate::failure::Failure;
use askama::Template as _;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};
use shared::ids::MailId;
use std::time::{Duration, UNIX_EPOCH};

/// The longest name in front of an address, in characters.
const NAME_MAX_CHARS: usize = 130;

/// Where a mail goes, and what makes it different from every other.
pub struct Envelope<'a> {
    /// Its id: the same whenever it is sent, so that whoever gets it twice can tell.
    pub id: &'a MailId,
    /// Where it goes.
    pub address: &'a str,
    /// The host in ids of ours.
    pub host: &'a str,
    /// When it is: Unix milliseconds, UTC.
    pub now_ms: i64,
}

/// Makes the mail.
///
/// # Errors
/// If the address cannot be one, which no other mail suffers from.
pub fn message(letter: &Letter, server: &MailServer, envelope: &Envelope<'_>) -> Result<Message, Failure> {
    let odd = |e: &dyn std::fmt::Display| Failure::Internal(format!("a mail cannot be made: {e}"));
    let address = |text: &str| text.parse::<Address>().map_err(|e| odd(&e));
    // A control character in a name would make lettre panic, and a sign that turns the direction of writing could make an
    // address look like another.
    let name = one_line(&letter.from_name, NAME_MAX_CHARS);
    let id = |what: &str| format!("<{what}@{}>", envelope.host);
    let date = UNIX_EPOCH + Duration::from_millis(envelope.now_ms.unsigned_abs());
    let mut builder = Message::builder()
        .from(Mailbox::new(Some(name), address(server.from.as_str())?))
        .to(Mailbox::new(None, address(envelope.address)?))
        .subject(&letter.subject)
        .date(date)
        .message_id(Some(id(envelope.id.as_str())));
    if let Some(reply_to) = &server.reply_to {
        builder = builder.reply_to(Mailbox::new(None, address(reply_to.as_str())?));
    }
    if !letter.thread.is_empty() {
        // No mail has this id; that they all name it is what holds them together.
        builder = builder.references(id(&letter.thread));
    }
    for (name, value) in headers(letter) {
        builder = builder.raw_header(HeaderValue::new(HeaderName::new_from_ascii_str(name), value));
    }
    let html = SinglePart::html(letter.page.render()?);
    let shown = match &letter.picture {
        None => {
            MultiPart::alternative().singlepart(SinglePart::plain(letter.page.as_text())).singlepart(html)
        }
        Some(photo) => {
            let kind = ContentType::parse(&photo.media_type).map_err(|e| odd(&e))?;
            let picture = Attachment::new_inline(PICTURE.to_owned()).body(photo.content.clone(), kind);
            MultiPart::alternative()
                .singlepart(SinglePart::plain(letter.page.as_text()))
                .multipart(MultiPart::related().singlepart(html).singlepart(picture))
        }
    };
    builder.multipart(shown).map_err(|e| odd(&e))
}

/// Further headers. Source: RFC 3834 for `Auto-Submitted`, RFC 8058 for the two about unsubscribing.
fn headers(letter: &Letter) -> Vec<(&'static str, String)> {
    let mut headers = Vec::new();
    if letter.is_automatic {
        headers.push(("Auto-Submitted", "auto-generated".to_owned()));
    }
    if let Some(link) = &letter.unsubscribe {
        headers.push(("List-Unsubscribe", format!("<{link}>")));
        headers.push(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()));
    }
    headers
}
