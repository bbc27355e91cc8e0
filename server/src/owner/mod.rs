//! What the owner sees: one file per page, each reads, decides and answers.
//!
//! Pages are HTML from the templates in `templates/owner`; every form works without script and ends in a redirect.
//! Deliberately absent: anything a visitor may call, and any page without somebody signed in, but for the doors.

pub mod all_shops;
pub mod board;
pub mod cell;
pub mod colour;
pub mod days;
pub mod door;
pub mod draft;
pub mod entrance;
pub mod export;
pub mod face;
pub mod few;
pub mod fields;
pub mod filter;
pub mod first_day;
pub mod first_run;
pub mod found;
pub mod how_many;
pub mod inbox;
pub mod join;
pub mod known_device;
pub mod mail_trouble;
pub mod markers;
pub mod mouth;
pub mod news;
pub mod one_thing;
pub mod parts;
pub mod people;
pub mod period_links;
pub mod photo;
pub mod picture;
pub mod places;
pub mod preview;
pub mod recovery;
pub mod responses;
pub mod rising;
pub mod sentence;
pub mod settings;
pub mod sheet;
pub mod shell;
pub mod shown;
pub mod sign_in;
pub mod summary;
pub mod tell_them;
pub mod told;
pub mod trend;
pub mod trend_view;
pub mod week;
pub mod welcome;
pub mod why;
pub mod wording;
pub mod wrong;
