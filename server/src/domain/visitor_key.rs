//! What a key of a visitor can do.

/// What a key can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// Everything that the first secret can: it lies on another device.
    Device,
    /// Nothing but make a device's key: it stands in a private link.
    Link,
    /// Nothing but unsubscribe.
    Unsubscribe,
}

impl KeyKind {
    /// The word in the column.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Link => "link",
            Self::Unsubscribe => "unsubscribe",
        }
    }
}
