//! The one config of routes. A test asks each of them as every kind of caller (`tests/api/matrix.rs`).

use crate::error::AppError;
use crate::health;
use crate::middleware::{compression, csrf, error_pages, keep_alive, request_metrics, security_headers};
use crate::owner;
use crate::owner::auth::{accept_invitation, first_run, one_time_link, sign_in, welcome};
use crate::owner::inbox::{actions, bulk_actions, presence};
use crate::owner::responses::export;
use crate::owner::settings::preview;
use crate::owner::summary::page;
use crate::owner::{inbox, people, settings};
use crate::public::conversations::{events, private_links, read, write};
use crate::public::{conversation_page, loader, plain_form, responses, static_files, widget_page};
use crate::public::{unsubscribe, unsubscribe_weekly};
use crate::state::AppState;
use crate::web::body_timeout;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::guard::fn_guard;
use actix_web::middleware::from_fn;
use actix_web::web::{self, Data, FormConfig, patch, post, resource};
use actix_web::{App, HttpResponse};

pub fn app(
    state: Data<AppState>,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = actix_web::Error,
        InitError = (),
    >,
> {
    App::new()
        .app_data(state)
        .wrap(from_fn(body_timeout::enforce))
        .wrap(from_fn(csrf::require_same_origin))
        .wrap(from_fn(error_pages::render))
        .wrap(from_fn(compression::compress_html))
        .wrap(from_fn(security_headers::apply))
        .wrap(from_fn(keep_alive::close_when_crowded))
        .wrap(from_fn(request_metrics::record))
        .configure(routes)
}

/// HEAD is answered like GET.
fn routes(config: &mut web::ServiceConfig) {
    let read =
        || web::route().guard(actix_web::guard::Any(actix_web::guard::Get()).or(actix_web::guard::Head()));
    config
        // What the widget may call, the busiest first
        .service(resource("/v1/responses").route(post().to(responses::post)))
        .service(resource("/v1/responses/{id}").route(patch().to(responses::patch)))
        .service(resource("/v1/check-ins").route(post().to(crate::public::check_ins::post)))
        .service(resource("/v1/conversations").route(post().to(read::list)))
        .service(resource("/v1/conversations/news").route(post().to(events::get)))
        .service(resource("/v1/conversations/{id}/read").route(post().to(read::detail)))
        .service(resource("/v1/conversations/{id}/messages").route(post().to(write::message)))
        .service(resource("/v1/conversations/{id}/seen").route(post().to(write::mark_seen)))
        .service(resource("/v1/conversations/{id}/verdict").route(post().to(write::verdict)))
        .service(resource("/v1/conversations/{id}/links").route(post().to(private_links::create)))
        .service(resource("/v1/conversations/{id}/erase").route(post().to(write::erase)))
        .service(resource("/v1/conversations/{id}/forget").route(post().to(write::forget)))
        .service(resource("/v1/links").route(post().to(private_links::open)))
        .service(resource("/s/{file}").route(read().to(loader::get)))
        .service(
            resource("/w/{key}")
                .route(read().guard(fn_guard(preview::is_preview)).to(preview::frame))
                .route(read().to(widget_page::get))
                .route(post().to(plain_form::post)),
        )
        .service(resource("/c/{key}").route(read().to(conversation_page::get)))
        .service(resource("/a/{name}").route(read().to(static_files::asset)))
        .service(resource("/p/{shop}/{photo}").route(read().to(static_files::photo)))
        // What a link in a mail opens
        .service(
            resource("/u/{key}/{secret}")
                .route(read().to(unsubscribe::get))
                .route(post().to(unsubscribe::post)),
        )
        .service(
            resource("/u/{key}/weekly/{mail}")
                .route(read().to(unsubscribe_weekly::get))
                .route(post().to(unsubscribe_weekly::post)),
        )
        // What machines ask
        .service(resource("/healthz").route(read().to(health::healthz)))
        .service(resource("/readyz").route(read().to(health::readyz)))
        // What the owner sees
        .service(resource("/").route(read().to(page::redirect_home)))
        .service(resource("/sign-in").route(read().to(sign_in::get)).route(post().to(sign_in::post)))
        .service(resource("/sign-out").route(post().to(sign_in::sign_out)))
        .service(
            resource("/first-run/{token}").route(read().to(first_run::get)).route(post().to(first_run::post)),
        )
        .service(
            resource("/enter/{token}")
                .route(read().to(one_time_link::get))
                .route(post().to(one_time_link::post)),
        )
        .service(
            resource("/join/{token}")
                .route(read().to(accept_invitation::get))
                .route(post().to(accept_invitation::post)),
        )
        .service(resource("/board/{token}").route(read().to(owner::summary::shared_report::get)))
        .service(resource("/welcome").route(read().to(welcome::get)))
        .service(resource("/shops").route(read().to(owner::summary::all_shops::get)))
        .service(resource("/summary").route(read().to(page::get)))
        // A form percent-encodes a text of 4,000 characters as up to 48,000 bytes.
        .app_data(FormConfig::default().limit(64 * 1024))
        .service(resource("/inbox").route(read().to(inbox::get)))
        .service(resource("/inbox/set-aside").route(post().to(bulk_actions::set_aside)))
        .service(resource("/inbox/take-back").route(post().to(bulk_actions::take_back)))
        .service(resource("/inbox/{id}").route(read().to(inbox::detail)))
        .service(resource("/inbox/{id}/reply").route(post().to(actions::reply)))
        .service(resource("/inbox/{id}/put-right").route(post().to(actions::mark_put_right)))
        .service(resource("/inbox/{id}/set-aside").route(post().to(actions::set_aside)))
        .service(resource("/inbox/{id}/let-rest").route(post().to(actions::mark_no_reply_needed)))
        .service(resource("/inbox/{id}/take-back").route(post().to(actions::take_back)))
        .service(resource("/inbox/{id}/give").route(post().to(actions::assign)))
        .service(resource("/inbox/{id}/read").route(post().to(actions::mark_read)))
        .service(resource("/inbox/{id}/here").route(post().to(presence::mark_present)))
        .service(resource("/inbox/{id}/erase").route(post().to(actions::erase)))
        .service(resource("/inbox/{id}/export.json").route(read().to(inbox::export::json)))
        .service(resource("/inbox/{id}/export.txt").route(read().to(inbox::export::text)))
        .service(resource("/responses").route(read().to(owner::responses::page::get)))
        .service(resource("/responses/{id}").route(read().to(owner::responses::page::detail)))
        .service(resource("/responses.csv").route(read().to(export::csv)))
        .service(resource("/responses.json").route(read().to(export::json)))
        .service(resource("/conversations.csv").route(read().to(export::conversations_csv)))
        .service(resource("/conversations.json").route(read().to(export::conversations_json)))
        .service(resource("/counts.csv").route(read().to(export::counts_csv)))
        .service(resource("/counts.json").route(read().to(export::counts_json)))
        .service(resource("/news").route(read().to(owner::events::get)))
        .service(resource("/settings").route(read().to(settings::get)))
        .service(resource("/settings/origins").route(post().to(settings::allowed_origins::add)))
        .service(resource("/settings/origins/remove").route(post().to(settings::allowed_origins::remove)))
        .service(resource("/settings/when").route(post().to(settings::triggers::post)))
        .service(resource("/settings/look").route(post().to(settings::appearance::post)))
        .service(resource("/settings/person").route(post().to(settings::contact_person::post)))
        .service(resource("/settings/reasons").route(post().to(settings::reasons::post)))
        .service(resource("/settings/mail").route(post().to(settings::mail_server::post)))
        .service(resource("/settings/mail/outbox").route(post().to(settings::mail_server::settle_unsent)))
        .service(resource("/settings/hours").route(post().to(settings::opening_hours::post)))
        .service(resource("/summary/markers").route(post().to(owner::summary::change_markers::add)))
        .service(resource("/summary/markers/remove").route(post().to(owner::summary::change_markers::remove)))
        .service(
            resource("/summary/markers/{id}")
                .route(read().to(owner::summary::notify_complainants::get))
                .route(post().to(owner::summary::notify_complainants::post)),
        )
        .service(resource("/settings/causes").route(post().to(settings::causes::post)))
        .service(resource("/settings/mouth").route(post().to(settings::word_of_mouth::post)))
        .service(resource("/settings/words").route(post().to(settings::saved_replies::post)))
        .service(resource("/settings/words/remove").route(post().to(settings::saved_replies::remove)))
        .service(resource("/settings/people").route(read().to(people::get)))
        .service(resource("/settings/people/invite").route(post().to(people::invitations::post)))
        .service(resource("/settings/people/take-back").route(post().to(people::invitations::revoke)))
        .service(resource("/settings/people/role").route(post().to(people::roles::role)))
        .service(resource("/settings/people/remove").route(post().to(people::roles::remove)))
        .service(resource("/settings/people/leave").route(post().to(people::roles::leave)))
        .service(resource("/settings/people/board").route(post().to(people::share_links::post)))
        .service(resource("/settings/people/board/end").route(post().to(people::share_links::revoke)))
        .service(resource("/settings/people/you").route(post().to(people::profile::post)))
        .service(resource("/settings/shop").route(post().to(settings::shop::post)))
        .service(resource("/settings/sign-in").route(post().to(settings::password::post)))
        .service(resource("/settings/tag-seen").route(read().to(settings::tag_status::get)))
        .service(resource("/settings/preview").route(read().to(preview::get)))
        .service(resource("/settings/preview.js").route(read().to(preview::loader)))
        .default_service(web::to(not_found));
}

async fn not_found() -> Result<HttpResponse, AppError> {
    Err(AppError::NotFound)
}
