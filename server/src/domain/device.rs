//! Phone, tablet or computer: all that is kept of the browser's headers.

use actix_web::http::header::{self, HeaderMap};
use shared::string_enum;

string_enum! {
    Device {
        Phone = "phone",
        Tablet = "tablet",
        /// Or anything else.
        Computer = "computer",
    }
}

impl Device {
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
