//! Trying a mail server: a mail to whoever asks for it, and what the server said, word by word.

use crate::error::AppError;
use crate::notifications::MailContent;
use crate::notifications::layout::{MailBlock, MailLayout};
use crate::notifications::mime::{Envelope, message};
use crate::smtp::retry::DeliveryError;
use crate::smtp::server_config::MailServer;
use crate::state::AppState;
use shared::words::Language;

/// What the server said of a test mail.
pub(crate) enum TestMailOutcome {
    /// It took the mail.
    Taken(String),
    /// It did not, or could not be reached.
    Refused(String),
}

/// Sends a mail to this address at once. Gives back what the server said: whether it took the mail, and its words.
///
/// # Errors
/// If the mail cannot be made.
pub(crate) async fn send(
    state: &AppState,
    server: &MailServer,
    shop_name: &str,
    address: &str,
) -> Result<TestMailOutcome, AppError> {
    let now_ms = state.clock.now_ms();
    let letter = MailContent {
        from_name: format!("Tableside at {shop_name}"),
        subject: "Mail from Tableside reaches you".to_owned(),
        page: MailLayout {
            language: Language::En,
            preview: "You asked for this one to see whether it does.".to_owned(),
            colours: ("#1d5c45".to_owned(), "#ffffff"),
            blocks: vec![
                MailBlock::Large("If you can read this, mail from Tableside reaches you.".to_owned()),
                MailBlock::Small(format!("It went through {}. Nothing else is to be done.", server.shown())),
            ],
            foot: "You asked for this mail in the settings.".to_owned(),
            foot_links: Vec::new(),
        },
        picture: None,
        unsubscribe: None,
        is_automatic: true,
        thread: String::new(),
    };
    let (id, host) = (state.random.mail_id(now_ms), crate::smtp::host_of(&state.public_url));
    let mail = message(&letter, server, &Envelope { id: &id, address, host, now_ms })?;
    let mut line = match state.mail_config.smtp_connector(&state.public_url).connect(server).await {
        Ok(line) => line,
        Err(trouble) => return Ok(TestMailOutcome::Refused(describe(trouble))),
    };
    Ok(match line.send(&mail, server).await {
        Ok(said) => {
            line.quit().await;
            TestMailOutcome::Taken(said)
        }
        Err(trouble) => TestMailOutcome::Refused(describe(trouble)),
    })
}

fn describe(trouble: DeliveryError) -> String {
    match trouble {
        DeliveryError::Server(text) | DeliveryError::Temporary(text) | DeliveryError::Permanent(text) => text,
        DeliveryError::NotComposed => "the mail could not be made".to_owned(),
    }
}
