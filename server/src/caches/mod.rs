//! Values remembered for a while, so that not every request reads the database.

pub mod check_in_counter;
pub mod promises;
pub mod shops;
pub mod tag_sightings;
pub mod tracked_names;
pub(crate) mod ttl_map;
