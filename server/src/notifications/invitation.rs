//! To somebody who may join the people of a shop.

use crate::db::outbox_claims::ClaimedMail;
use crate::db::{invitations, members};
use crate::domain::role::Role;
use crate::notifications::dates;
use crate::notifications::layout::{MailBlock, MailLayout};
use crate::notifications::{
    ComposeError, ComposeResult, Composer, GONE, MailContent, head, our_colours, preview, subject,
};
use crate::security::secret_hash;
use crate::web::urls::join_url;
use shared::words::Language;

/// What it says, in the language of whoever invites. The mail's `message` is the hash of the link that they were shown.
///
/// # Errors
/// What the database says.
pub(crate) async fn invitation(composer: &Composer<'_>, mail: &ClaimedMail) -> ComposeResult {
    let (db, shop) = (&composer.state.db, &composer.shop.key);
    let invited = invitations::find(db, shop, &mail.message, composer.now_ms).await?;
    let Some(invited) = invited else { return Err(ComposeError::NotNeeded(GONE)) };
    let by = members::find(db, shop, &invited.invited_by).await?;
    let (name, language) = by.map(|p| (p.name, Language::of_tag(&p.language))).unwrap_or_default();
    let secret = composer.state.random.secret();
    let mut tx = db.begin().await?;
    let is_there =
        invitations::set_mail_hash(&mut tx, shop, &mail.message, &secret_hash::hash_token(secret.reveal()))
            .await?;
    tx.commit().await?;
    if !is_there {
        return Err(ComposeError::NotNeeded(GONE));
    }

    let picture = composer.photo_of(&invited.invited_by, &name).await?;
    let name = if name.is_empty() { composer.shop.settings.person.name.clone() } else { name };
    let at = &composer.shop.name;
    let until = dates::format_deadline(&composer.days(), invited.expires_at_ms, language);
    let (from_shop, said, button, foot) = match language {
        Language::En => (
            format!("from {at}"),
            format!("{} with me what visitors of {at} tell us?", english(invited.role)),
            "Join",
            format!(
                "{name} has typed your address. The button opens a page on which you join; it works until {until}. If you don’t want to, do nothing."
            ),
        ),
        Language::De => (
            format!("von {at}"),
            format!("{} mit mir, was Besucher von {at} uns sagen?", german(invited.role)),
            "Mitmachen",
            format!(
                "{name} hat deine Adresse eingegeben. Der Knopf öffnet eine Seite, auf der du beitrittst; er gilt bis {until}. Wenn du nicht willst, tu nichts."
            ),
        ),
    };
    let title = match language {
        Language::En => format!("{name} invites you to {at}"),
        Language::De => format!("{name} lädt dich zu {at} ein"),
    };
    let page = MailLayout {
        language,
        preview: preview(&said),
        colours: our_colours(),
        blocks: vec![
            head(&name, from_shop, picture.as_ref()),
            MailBlock::Large(said),
            MailBlock::Buttons(vec![(button.to_owned(), join_url(composer.state, shop, &secret))]),
        ],
        foot,
        foot_links: Vec::new(),
    };
    Ok(MailContent {
        from_name: composer.our_name(language),
        subject: subject(&title),
        page,
        picture,
        unsubscribe: None,
        is_automatic: true,
        thread: String::new(),
    })
}

fn english(role: Role) -> &'static str {
    match role {
        Role::Owner | Role::Staff => "Would you read and answer",
        Role::Reader => "Would you read",
    }
}

fn german(role: Role) -> &'static str {
    match role {
        Role::Owner | Role::Staff => "Liest und beantwortest du",
        Role::Reader => "Liest du",
    }
}
