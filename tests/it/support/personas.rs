//! The people and machines that ask.

/// Who asks. Each but [`Persona::Anonymous`] has a valid token; `support::world` says who is a member of what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Persona {
    /// Chairs the board of Northshire.
    Chair,
    /// A member of the board of Northshire.
    BoardMember,
    /// An officer in the programme office of Northshire.
    ProgrammeOffice,
    /// An officer of Northshire who leads some actions, one of them as a member of a group.
    Lead,
    /// An officer of Northshire whose membership names no post holder.
    Officer,
    /// The police, a partner in Northshire.
    Police,
    /// The health trust, a partner in Northshire.
    Health,
    /// The scrutiny committee of Northshire.
    Scrutiny,
    /// An administrator of the whole deployment.
    Admin,
    /// An officer in the programme office of Southmere, the other programme.
    SouthmereOffice,
    /// A valid token without membership.
    Nobody,
    /// No token.
    Anonymous,
}

impl Persona {
    /// Everyone.
    pub const ALL: &'static [Self] = &[
        Self::Chair,
        Self::BoardMember,
        Self::ProgrammeOffice,
        Self::Lead,
        Self::Officer,
        Self::Police,
        Self::Health,
        Self::Scrutiny,
        Self::Admin,
        Self::SouthmereOffice,
        Self::Nobody,
        Self::Anonymous,
    ];

    /// The subject of the token; none without a token.
    pub fn subject(self) -> Option<&'static str> {
        Some(match self {
            Self::Chair => "chair",
            Self::BoardMember => "board-member",
            Self::ProgrammeOffice => "programme-office",
            Self::Lead => "lead",
            Self::Officer => "officer",
            Self::Police => "police",
            Self::Health => "health",
            Self::Scrutiny => "scrutiny",
            Self::Admin => "admin",
            Self::SouthmereOffice => "southmere-office",
            Self::Nobody => "nobody",
            Self::Anonymous => return None,
        })
    }
}
