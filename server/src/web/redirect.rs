//! Redirects after a form was sent.

use actix_web::HttpResponse;
use actix_web::http::header;

pub fn see_other(to: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, to)).finish()
}
