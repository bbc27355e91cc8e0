//! A deadline for request bodies; actix's own timeout covers only the head of a request.

use actix_web::HttpMessage as _;
use actix_web::body::MessageBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::middleware::Next;
use actix_web::web::Bytes;
use futures_util::stream::{self, Stream, StreamExt as _};
use std::io;
use std::pin::Pin;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// From the end of the head to the end of the body.
const DEADLINE: Duration = Duration::from_secs(10);
/// A photo has up to 300 kB, and a phone's upload may be slow.
const PHOTO_DEADLINE: Duration = Duration::from_secs(60);

/// Bounds every body, in whichever handler it is read; [`is_late`] recognises the error.
pub async fn enforce<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    if !request.method().is_safe() {
        let time = if request.path() == "/settings/person" { PHOTO_DEADLINE } else { DEADLINE };
        let (body, deadline) = (request.take_payload(), Instant::now() + time);
        let body: Pin<Box<dyn Stream<Item = Result<Bytes, PayloadError>>>> =
            Box::pin(with_timeout(body, deadline));
        request.set_payload(Payload::Stream { payload: body });
    }
    next.call(request).await
}

fn with_timeout(body: Payload, deadline: Instant) -> impl Stream<Item = Result<Bytes, PayloadError>> {
    stream::unfold(Some(body), move |body| async move {
        let mut body = body?;
        match timeout_at(deadline, body.next()).await {
            Ok(part) => Some((part?, Some(body))),
            Err(_) => Some((Err(PayloadError::Io(io::ErrorKind::TimedOut.into())), None)),
        }
    })
    // Some extractors poll once more after the end.
    .fuse()
}

pub fn is_late(error: &PayloadError) -> bool {
    matches!(error, PayloadError::Io(e) if e.kind() == io::ErrorKind::TimedOut)
}
