//! The permit: without one, nothing can be written.

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// The program itself, for a stated reason: an import or a load at the command line, where no token is.
    System(&'static str),
}

/// What is done: the key of the policy and the verb of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// A programme is loaded from its files.
    ProgrammeImport,
    /// A plan is loaded from the form its council keeps it in.
    PlanImport,
}

impl Operation {
    /// Every operation.
    pub const ALL: &'static [Self] = &[Self::ProgrammeImport, Self::PlanImport];

    /// Its name in the ledger and, where there is one, its mutation.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ProgrammeImport => "programmeImport",
            Self::PlanImport => "planImport",
        }
    }
}

/// Leave for one actor to do one thing. Only [`permit`] makes one.
#[derive(Debug, Clone)]
pub struct Permit {
    subject: String,
    role: String,
    operation: Operation,
}

impl Permit {
    /// Who acts: a token's subject, or the system with its reason.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The role in which they act.
    pub fn role(&self) -> &str {
        &self.role
    }

    /// What they may do.
    pub fn operation(&self) -> Operation {
        self.operation
    }
}

/// Gives leave where the policy does.
pub fn permit(actor: &Actor, operation: Operation) -> Option<Permit> {
    match (actor, operation) {
        (Actor::System(reason), Operation::ProgrammeImport | Operation::PlanImport) => {
            Some(Permit { subject: format!("system:{reason}"), role: "SYSTEM".to_owned(), operation })
        }
    }
}
