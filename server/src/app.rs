//! Every way in, on one list.

use crate::collect::{files, frame, loader, responses};
use crate::failure::Failure;
use crate::house::House;
use crate::{error_page, guard, headers};
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::{Next, from_fn};
use actix_web::web::{self, Data, patch, post, resource};
use actix_web::{App, HttpResponse};

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
        .wrap(from_fn(guard::same_origin))
        .wrap(from_fn(error_page::for_people))
        .wrap(from_fn(complete_headers))
        .configure(routes)
}

/// The list. A `get` answers HEAD as well.
fn routes(list: &mut web::ServiceConfig) {
    let read =
        || web::route().guard(actix_web::guard::Any(actix_web::guard::Get()).or(actix_web::guard::Head()));
    list
        // What the widget may call
        .service(resource("/s/{file}").route(read().to(loader::loader)))
        .service(resource("/w/{key}").route(read().to(frame::show)).route(post().to(frame::take)))
        .service(resource("/a/{name}").route(read().to(files::asset)))
        .service(resource("/p/{shop}/{photo}").route(read().to(files::photo)))
        .service(resource("/v1/responses").route(post().to(responses::add)))
        .service(resource("/v1/responses/{id}").route(patch().to(responses::change)))
        // What machines ask
        .service(resource("/healthz").route(read().to(health)))
        .service(resource("/readyz").route(read().to(ready)))
        // What the owner sees
        .default_service(web::to(nothing));
}

/// The process is there.
async fn health() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("ok\n")
}

/// The database is there, too.
async fn ready(house: Data<House>) -> Result<HttpResponse, Failure> {
    house.db.is_awake().await?;
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
