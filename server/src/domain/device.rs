//! Phone, tablet or computer: the little that is kept of what a browser says about itself.

use actix_web::http::header::{self, HeaderMap};
use shared::string_enum;

string_enum! {
    /// What the visitor held in their hands.
    Device {
        /// A phone.
        Phone = "phone",
        /// A tablet.
        Tablet = "tablet",
        /// A computer, or anything else.
        Computer = "computer",
    }
}

impl Device {
    /// Read off the headers; the headers themselves are not kept.
    pub fn from_headers(headers: &HeaderMap) -> Self {
        let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let agent = text(header::USER_AGENT.as_str());
        let is_tablet = agent.contains("iPad")
            || agent.contains("Tablet")
            || agent.contains("Android") && !agent.contains("Mobile");
        if is_tablet {
            Self::Tablet
        } else if text("sec-ch-ua-mobile") == "?1" || agent.contains("Mobi") {
            Self::Phone
        } else {
            Self::Computer
        }
    }
}
