//! Uploaded photos.

pub mod strip_metadata;
