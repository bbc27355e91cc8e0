//! Nobody may take for ever to send something: the server's own deadline covers the head of a request only.

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

/// For a whole body, from the end of the head.
const DEADLINE: Duration = Duration::from_secs(10);
/// For a photo of 300 kB, which an owner may send from a market stall.
const PHOTO_DEADLINE: Duration = Duration::from_secs(60);

/// Puts a deadline on every body, whoever reads it.
///
/// # Errors
/// Only those of what comes after; a late body ends in [`is_late`].
pub async fn enforce<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    if !request.method().is_safe() {
        let time = if request.path() == "/settings/person" { PHOTO_DEADLINE } else { DEADLINE };
        let (body, until) = (request.take_payload(), Instant::now() + time);
        let body: Pin<Box<dyn Stream<Item = Result<Bytes, PayloadError>>>> =
            Box::pin(with_timeout(body, until));
        request.set_payload(Payload::Stream { payload: body });
    }
    next.call(request).await
}

fn with_timeout(body: Payload, until: Instant) -> impl Stream<Item = Result<Bytes, PayloadError>> {
    stream::unfold(Some(body), move |body| async move {
        let mut body = body?;
        match timeout_at(until, body.next()).await {
            Ok(part) => Some((part?, Some(body))),
            Err(_) => Some((Err(PayloadError::Io(io::ErrorKind::TimedOut.into())), None)),
        }
    })
    // Some readers ask once more after the end.
    .fuse()
}

/// Whether a body ended because its time was up.
pub fn is_late(error: &PayloadError) -> bool {
    matches!(error, PayloadError::Io(e) if e.kind() == io::ErrorKind::TimedOut)
}
