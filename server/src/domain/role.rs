//! What a person may do in a shop.

use shared::string_enum;

string_enum! {
    /// What a person may do; each may everything that those after it may.
    Role {
        /// Decide everything: the settings, and who else may what.
        Owner = "owner",
        /// Answer visitors.
        Staff = "staff",
        /// Read.
        Reader = "reader",
    }
}

impl Role {
    /// Whether they may talk with visitors, and change where a conversation stands.
    pub fn may_answer(self) -> bool {
        match self {
            Self::Owner | Self::Staff => true,
            Self::Reader => false,
        }
    }

    /// Whether they may change the settings, and who may what.
    pub fn may_decide(self) -> bool {
        match self {
            Self::Owner => true,
            Self::Staff | Self::Reader => false,
        }
    }
}
