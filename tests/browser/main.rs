//! What visitors and owners see, in a real browser, with the shop's page on a stranger's site.
//!
//! What this suite cannot reach: other browsers than Chromium, real screen readers, and a real phone's keyboard.

mod accessibility;
mod conversation;
mod conversation_accessibility;
mod conversation_links;
mod delivery;
mod host_page_isolation;
mod inbox;
mod mail_links;
mod main_flow;
mod missing_features;
mod network_failures;
mod owner_pages;
mod people;
mod shop_fixture;
mod tag_options;
mod triggers;
