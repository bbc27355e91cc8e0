//! `/settings/words`: saved replies, each with a small form.

use crate::db::saved_replies;
use crate::db::saved_replies::{SAVED_MAX, SavedReply};
use crate::error::AppError;
use crate::owner::auth::session::MemberAccess;
use crate::owner::settings::{SettingsPage, saved};
use crate::state::AppState;
use crate::text::form_fields::FormFields;
use crate::web::form_errors::FieldErrors;
use actix_web::HttpResponse;
use actix_web::web::{Data, Form};
use shared::text::{COMMENT_MAX_CHARS, NAME_MAX_CHARS, lines};

pub struct SavedRepliesView {
    pub saved: Vec<SavedReply>,
    /// The form for a new one.
    pub new: SavedReply,
    /// The reply whose form was refused; empty for a new one.
    pub wrong_id: String,
}

impl SavedRepliesView {
    pub fn from_rows(saved: Vec<SavedReply>) -> Self {
        let new = SavedReply { id: String::new(), title: String::new(), words: String::new() };
        Self { saved, new, wrong_id: String::new() }
    }

    fn fill_from(&mut self, form: &FormFields) {
        let typed = SavedReply {
            id: form.get("saved").to_owned(),
            title: form.get("title").to_owned(),
            words: form.get("words").to_owned(),
        };
        self.wrong_id.clone_from(&typed.id);
        match self.saved.iter_mut().find(|saved| saved.id == typed.id) {
            Some(saved) => *saved = typed,
            None => self.new = typed,
        }
    }
}

fn parse(form: &FormFields) -> Result<SavedReply, FieldErrors> {
    let mut wrong = FieldErrors::default();
    let title = wrong.line("title", form.get("title"), NAME_MAX_CHARS);
    let words = wrong.check("words", lines("words", form.get("words"), COMMENT_MAX_CHARS));
    if words.as_deref() == Some("") {
        wrong.add("words", "This is still empty.");
    }
    let id = form.get("saved");
    match (title, words) {
        (Some(title), Some(words)) if wrong.is_empty() => Ok(SavedReply { id: id.to_owned(), title, words }),
        _ => Err(wrong),
    }
}

/// Saves a reply, new or changed. The same new reply sent twice is saved once; 404 for one that was removed meanwhile.
pub async fn post(
    MemberAccess(who): MemberAccess,
    form: Form<FormFields>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let wrong = match parse(&form) {
        Ok(mut words) => {
            let known = saved_replies::list(&state.db, &who.shop.key).await?;
            if words.id.is_empty() {
                if known.iter().any(|reply| (&reply.title, &reply.words) == (&words.title, &words.words)) {
                    return Ok(saved(&who, "words"));
                }
                words.id = state.random.key();
            } else if known.iter().all(|reply| reply.id != words.id) {
                return Err(AppError::NotFound);
            }
            let mut tx = state.db.begin().await?;
            if saved_replies::save(&mut tx, &who.shop.key, &words).await? {
                tx.commit().await?;
                return Ok(saved(&who, "words"));
            }
            let mut wrong = FieldErrors::default();
            wrong.add("title", format!("There are {SAVED_MAX} already. Remove one first."));
            wrong
        }
        Err(wrong) => wrong,
    };
    let mut page = SettingsPage::load(&state, &who).await?;
    page.words.fill_from(&form);
    page.refused("words", wrong)
}

pub async fn remove(
    MemberAccess(who): MemberAccess,
    form: Form<FormFields>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let mut tx = state.db.begin().await?;
    saved_replies::remove(&mut tx, &who.shop.key, form.get("saved")).await?;
    tx.commit().await?;
    Ok(saved(&who, "words"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_need_a_title_and_something_to_say() {
        let form = |title, words| -> FormFields {
            [("saved", "abc"), ("title", title), ("words", words)].into_iter().collect()
        };
        assert_eq!(parse(&form("Sorry", "I’m sorry.\nAnna")).unwrap().words, "I’m sorry.\nAnna");
        assert!(parse(&form("", "I’m sorry.")).unwrap_err().at("title").is_some());
        assert!(parse(&form("Sorry", " ")).unwrap_err().at("words").is_some());
        assert!(parse(&form("Sorry", "\u{1b}[0m")).unwrap_err().at("words").is_some());
    }
}
