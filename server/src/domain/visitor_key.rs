use shared::string_enum;

string_enum! {
    KeyKind {
        /// On another device; may do everything the first secret may.
        Device = "device",
        /// In a private link; can only be exchanged for a device's key.
        Link = "link",
        Unsubscribe = "unsubscribe",
    }
}
