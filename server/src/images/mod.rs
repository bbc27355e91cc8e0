//! Pictures that people upload.

pub mod strip_metadata;
