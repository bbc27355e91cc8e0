//! What a key of a visitor can do.

use shared::string_enum;

string_enum! {
    /// What a key can do.
    KeyKind {
        /// Everything that the first secret can: it lies on another device.
        Device = "device",
        /// Nothing but make a device's key: it stands in a private link.
        Link = "link",
        /// Nothing but unsubscribe.
        Unsubscribe = "unsubscribe",
    }
}
