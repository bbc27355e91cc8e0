//! Waiting for a state, never for a while.

use std::fmt::Debug;
use std::future::Future;
use std::time::{Duration, Instant};

/// How long any state may take to come. Generous, because two cores may do other work; nothing ever waits this long
/// unless it is broken.
pub const PATIENCE: Duration = Duration::from_secs(20);
/// How often we look.
const LOOK_EVERY: Duration = Duration::from_millis(25);

/// Looks until the state is there.
///
/// # Panics
/// If it does not come, with its name and what was there instead.
pub async fn until<T, E: Debug, F: Future<Output = Result<T, E>>>(
    state: &str,
    mut look: impl FnMut() -> F,
) -> T {
    let start = Instant::now();
    loop {
        match look().await {
            Ok(seen) => return seen,
            Err(instead) if start.elapsed() > PATIENCE => {
                panic!("waited {} s for this, in vain: {state}. Instead: {instead:?}", PATIENCE.as_secs())
            }
            Err(_) => tokio::time::sleep(LOOK_EVERY).await,
        }
    }
}
