//! The closed lists of words that a programme file may use, spelled as the API and the database spell them.

pub use domain::proof::Impact;
pub use domain::{
    ActionStatus, DatePrecision, EvidenceStrand as Strand, Health, Marking, PlanStatus, ResponseStatus, Role,
};

/// Declares a vocabulary that no rule decides on; each value is described by its word.
macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($value:ident = $word:literal,)+ }) => {
        domain::vocabulary! {
            $(#[$about])*
            $name { $(#[doc = concat!("`", $word, "`")] $value = $word,)+ }
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
    /// What a duty obliges its holder to.
    DutyKind { Report = "REPORT", Review = "REVIEW", Chair = "CHAIR", Act = "ACT", }
}
words! {
    /// How the day of a duty is fixed.
    DueRule { Fixed = "FIXED", Offset = "OFFSET", Recurring = "RECURRING", Regular = "REGULAR", }
}
words! {
    /// Whether a piece of evidence was looked at, and how that ended.
    ReviewStatus { Submitted = "SUBMITTED", Accepted = "ACCEPTED", Refused = "REFUSED", }
}
