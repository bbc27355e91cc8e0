//! Text for people and for spreadsheets.

pub mod calendar_names;
pub mod csv_cell;
pub mod form_fields;
pub mod phrases;
