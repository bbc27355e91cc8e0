//! What visitors and owners see, in a real browser, with the shop's page on a stranger's site.
//!
//! What this suite cannot reach: other browsers than Chromium, real screen readers, and a real phone's keyboard.

mod access;
mod conversation;
mod delivery;
mod guest;
mod inbox;
mod letters;
mod moments;
mod owners;
mod people;
mod schedules;
mod story;
mod tag_options;
mod town;
mod without;
