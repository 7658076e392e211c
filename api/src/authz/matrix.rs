//! The policy for reading: which field shows what. `docs/authorization.md` has it in words.
//!
//! It is data. The gate (`graphql::plan`) asks it for every field of every query, and the tests compare it with the whole
//! schema: a field that no rule names cannot be read, and fails the tests. Who may do what is in [`super::rules`].

/// What a field shows to a viewer who sees the object it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Show {
    /// The value: whoever sees the object sees it.
    Value,
    /// Other rows: those that the viewer may see by their own rule.
    Rows,
    /// The value for those who may read the updates on the action; null for everyone else, because it would tell what
    /// the updates say, or when they were made.
    Reported,
}

/// The rule for each field of each type: type, what it shows, the fields.
pub const FIELDS: &[(&str, Show, &str)] = &[
    ("Query", Show::Rows, "viewer node nodes programmes programme organisations"),
    ("Viewer", Show::Value, "subject"),
    ("Viewer", Show::Rows, "memberships"),
    (
        "Membership",
        Show::Value,
        "id subject role isChair isProgrammeOffice viewerCan version createdAt updatedAt",
    ),
    ("Membership", Show::Rows, "programme organisation person"),
    ("Organisation", Show::Value, "id name kind viewerCan version createdAt updatedAt"),
    ("Organisation", Show::Rows, "identifiers"),
    ("OrganisationIdentifier", Show::Value, "scheme value"),
    ("Person", Show::Value, "id name post fromOn untilOn viewerCan version createdAt updatedAt"),
    ("Person", Show::Rows, "organisation"),
    ("Group", Show::Value, "id name kind viewerCan version createdAt updatedAt"),
    ("Group", Show::Rows, "organisation members"),
    (
        "Inspection",
        Show::Value,
        "id title issuedOn publishedOn framework startedOn endedOn version createdAt updatedAt",
    ),
    ("Inspection", Show::Rows, "issuer judgements recommendations history"),
    ("Judgement", Show::Value, "area grade printedArea"),
    ("Direction", Show::Value, "id title issuedOn publishedOn status liftedOn version createdAt updatedAt"),
    ("Direction", Show::Rows, "issuer supersedes supersededBy terms history"),
    ("Review", Show::Value, "id title issuedOn publishedOn kind version createdAt updatedAt"),
    ("Review", Show::Rows, "issuer findings recommendations history"),
    ("Finding", Show::Value, "id kind text theme version createdAt updatedAt"),
    ("Recommendation", Show::Value, "id reference isReferencePrinted text isImmediate response"),
    ("Recommendation", Show::Value, "version createdAt updatedAt"),
    // Coverage is worked out from the actions that the viewer may see.
    ("Recommendation", Show::Rows, "source coverage actions evidence history"),
    ("RecommendationResponse", Show::Value, "status reason respondedOn"),
    ("DirectionTerm", Show::Value, "id reference text version createdAt updatedAt"),
    ("DirectionTerm", Show::Rows, "source coverage parent children duties actions evidence history"),
    ("Duty", Show::Value, "id what text dueRule dueOn everyMonths dischargedOn version createdAt updatedAt"),
    ("Duty", Show::Rows, "holder"),
    ("Plan", Show::Value, "id title status startOn endOn consideredOn agreedOn publishedOn closedOn"),
    ("Plan", Show::Value, "updateEveryDays strandsRequired version createdAt updatedAt"),
    ("Plan", Show::Rows, "owner predecessor successor themes actions history"),
    ("Theme", Show::Value, "id name version createdAt updatedAt"),
    ("Theme", Show::Rows, "parent children"),
    (
        "Action",
        Show::Value,
        "id reference aim startOn dueOn duePrecision timeframeAsPrinted status statusOn notes",
    ),
    ("Action", Show::Value, "isOverdue viewerCan version createdAt updatedAt"),
    // The declared health and the lateness of updates count in these two only for those who may read the updates.
    ("Action", Show::Value, "rating computedHealth"),
    ("Action", Show::Reported, "declaredHealth isDeclaredMorePositive isUpdateOverdue updateDueOn"),
    (
        "Action",
        Show::Rows,
        "plan theme steps leads contributors organisation forecastOn latestUpdate requirements",
    ),
    (
        "Action",
        Show::Rows,
        "unspecifiedDirections evidence updates dependsOn rolledOverFrom rolledOverTo history",
    ),
    ("Rating", Show::Value, "health label colour"),
    (
        "Step",
        Show::Value,
        "id text doneOn dueOn struckOutOn struckOutReason isIllustrative version createdAt updatedAt",
    ),
    ("Step", Show::Rows, "lead"),
    (
        "ProgressUpdate",
        Show::Value,
        "id narrative declaredHealth obstacles nextSteps reportedOn isIllustrative createdAt",
    ),
    ("ProgressUpdate", Show::Rows, "author action"),
    (
        "Evidence",
        Show::Value,
        "id title summary strand marking periodStart periodEnd expiresOn addedOn reviewStatus",
    ),
    (
        "Evidence",
        Show::Value,
        "reviewedOn reviewNote isExpired viewerCan isIllustrative version createdAt updatedAt",
    ),
    ("Evidence", Show::Rows, "actions requirements sharedWith addedBy reviewedBy history"),
    ("Programme", Show::Value, "id slug name isPublic today viewerCan version createdAt updatedAt"),
    (
        "Programme",
        Show::Rows,
        "authority sources recommendations directionTerms plans actions evidence coverage changes",
    ),
    ("Programme", Show::Rows, "people groups members"),
    ("CoverageReport", Show::Rows, "covered partial uncovered gaps"),
    ("Change", Show::Value, "sequence at operation entityType entityId version actor reason"),
];

/// The rule for a field; none means that nobody may read it.
pub fn show(ty: &str, field: &str) -> Option<Show> {
    let names = |fields: &str| fields.split(' ').any(|name| name == field);
    FIELDS.iter().find(|(of, _, fields)| *of == ty && names(fields)).map(|(_, show, _)| *show)
}
