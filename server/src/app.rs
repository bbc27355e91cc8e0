//! Every way in, on one list.

use crate::collect::talks::{links, news, read, say};
use crate::collect::{check_ins, files, frame, hosted, loader, responses};
use crate::failure::Failure;
use crate::house::House;
use crate::mail::{stop_weekly, unsubscribe};
use crate::owner::inbox::{act, presence, several};
use crate::owner::{
    self, entrance, export, first_run, inbox, join, people, preview, settings, sign_in, summary, welcome,
};
use crate::{compress, crowd, deadline, error_page, guard, headers, metrics};
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::{Next, from_fn};
use actix_web::web::{self, Data, FormConfig, patch, post, resource};
use actix_web::{App, HttpResponse};
use shared::refusal::Code;
use std::time::Duration;

/// The collector, ready to answer.
pub fn app(
    house: Data<House>,
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
        .app_data(house)
        .wrap(from_fn(deadline::keep))
        .wrap(from_fn(guard::same_origin))
        .wrap(from_fn(error_page::for_people))
        .wrap(from_fn(compress::pages))
        .wrap(from_fn(complete_headers))
        .wrap(from_fn(crowd::part))
        .wrap(from_fn(metrics::count))
        .configure(routes)
}

/// The list. A `get` answers HEAD as well.
fn routes(list: &mut web::ServiceConfig) {
    let read =
        || web::route().guard(actix_web::guard::Any(actix_web::guard::Get()).or(actix_web::guard::Head()));
    list
        // What the widget may call, the busiest first
        .service(resource("/v1/responses").route(post().to(responses::add)))
        .service(resource("/v1/responses/{id}").route(patch().to(responses::change)))
        .service(resource("/v1/check-ins").route(post().to(check_ins::tell)))
        .service(resource("/v1/conversations").route(post().to(read::list)))
        .service(resource("/v1/conversations/news").route(post().to(news::listen)))
        .service(resource("/v1/conversations/{id}/read").route(post().to(read::one)))
        .service(resource("/v1/conversations/{id}/messages").route(post().to(say::say)))
        .service(resource("/v1/conversations/{id}/seen").route(post().to(say::see)))
        .service(resource("/v1/conversations/{id}/verdict").route(post().to(say::decide)))
        .service(resource("/v1/conversations/{id}/links").route(post().to(links::make)))
        .service(resource("/v1/conversations/{id}/erase").route(post().to(say::erase)))
        .service(resource("/v1/conversations/{id}/forget").route(post().to(say::forget)))
        .service(resource("/v1/links").route(post().to(links::open)))
        .service(resource("/s/{file}").route(read().to(loader::loader)))
        .service(resource("/w/{key}").route(read().to(frame::show)).route(post().to(frame::take)))
        .service(resource("/c/{key}").route(read().to(hosted::show)))
        .service(resource("/a/{name}").route(read().to(files::asset)))
        .service(resource("/p/{shop}/{photo}").route(read().to(files::photo)))
        // What a link in a mail opens
        .service(
            resource("/u/{key}/{secret}")
                .route(read().to(unsubscribe::show))
                .route(post().to(unsubscribe::take)),
        )
        .service(
            resource("/u/{key}/weekly/{mail}")
                .route(read().to(stop_weekly::show))
                .route(post().to(stop_weekly::take)),
        )
        // What machines ask
        .service(resource("/healthz").route(read().to(health)))
        .service(resource("/readyz").route(read().to(ready)))
        // What the owner sees
        .service(resource("/").route(read().to(summary::home)))
        .service(resource("/sign-in").route(read().to(sign_in::show)).route(post().to(sign_in::take)))
        .service(resource("/sign-out").route(post().to(sign_in::out)))
        .service(
            resource("/first-run/{token}")
                .route(read().to(first_run::show))
                .route(post().to(first_run::take)),
        )
        .service(resource("/enter/{token}").route(read().to(entrance::show)).route(post().to(entrance::take)))
        .service(resource("/join/{token}").route(read().to(join::show)).route(post().to(join::take)))
        .service(resource("/board/{token}").route(read().to(owner::board::show)))
        .service(resource("/welcome").route(read().to(welcome::show)))
        .service(resource("/shops").route(read().to(owner::all_shops::show)))
        .service(resource("/summary").route(read().to(summary::show)))
        // Words of 4,000 letters from anywhere, as a form writes them
        .app_data(FormConfig::default().limit(64 * 1024))
        .service(resource("/inbox").route(read().to(inbox::show)))
        .service(resource("/inbox/set-aside").route(post().to(several::set_aside)))
        .service(resource("/inbox/take-back").route(post().to(several::take_back)))
        .service(resource("/inbox/{id}").route(read().to(inbox::one)))
        .service(resource("/inbox/{id}/reply").route(post().to(act::reply)))
        .service(resource("/inbox/{id}/put-right").route(post().to(act::put_right)))
        .service(resource("/inbox/{id}/set-aside").route(post().to(act::set_aside)))
        .service(resource("/inbox/{id}/let-rest").route(post().to(act::let_rest)))
        .service(resource("/inbox/{id}/take-back").route(post().to(act::take_back)))
        .service(resource("/inbox/{id}/give").route(post().to(act::give)))
        .service(resource("/inbox/{id}/read").route(post().to(act::read)))
        .service(resource("/inbox/{id}/here").route(post().to(presence::here)))
        .service(resource("/inbox/{id}/erase").route(post().to(act::erase)))
        .service(resource("/inbox/{id}/export.json").route(read().to(inbox::export::json)))
        .service(resource("/inbox/{id}/export.txt").route(read().to(inbox::export::text)))
        .service(resource("/responses").route(read().to(owner::responses::show)))
        .service(resource("/responses/{id}").route(read().to(owner::responses::one)))
        .service(resource("/responses.csv").route(read().to(export::csv)))
        .service(resource("/responses.json").route(read().to(export::json)))
        .service(resource("/conversations.csv").route(read().to(export::conversations_csv)))
        .service(resource("/conversations.json").route(read().to(export::conversations_json)))
        .service(resource("/counts.csv").route(read().to(export::counts_csv)))
        .service(resource("/counts.json").route(read().to(export::counts_json)))
        .service(resource("/news").route(read().to(owner::news::listen)))
        .service(resource("/settings").route(read().to(settings::show)))
        .service(resource("/settings/origins").route(post().to(settings::origins::add)))
        .service(resource("/settings/origins/remove").route(post().to(settings::origins::remove)))
        .service(resource("/settings/when").route(post().to(settings::when::take)))
        .service(resource("/settings/look").route(post().to(settings::look::take)))
        .service(resource("/settings/person").route(post().to(settings::person::take)))
        .service(resource("/settings/reasons").route(post().to(settings::reasons::take)))
        .service(resource("/settings/mail").route(post().to(settings::mail::take)))
        .service(resource("/settings/mail/outbox").route(post().to(settings::mail::settle)))
        .service(resource("/settings/hours").route(post().to(settings::hours::take)))
        .service(resource("/summary/markers").route(post().to(owner::markers::add)))
        .service(resource("/summary/markers/remove").route(post().to(owner::markers::remove)))
        .service(
            resource("/summary/markers/{id}")
                .route(read().to(owner::tell_them::show))
                .route(post().to(owner::tell_them::take)),
        )
        .service(resource("/settings/causes").route(post().to(settings::causes::take)))
        .service(resource("/settings/mouth").route(post().to(settings::mouth::take)))
        .service(resource("/settings/words").route(post().to(settings::words::take)))
        .service(resource("/settings/words/remove").route(post().to(settings::words::remove)))
        .service(resource("/settings/people").route(read().to(people::show)))
        .service(resource("/settings/people/invite").route(post().to(people::invite::take)))
        .service(resource("/settings/people/take-back").route(post().to(people::invite::take_back)))
        .service(resource("/settings/people/role").route(post().to(people::change::role)))
        .service(resource("/settings/people/remove").route(post().to(people::change::remove)))
        .service(resource("/settings/people/leave").route(post().to(people::change::leave)))
        .service(resource("/settings/people/board").route(post().to(people::board::take)))
        .service(resource("/settings/people/board/end").route(post().to(people::board::end)))
        .service(resource("/settings/people/you").route(post().to(people::you::take)))
        .service(resource("/settings/shop").route(post().to(settings::shop::take)))
        .service(resource("/settings/sign-in").route(post().to(settings::sign_in::take)))
        .service(resource("/settings/tag-seen").route(read().to(settings::tag_seen::show)))
        .service(resource("/settings/preview").route(read().to(preview::show)))
        .service(resource("/settings/preview.js").route(read().to(preview::loader)))
        .default_service(web::to(nothing));
}

/// The process is there.
async fn health() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("ok\n")
}

/// How long a batch that could not be stored counts against us.
const TROUBLE: Duration = Duration::from_secs(1);
/// How long an answer about that may take; who asks would take no answer for a no as well.
const READY_WITHIN: Duration = Duration::from_secs(3);

/// What visitors send can be stored.
async fn ready(house: Data<House>) -> Result<HttpResponse, Failure> {
    house.db.is_awake().await?;
    // While the last batch could not be stored, only a write can tell whether the next one could.
    let pulse = house.writer.pulse();
    if pulse.failed_within(TROUBLE) {
        return Err(Code::Busy.into());
    }
    if pulse.is_failing() {
        let stored = tokio::time::timeout(READY_WITHIN, house.db.can_store()).await;
        stored.map_err(|_| Failure::from(Code::Busy))??;
    }
    Ok(HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("ready\n"))
}

async fn nothing() -> Result<HttpResponse, Failure> {
    Err(Failure::NotFound)
}

async fn complete_headers<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let house = request.app_data::<Data<House>>().cloned();
    let mut answer = next.call(request).await?;
    if let Some(house) = house {
        headers::complete(answer.headers_mut(), &house);
    }
    Ok(answer)
}
