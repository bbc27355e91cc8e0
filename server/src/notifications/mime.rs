//! Encodes a mail: headers, the plain text, the HTML and the picture.

use crate::error::AppError;
use crate::notifications::layout::one_line;
use crate::notifications::{MailContent, PICTURE};
use crate::smtp::server_config::MailServer;
use askama::Template as _;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};
use shared::ids::MailId;
use std::time::{Duration, UNIX_EPOCH};

const NAME_MAX_CHARS: usize = 130;

pub(crate) struct Envelope<'a> {
    /// The same at each attempt, so that a recipient can recognise a second copy.
    pub id: &'a MailId,
    pub address: &'a str,
    /// The right-hand side of message ids.
    pub host: &'a str,
    /// Unix milliseconds, UTC.
    pub now_ms: i64,
}

/// # Errors
/// An address that is not valid, which is an error of this mail only.
pub(crate) fn message(
    content: &MailContent,
    server: &MailServer,
    envelope: &Envelope<'_>,
) -> Result<Message, AppError> {
    let to_error = |e: &dyn std::fmt::Display| AppError::Internal(format!("a mail cannot be made: {e}"));
    let address = |text: &str| text.parse::<Address>().map_err(|e| to_error(&e));
    // lettre panics on a control character in a name; a bidi character could make an address look like another one.
    let name = one_line(&content.from_name, NAME_MAX_CHARS);
    let id = |what: &str| format!("<{what}@{}>", envelope.host);
    let date = UNIX_EPOCH + Duration::from_millis(envelope.now_ms.unsigned_abs());
    let mut builder = Message::builder()
        .from(Mailbox::new(Some(name), address(server.from.as_str())?))
        .to(Mailbox::new(None, address(envelope.address)?))
        .subject(&content.subject)
        .date(date)
        .message_id(Some(id(envelope.id.as_str())));
    if let Some(reply_to) = &server.reply_to {
        builder = builder.reply_to(Mailbox::new(None, address(reply_to.as_str())?));
    }
    if !content.thread.is_empty() {
        // No mail has this id; mail programs group the mails that name it.
        builder = builder.references(id(&content.thread));
    }
    for (name, value) in headers(content) {
        builder = builder.raw_header(HeaderValue::new(HeaderName::new_from_ascii_str(name), value));
    }
    let html = SinglePart::html(content.page.render()?);
    let body = match &content.picture {
        None => {
            MultiPart::alternative().singlepart(SinglePart::plain(content.page.as_text())).singlepart(html)
        }
        Some(photo) => {
            let kind = ContentType::parse(&photo.media_type).map_err(|e| to_error(&e))?;
            let picture = Attachment::new_inline(PICTURE.to_owned()).body(photo.content.clone(), kind);
            MultiPart::alternative()
                .singlepart(SinglePart::plain(content.page.as_text()))
                .multipart(MultiPart::related().singlepart(html).singlepart(picture))
        }
    };
    builder.multipart(body).map_err(|e| to_error(&e))
}

/// Source: RFC 3834 for `Auto-Submitted`, RFC 8058 for the two about unsubscribing.
fn headers(content: &MailContent) -> Vec<(&'static str, String)> {
    let mut headers = Vec::new();
    if content.is_automatic {
        headers.push(("Auto-Submitted", "auto-generated".to_owned()));
    }
    if let Some(link) = &content.unsubscribe {
        headers.push(("List-Unsubscribe", format!("<{link}>")));
        headers.push(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()));
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notifications::layout::{MailBlock, MailLayout};
    use crate::smtp::server_config::Security;
    use shared::email::Email;
    use shared::words::Language;

    fn mail(name: &str, subject: &str) -> String {
        let page = MailLayout {
            language: Language::En,
            preview: subject.to_owned(),
            colours: ("#1d5c45".to_owned(), "#ffffff"),
            blocks: vec![MailBlock::Words(subject.to_owned())],
            foot: String::new(),
            foot_links: Vec::new(),
        };
        let content = MailContent {
            from_name: name.to_owned(),
            subject: subject.to_owned(),
            page,
            picture: None,
            unsubscribe: Some("https://t.example/u/kiln/secret".to_owned()),
            is_automatic: false,
            thread: String::new(),
        };
        let server = MailServer {
            host: "smtp.example.org".to_owned(),
            port: 587,
            security: Security::Starttls,
            sign_in: None,
            from: Email::parse("anna@shop.example").unwrap(),
            reply_to: None,
            may_be_private: false,
        };
        let id = MailId::from_parts(1, 1);
        let envelope = Envelope { id: &id, address: "marta@posteo.example", host: "t.example", now_ms: 0 };
        String::from_utf8(message(&content, &server, &envelope).unwrap().formatted()).unwrap()
    }

    /// lettre 0.11.23 panicked on some of these, or wrote a header that was not meant.
    #[test]
    fn names_and_subjects_with_control_characters_make_a_mail_with_no_further_header() {
        for odd in [
            "a\r\nBcc: x@y.example",
            "a\nb",
            "a\0b",
            "a\rb",
            "\u{7f}\u{85}",
            "\u{202e}gnp",
            "",
            "\"",
            "\\",
            "ü\r\n x",
        ] {
            let mail = mail(odd, odd);
            let head = mail.split("\r\n\r\n").next().unwrap_or_default();
            let names: Vec<&str> = head
                .split("\r\n")
                .filter(|line| !line.starts_with([' ', '\t']))
                .map(|line| line.split(':').next().unwrap_or_default())
                .collect();
            let expected = [
                "From",
                "To",
                "Subject",
                "Date",
                "Message-ID",
                "List-Unsubscribe",
                "List-Unsubscribe-Post",
                "MIME-Version",
                "Content-Type",
            ];
            assert_eq!(names, expected, "{odd:?}");
        }
    }

    #[test]
    fn the_headers_for_one_click_are_those_of_rfc_8058() {
        let mail = mail("Anna", "About your bowl");
        assert!(mail.contains("\r\nList-Unsubscribe: <https://t.example/u/kiln/secret>\r\n"), "{mail}");
        assert!(mail.contains("\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"), "{mail}");
        assert!(
            mail.contains("\r\nMessage-ID: <00000000-0001-7000-8000-000000000001@t.example>\r\n"),
            "{mail}"
        );
    }
}
