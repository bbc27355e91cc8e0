use shared::string_enum;

string_enum! {
    /// Each may do everything that those after it may.
    Role {
        Owner = "owner",
        Staff = "staff",
        Reader = "reader",
    }
}

impl Role {
    /// Whether they may write to visitors and change conversations.
    pub fn may_answer(self) -> bool {
        match self {
            Self::Owner | Self::Staff => true,
            Self::Reader => false,
        }
    }

    /// Whether they may change the settings and the roles of members.
    pub fn may_decide(self) -> bool {
        match self {
            Self::Owner => true,
            Self::Staff | Self::Reader => false,
        }
    }
}
