//! `/settings/people/board`: links to the shared report, for a person without an account. Each is shown once.

use crate::db::share_links;
use crate::db::share_links::{LINKS_MAX, ShareLink};
use crate::error::AppError;
use crate::owner::auth::session::{OwnerAccess, SignedIn};
use crate::owner::people::{PeoplePage, saved};
use crate::owner::summary::shared_report::url;
use crate::security::secret_hash;
use crate::state::AppState;
use crate::text::form_fields::FormFields;
use crate::time::clock::DAY_MS;
use crate::time::zone::ShopZone;
use crate::web::form_errors::FieldErrors;
use crate::web::html_response;
use actix_web::HttpResponse;
use actix_web::web::{Data, Form};
use askama::Template as _;
use shared::ids::Secret;

/// The choices for how long a link is valid.
pub const DAYS: [i64; 4] = [7, 30, 90, 365];
const LABEL_MAX_CHARS: usize = 60;

pub struct ShareLinkRow {
    pub name: String,
    pub label: String,
    pub made: String,
    /// The last day on which it is valid.
    pub ends: String,
}

pub struct ShareLinksView {
    pub links: Vec<ShareLinkRow>,
    /// The link that was just made.
    pub made: Option<String>,
    /// The next link's, so that sending the form twice makes one link.
    pub secret: String,
    pub label: String,
    /// How long the next link is valid.
    pub days: i64,
}

impl ShareLinksView {
    pub async fn saved(state: &AppState, who: &SignedIn) -> Result<Self, AppError> {
        let now_ms = state.clock.now_ms();
        let links = match who.role.may_decide() {
            true => share_links::list_open(&state.db, &who.shop.key, now_ms).await?,
            false => Vec::new(),
        };
        let days = ShopZone::from_name(&who.shop.settings.time_zone);
        let row = |link: ShareLink| ShareLinkRow {
            name: link.token_hash,
            label: link.label,
            made: days.format_instant(link.created_at_ms, now_ms),
            ends: ShopZone::format_date(days.day(link.expires_at_ms - 1)),
        };
        Ok(Self {
            links: links.into_iter().map(row).collect(),
            made: None,
            secret: state.random.secret().reveal().to_owned(),
            label: String::new(),
            days: 30,
        })
    }
}

fn parse(form: &FormFields) -> Result<(Secret, String, i64), FieldErrors> {
    let mut wrong = FieldErrors::default();
    let label = wrong.line("label", form.get("label"), LABEL_MAX_CHARS);
    let days = form.get("days").parse().ok().filter(|days| DAYS.contains(days));
    if days.is_none() {
        wrong.add("days", "Please choose for how long it works.");
    }
    // The form always has one.
    let secret = Secret::parse(form.get("secret")).ok();
    match (secret, label, days) {
        (Some(secret), Some(label), Some(days)) => Ok((secret, label, days)),
        _ => Err(wrong),
    }
}

/// The same form sent again shows the same link.
pub async fn post(
    OwnerAccess(who): OwnerAccess,
    form: Form<FormFields>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let refused = async |wrong: FieldErrors| {
        let mut page = PeoplePage::load(&state, &who).await?;
        page.board.label = form.get("label").to_owned();
        page.board.days = form.get("days").parse().unwrap_or(30);
        page.refused("board", wrong)
    };
    let (secret, label, days) = match parse(&form) {
        Ok(parsed) => parsed,
        Err(wrong) => return refused(wrong).await,
    };
    let (key, now_ms) = (&who.shop.key, state.clock.now_ms());
    let link = ShareLink {
        token_hash: secret_hash::hash_token(secret.reveal()),
        label,
        created_by: who.owner.id.clone(),
        created_at_ms: now_ms,
        expires_at_ms: now_ms + days * DAY_MS,
    };
    let mut tx = state.db.begin().await?;
    if !share_links::insert(&mut tx, key, &link).await? {
        // The page needs a connection, and a task must not hold two.
        drop(tx);
        let mut wrong = FieldErrors::default();
        wrong.add("label", format!("There are {LINKS_MAX} links already. End one of them first."));
        return refused(wrong).await;
    }
    tx.commit().await?;
    let mut page = PeoplePage::load(&state, &who).await?;
    page.board.made = Some(url(&state, key, &secret));
    Ok(html_response::page(HttpResponse::Ok(), page.render()?))
}

pub async fn revoke(
    OwnerAccess(who): OwnerAccess,
    form: Form<FormFields>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let mut tx = state.db.begin().await?;
    share_links::revoke(&mut tx, &who.shop.key, form.get("link")).await?;
    tx.commit().await?;
    Ok(saved(&who, "board"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_needs_a_name_and_an_end() {
        let secret = Secret::from_bytes(&[7; 32]);
        let form = |label, days| -> FormFields {
            [("secret", secret.reveal()), ("label", label), ("days", days)].into_iter().collect()
        };
        assert_eq!(parse(&form(" The board ", "30")).ok().unwrap().1, "The board");
        assert!(parse(&form("", "30")).err().unwrap().at("label").is_some());
        for days in ["", "0", "31", "-7", "99999999999999999999"] {
            assert!(parse(&form("The board", days)).err().unwrap().at("days").is_some(), "{days}");
        }
    }
}
