//! The closed lists of words that a programme file may use, spelled as the API and the database spell them.

use serde::Deserialize;

/// Declares an enum whose words are written in SCREAMING_SNAKE_CASE, with the word for each value.
macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($value:ident = $word:literal,)+ }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
        pub enum $name {
            $(#[doc = concat!("`", $word, "`")] #[serde(rename = $word)] $value,)+
        }

        impl $name {
            /// Every value, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$value,)+];

            /// The word as the file, the API and the database write it.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$value => $word,)+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str(self.as_str())
            }
        }
    };
}

words! {
    /// What kind of body an organisation is.
    OrganisationKind {
        Council = "COUNCIL", Police = "POLICE", Nhs = "NHS", Education = "EDUCATION",
        SafeguardingPartnership = "SAFEGUARDING_PARTNERSHIP", ImprovementPartner = "IMPROVEMENT_PARTNER",
        Inspectorate = "INSPECTORATE", GovernmentDepartment = "GOVERNMENT_DEPARTMENT",
        Voluntary = "VOLUNTARY", Other = "OTHER",
    }
}
words! {
    /// What kind of group a group is.
    GroupKind {
        Board = "BOARD", SubGroup = "SUB_GROUP", ProjectBoard = "PROJECT_BOARD",
        TaskAndFinish = "TASK_AND_FINISH", Team = "TEAM", Committee = "COMMITTEE",
    }
}
words! {
    /// What a member may do; ADMIN belongs to the whole deployment.
    Role { Board = "BOARD", Officer = "OFFICER", Partner = "PARTNER", Scrutiny = "SCRUTINY", Admin = "ADMIN", }
}
words! {
    /// How an action stands, as a lead declares it or the service computes it.
    Health { OnTrack = "ON_TRACK", AtRisk = "AT_RISK", OffTrack = "OFF_TRACK", Done = "DONE", }
}
words! {
    /// Under which rules an inspection was made.
    Framework {
        Sif = "SIF", SifReinspection = "SIF_REINSPECTION", Ilacs = "ILACS", Lac2013 = "LAC_2013",
        LscbReview = "LSCB_REVIEW", Other = "OTHER",
    }
}
words! {
    /// What kind of review a review is.
    ReviewKind {
        PeerReview = "PEER_REVIEW", MonitoringVisit = "MONITORING_VISIT", Commissioner = "COMMISSIONER",
        CaseAudit = "CASE_AUDIT", ThematicReview = "THEMATIC_REVIEW", Scrutiny = "SCRUTINY",
    }
}
words! {
    /// What an inspection judged.
    JudgementArea {
        OverallEffectiveness = "OVERALL_EFFECTIVENESS", LeadersImpact = "LEADERS_IMPACT",
        HelpAndProtection = "HELP_AND_PROTECTION", ChildrenInCare = "CHILDREN_IN_CARE",
        CareLeavers = "CARE_LEAVERS", ChildrenInCareAndCareLeavers = "CHILDREN_IN_CARE_AND_CARE_LEAVERS",
        Adoption = "ADOPTION", LeadershipManagementGovernance = "LEADERSHIP_MANAGEMENT_GOVERNANCE",
        Lscb = "LSCB",
    }
}
words! {
    /// How an inspection judged it.
    Grade {
        Outstanding = "OUTSTANDING", Good = "GOOD", RequiresImprovement = "REQUIRES_IMPROVEMENT",
        Inadequate = "INADEQUATE", Adequate = "ADEQUATE", NotJudged = "NOT_JUDGED",
    }
}
words! {
    /// Whether a review praised or asked for thought.
    FindingKind { Strength = "STRENGTH", AreaForConsideration = "AREA_FOR_CONSIDERATION", }
}
words! {
    /// What the body addressed answered to a recommendation.
    ResponseStatus {
        Accepted = "ACCEPTED", PartiallyAccepted = "PARTIALLY_ACCEPTED", Rejected = "REJECTED", Noted = "NOTED",
    }
}
words! {
    /// What a duty obliges its holder to.
    DutyKind { Report = "REPORT", Review = "REVIEW", Chair = "CHAIR", Act = "ACT", }
}
words! {
    /// How the day of a duty is fixed.
    DueRule { Fixed = "FIXED", Offset = "OFFSET", Recurring = "RECURRING", Regular = "REGULAR", }
}
words! {
    /// How far a plan has come.
    PlanStatus {
        Draft = "DRAFT", Considered = "CONSIDERED", Agreed = "AGREED", Published = "PUBLISHED", Closed = "CLOSED",
    }
}
words! {
    /// How far an action has come.
    ActionStatus {
        NotStarted = "NOT_STARTED", InProgress = "IN_PROGRESS", Complete = "COMPLETE", Assured = "ASSURED",
        RolledOver = "ROLLED_OVER", Withdrawn = "WITHDRAWN",
    }
}
words! {
    /// How exactly a due date was printed.
    DatePrecision { Day = "DAY", Month = "MONTH", Quarter = "QUARTER", Year = "YEAR", }
}
words! {
    /// Which kind of proof a piece of evidence is.
    Strand {
        PerformanceData = "PERFORMANCE_DATA", QualityAssurance = "QUALITY_ASSURANCE", Voice = "VOICE",
        Document = "DOCUMENT",
    }
}
words! {
    /// The government security marking of a piece of evidence.
    Marking { Official = "OFFICIAL", OfficialSensitive = "OFFICIAL_SENSITIVE", }
}
words! {
    /// Whether a piece of evidence was looked at, and how that ended.
    ReviewStatus { Submitted = "SUBMITTED", Accepted = "ACCEPTED", Refused = "REFUSED", }
}
