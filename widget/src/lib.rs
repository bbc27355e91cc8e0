//! What the visitor sees.
