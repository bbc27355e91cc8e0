//! When a visitor may be asked.

use crate::string_enum;

string_enum! {
    /// When one may be asked, in the order of a visit.
    #[derive(Default)]
    Moment {
        /// The visitor opened the launcher, or followed a plain link.
        #[default]
        AnyTime = "any_time",
        /// Half-way: some seconds on a page, some pages into the journey.
        MidJourney = "mid_journey",
        /// On the page that thanks for the order.
        AfterCheckout = "after_checkout",
        /// Some days after the order.
        FollowUp = "follow_up",
    }
}
