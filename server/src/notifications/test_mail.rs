//! The test of a mail server: sends a mail at once and reports the server's own words.

use crate::error::AppError;
use crate::notifications::MailContent;
use crate::notifications::layout::{MailBlock, MailLayout};
use crate::notifications::mime::{Envelope, message};
use crate::smtp::retry::DeliveryError;
use crate::smtp::server_config::MailServer;
use crate::state::AppState;
use shared::words::Language;

pub(crate) enum TestMailOutcome {
    /// The server's reply.
    Taken(String),
    /// The reply, or why the server could not be reached.
    Refused(String),
}

pub(crate) async fn send(
    state: &AppState,
    server: &MailServer,
    shop_name: &str,
    address: &str,
) -> Result<TestMailOutcome, AppError> {
    let now_ms = state.clock.now_ms();
    let content = MailContent {
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
    let mail = message(&content, server, &Envelope { id: &id, address, host, now_ms })?;
    let mut connection = match state.mail_config.smtp_connector(&state.public_url).connect(server).await {
        Ok(connection) => connection,
        Err(error) => return Ok(TestMailOutcome::Refused(describe(error))),
    };
    Ok(match connection.send(&mail, server).await {
        Ok(reply) => {
            connection.quit().await;
            TestMailOutcome::Taken(reply)
        }
        Err(error) => TestMailOutcome::Refused(describe(error)),
    })
}

fn describe(error: DeliveryError) -> String {
    match error {
        DeliveryError::Server(text) | DeliveryError::Temporary(text) | DeliveryError::Permanent(text) => text,
        DeliveryError::NotComposed => "the mail could not be made".to_owned(),
    }
}
