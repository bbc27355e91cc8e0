//! How many are connected: in a crowd, connections are not kept for a next request that may never come.

use crate::state::House;
use actix_web::body::MessageBody;
use actix_web::dev::{Extensions, ServiceRequest, ServiceResponse};
use actix_web::http::ConnectionType;
use actix_web::middleware::Next;
use actix_web::web::Data;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// From so many connections on, each is closed after its answer. A connection costs about ten kilobytes for as long as
/// it lasts, so this many cost 40 MB.
const CROWD: usize = 4_000;

/// The connections of this moment.
#[derive(Clone, Default)]
pub struct Crowd(Arc<AtomicUsize>);

/// One of them; lies with its connection and goes with it.
struct Here(Crowd);

impl Crowd {
    /// Counts a connection for as long as it lasts.
    pub fn enter(&self, connection: &mut Extensions) {
        self.0.fetch_add(1, Ordering::Relaxed);
        connection.insert(Here(self.clone()));
    }

    fn is_there(&self) -> bool {
        self.0.load(Ordering::Relaxed) > CROWD
    }
}

impl Drop for Here {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// In a crowd, says goodbye with the answer.
///
/// # Errors
/// Only those of what comes after.
pub async fn part<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    let mut answer = next.call(request).await?;
    let crowded = answer.request().app_data::<Data<House>>().is_some_and(|house| house.crowd.is_there());
    if crowded {
        answer.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
    Ok(answer)
}
