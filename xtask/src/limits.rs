//! How much each thing may weigh, in bytes after brotli. Raising one is a line somebody reads.

/// What every page of a shop pays: the loader, before the shop's settings are in it.
pub const LOADER: usize = 2_048;
/// The frame's page with its plain form, usable before anything else has arrived.
pub const FRAME_PAGE: usize = 12_000;
/// Everything an opened widget fetches, with a standard library built for size, as it is released.
pub const OPENED: usize = 80_000;
/// The same with the standard library that rustup ships.
pub const OPENED_SHIPPED: usize = 95_000;
/// Where we want to be with it.
pub const OPENED_WANTED: usize = 56_000;
/// Look and comfort of the owner's pages.
pub const OWNER: usize = 30_000;
