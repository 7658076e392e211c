//! The closed vocabularies of audits.

crate::vocabulary! {
    /// What kind of quality assurance it is.
    AuditKind {
        /// Whole cases are read and graded.
        CaseAudit = "CASE_AUDIT",
        /// A few cases are looked at for one question.
        DipSample = "DIP_SAMPLE",
        /// Somebody looks without having said so before.
        SpotCheck = "SPOT_CHECK",
        /// One theme is looked at from all sides.
        DeepDive = "DEEP_DIVE",
        /// Practice is watched: a visit, a meeting, a supervision.
        Observation = "OBSERVATION",
        /// A team's work is gone through with the team.
        CheckAndChallenge = "CHECK_AND_CHALLENGE",
    }
}

crate::vocabulary! {
    /// How good practice was found to be.
    AuditGrade {
        /// Outstanding.
        Outstanding = "OUTSTANDING",
        /// Good.
        Good = "GOOD",
        /// Requires improvement to be good.
        RequiresImprovement = "REQUIRES_IMPROVEMENT",
        /// Inadequate.
        Inadequate = "INADEQUATE",
    }
}

crate::vocabulary! {
    /// Who gave the grades.
    AuditRater {
        /// Those whose work it is.
        Own = "SELF",
        /// Somebody who is not of the team.
        Independent = "INDEPENDENT",
        /// Whoever moderated the grades that were given.
        Moderated = "MODERATED",
    }
}

crate::vocabulary! {
    /// How far a finding has come: the loop is open until it is closed.
    FindingStatus {
        /// Something is to be done, and nobody has said that it is.
        Open = "OPEN",
        /// It is said to be done, and nobody else has looked.
        FollowedUp = "FOLLOWED_UP",
        /// Somebody else has looked, and it held.
        Closed = "CLOSED",
    }
}

crate::vocabulary! {
    /// What a re-check came to.
    RecheckOutcome {
        /// What was done has held.
        Held = "HELD",
        /// It has not: the finding is open again.
        NotHeld = "NOT_HELD",
    }
}
