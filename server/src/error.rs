//! Errors of requests and jobs: what each means for the client and for the log.

use crate::db::DbError;
use crate::security::password::PasswordError;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};
use shared::refusal::{Code, Refusal};
use shared::wire::{Refused, WireError};
use std::fmt;

/// Every variant's status is decided by hand; there is no wildcard.
#[derive(Debug)]
pub enum AppError {
    /// Invalid input, with the field.
    Refused(Refusal),
    /// Missing, or not accessible to this client.
    NotFound,
    /// Over a limit, for so many seconds.
    NotBefore(u32),
    /// With the URL to continue at after signing in.
    SignedOut(String),
    Db(DbError),
    /// A bug; the text goes to the log only.
    Internal(String),
}

impl AppError {
    pub fn code(&self) -> Code {
        match self {
            Self::Refused(refusal) => refusal.code,
            Self::NotFound => Code::NotFound,
            Self::NotBefore(_) => Code::TooMany,
            Self::SignedOut(_) => Code::SignedOut,
            Self::Db(_) => Code::Busy,
            Self::Internal(_) => Code::Internal,
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            Self::Refused(refusal) => refusal.field,
            Self::NotFound | Self::NotBefore(_) | Self::SignedOut(_) | Self::Db(_) | Self::Internal(_) => {
                None
            }
        }
    }

    /// Logs causes, never visitors' words or addresses.
    pub fn log(&self) {
        match self {
            Self::Refused(refusal) => tracing::debug!(%refusal, "refused"),
            Self::NotFound | Self::NotBefore(_) | Self::SignedOut(_) => {}
            Self::Db(cause) => tracing::error!(%cause, "the database did not answer"),
            Self::Internal(cause) => tracing::error!(%cause, "our own mistake"),
        }
    }
}

pub fn status_of(code: Code) -> StatusCode {
    match code {
        Code::Malformed
        | Code::Missing
        | Code::ControlCharacter
        | Code::IdLooksWrong
        | Code::SecretLooksWrong => StatusCode::BAD_REQUEST,
        Code::SignedOut => StatusCode::UNAUTHORIZED,
        Code::WrongOrigin | Code::NotYours => StatusCode::FORBIDDEN,
        Code::NoSuchShop | Code::NotFound => StatusCode::NOT_FOUND,
        Code::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
        Code::TooSlow => StatusCode::REQUEST_TIMEOUT,
        Code::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Code::WrongContentType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Code::AnswerFirst | Code::NotNow | Code::AnsweredMeanwhile => StatusCode::CONFLICT,
        Code::ConversationOver => StatusCode::GONE,
        Code::TooLong
        | Code::RatingOutOfRange
        | Code::EmailLooksWrong
        | Code::UnknownReason
        | Code::TooManyReasons
        | Code::PageLooksWrong
        | Code::IdTaken
        | Code::OriginLooksWrong
        | Code::ColourLooksWrong
        | Code::NumberOutOfRange => StatusCode::UNPROCESSABLE_ENTITY,
        Code::TooMany => StatusCode::TOO_MANY_REQUESTS,
        Code::Busy => StatusCode::SERVICE_UNAVAILABLE,
        Code::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// After how many seconds the same request may succeed; `None` where waiting does not help.
pub fn retry_after_seconds(code: Code) -> Option<u32> {
    matches!(code, Code::Busy | Code::TooMany).then_some(3)
}

/// One English sentence for the network log and the owner's pages.
pub fn sentence_of(code: Code) -> &'static str {
    match code {
        Code::Malformed => "This is not the JSON that belongs here.",
        Code::Missing => "Something that must be there is missing.",
        Code::TooLong => "This is longer than it may be.",
        Code::WrongMethod => "This address takes other methods.",
        Code::TooSlow => "The request did not arrive in time.",
        Code::TooLarge => "The whole request is larger than 32 KiB.",
        Code::ControlCharacter => "There is a control character in this text.",
        Code::RatingOutOfRange => "A rating is 1, 2, 3, 4 or 5.",
        Code::EmailLooksWrong => "This does not look like an e-mail address.",
        Code::IdLooksWrong => "An id is a UUIDv7 in lower case.",
        Code::SecretLooksWrong => "A secret is 32 bytes in base64url.",
        Code::NoSuchShop => "There is no shop with this key.",
        Code::UnknownReason => "This reason is not on the shop’s list.",
        Code::TooManyReasons => "These are more reasons than the shop offers, or one twice.",
        Code::PageLooksWrong => "A page is a path that begins with a slash.",
        Code::IdTaken => "This id already stands for something else.",
        Code::NotFound => "There is nothing here.",
        Code::WrongOrigin => "This has to be sent from our own pages.",
        Code::WrongContentType => "Please send plain, uncompressed JSON.",
        Code::OriginLooksWrong => "A shop’s address looks like https://shop.example.",
        Code::ColourLooksWrong => "A colour looks like #1d5c45.",
        Code::NumberOutOfRange => "This number is outside of what makes sense.",
        Code::AnswerFirst => "Please say a word to the visitor first.",
        Code::NotNow => "The conversation does not stand where this makes sense.",
        Code::ConversationOver => "Nothing more can be written in this conversation.",
        Code::AnsweredMeanwhile => "Somebody else has answered meanwhile.",
        Code::NotYours => "This is for the shop’s owner.",
        Code::SignedOut => "Please sign in first.",
        Code::TooMany => "That was a lot at once. Please try again a little later.",
        Code::Busy => "We cannot store anything just now. Please try again in a moment.",
        Code::Internal => "Something broke on our side.",
    }
}

impl fmt::Display for AppError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code().as_str())
    }
}

impl ResponseError for AppError {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::SignedOut(_) => StatusCode::SEE_OTHER,
            other => status_of(other.code()),
        }
    }

    fn error_response(&self) -> HttpResponse {
        self.log();
        let code = self.code();
        let mut answer = HttpResponse::build(self.status_code());
        match code {
            Code::Busy | Code::TooMany => {
                let told = if let Self::NotBefore(seconds) = self { Some(*seconds) } else { None };
                if let Some(seconds) = told.or(retry_after_seconds(code)) {
                    answer.insert_header((header::RETRY_AFTER, seconds));
                }
            }
            Code::SignedOut => {
                if let Self::SignedOut(next) = self {
                    answer.insert_header((header::LOCATION, next.as_str()));
                }
            }
            _ => {}
        }
        answer.insert_header((header::CACHE_CONTROL, "no-store"));
        answer.json(Refused {
            error: WireError {
                code: code.as_str().to_owned(),
                message: sentence_of(code).to_owned(),
                field: self.field().map(str::to_owned),
            },
        })
    }
}

impl From<Refusal> for AppError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Code> for AppError {
    fn from(code: Code) -> Self {
        Self::Refused(code.into())
    }
}

impl From<DbError> for AppError {
    fn from(error: DbError) -> Self {
        Self::Db(error)
    }
}

impl From<PasswordError> for AppError {
    fn from(cause: PasswordError) -> Self {
        match cause {
            PasswordError::Busy => Code::TooMany.into(),
            PasswordError::Hash | PasswordError::Unfinished => Self::Internal(cause.to_string()),
        }
    }
}

impl From<askama::Error> for AppError {
    fn from(error: askama::Error) -> Self {
        Self::Internal(error.to_string())
    }
}

/// Why one job of the writer's transaction failed.
#[derive(Debug)]
pub enum JobError {
    /// The transaction goes on, and what the job had changed before stays.
    Refused(AppError),
    /// Ends the transaction for every job in it.
    Db(DbError),
}

impl From<AppError> for JobError {
    fn from(error: AppError) -> Self {
        Self::Refused(error)
    }
}

impl From<Refusal> for JobError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal.into())
    }
}

impl From<Code> for JobError {
    fn from(code: Code) -> Self {
        Self::Refused(code.into())
    }
}

impl From<DbError> for JobError {
    fn from(cause: DbError) -> Self {
        Self::Db(cause)
    }
}
