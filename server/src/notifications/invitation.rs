//! The invitation to join the people of a shop.

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

/// Written in the inviter's language. `mail.message` is the hash of the link that the inviter was shown; this mail's link
/// gets a secret of its own.
pub(crate) async fn invitation(composer: &Composer<'_>, mail: &ClaimedMail) -> ComposeResult {
    let (db, shop) = (&composer.state.db, &composer.shop.key);
    let open_invitation = invitations::find(db, shop, &mail.message, composer.now_ms).await?;
    let Some(open_invitation) = open_invitation else { return Err(ComposeError::NotNeeded(GONE)) };
    let inviter = members::find(db, shop, &open_invitation.invited_by).await?;
    let (name, language) = inviter.map(|p| (p.name, Language::of_tag(&p.language))).unwrap_or_default();
    let secret = composer.state.random.secret();
    let mut tx = db.begin().await?;
    let is_open =
        invitations::set_mail_hash(&mut tx, shop, &mail.message, &secret_hash::hash_token(secret.reveal()))
            .await?;
    tx.commit().await?;
    if !is_open {
        return Err(ComposeError::NotNeeded(GONE));
    }

    let picture = composer.photo_of(&open_invitation.invited_by, &name).await?;
    let name = if name.is_empty() { composer.shop.settings.person.name.clone() } else { name };
    let shop_name = &composer.shop.name;
    let until = dates::format_deadline(&composer.zone(), open_invitation.expires_at_ms, language);
    let (from_shop, text, button, foot) = match language {
        Language::En => (
            format!("from {shop_name}"),
            format!("{} with me what visitors of {shop_name} tell us?", english(open_invitation.role)),
            "Join",
            format!(
                "{name} has typed your address. The button opens a page on which you join; it works until {until}. If you don’t want to, do nothing."
            ),
        ),
        Language::De => (
            format!("von {shop_name}"),
            format!("{} mit mir, was Besucher von {shop_name} uns sagen?", german(open_invitation.role)),
            "Mitmachen",
            format!(
                "{name} hat deine Adresse eingegeben. Der Knopf öffnet eine Seite, auf der du beitrittst; er gilt bis {until}. Wenn du nicht willst, tu nichts."
            ),
        ),
    };
    let title = match language {
        Language::En => format!("{name} invites you to {shop_name}"),
        Language::De => format!("{name} lädt dich zu {shop_name} ein"),
    };
    let page = MailLayout {
        language,
        preview: preview(&text),
        colours: our_colours(),
        blocks: vec![
            head(&name, from_shop, picture.as_ref()),
            MailBlock::Large(text),
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
