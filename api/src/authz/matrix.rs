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
    /// The value to those who may know every figure; to everyone else only where nothing is withheld because of small counts.
    Figure,
}

/// The rule for each field of each type: type, what it shows, the fields.
pub const FIELDS: &[(&str, Show, &str)] = &[
    ("Query", Show::Rows, "viewer node nodes programmes programme organisations"),
    ("Subscription", Show::Rows, "changes actionChanges"),
    ("Viewer", Show::Value, "subject"),
    ("Viewer", Show::Rows, "memberships"),
    (
        "Membership",
        Show::Value,
        "id subject role isChair isProgrammeOffice viewerCan version createdAt updatedAt",
    ),
    ("Membership", Show::Rows, "programme organisation person history"),
    (
        "MachineClient",
        Show::Value,
        "id name clientId scopes keys lastUsedOn revokedAt viewerCan version createdAt updatedAt",
    ),
    ("MachineClient", Show::Rows, "programme organisation secrets history"),
    ("MachineClientSecret", Show::Value, "id hint expiresAt lastUsedOn version createdAt updatedAt"),
    ("MachineClientSecret", Show::Rows, "history"),
    ("Programme", Show::Rows, "machineClients"),
    ("Organisation", Show::Value, "id name kind viewerCan version createdAt updatedAt"),
    ("Organisation", Show::Rows, "identifiers history"),
    ("OrganisationIdentifier", Show::Value, "scheme value"),
    ("Person", Show::Value, "id name post fromOn untilOn viewerCan version createdAt updatedAt"),
    ("Person", Show::Rows, "organisation history"),
    ("Group", Show::Value, "id name kind viewerCan version createdAt updatedAt"),
    ("Group", Show::Rows, "organisation members history"),
    (
        "Inspection",
        Show::Value,
        "id title issuedOn publishedOn framework startedOn endedOn viewerCan version createdAt updatedAt",
    ),
    ("Inspection", Show::Rows, "issuer judgements recommendations history"),
    ("Judgement", Show::Value, "area grade printedArea"),
    ("Direction", Show::Value, "id title issuedOn publishedOn status liftedOn viewerCan version"),
    ("Direction", Show::Value, "createdAt updatedAt"),
    ("Direction", Show::Rows, "issuer supersedes supersededBy terms history"),
    ("Review", Show::Value, "id title issuedOn publishedOn kind viewerCan version createdAt updatedAt"),
    ("Review", Show::Rows, "issuer findings recommendations history"),
    ("Finding", Show::Value, "id kind text theme version createdAt updatedAt"),
    ("Finding", Show::Rows, "history"),
    ("Recommendation", Show::Value, "id reference isReferencePrinted text isImmediate response"),
    ("Recommendation", Show::Value, "confirmation viewerCan version createdAt updatedAt"),
    // Coverage is worked out from the actions that the viewer may see.
    ("Recommendation", Show::Rows, "source coverage actions evidence measures feedback audits history"),
    ("RecommendationResponse", Show::Value, "status reason respondedOn"),
    ("RecommendationResponse", Show::Rows, "respondedBy"),
    ("RecommendationConfirmation", Show::Value, "confirmedOn note isOnBehalf"),
    ("RecommendationConfirmation", Show::Rows, "confirmedBy"),
    ("DirectionTerm", Show::Value, "id reference text viewerCan version createdAt updatedAt"),
    ("DirectionTerm", Show::Rows, "source coverage parent children duties actions evidence measures"),
    ("DirectionTerm", Show::Rows, "feedback audits history"),
    ("Duty", Show::Value, "id what text dueRule dueOn offsetMonths everyMonths isOverdue dischargedOn"),
    ("Duty", Show::Value, "version createdAt updatedAt"),
    ("Duty", Show::Rows, "holder dischargedBy dischargeEvidence history"),
    ("Plan", Show::Value, "id title status startOn endOn consideredOn agreedOn publishedOn closedOn"),
    ("Plan", Show::Value, "updateEveryDays strandsRequired viewerCan version createdAt updatedAt"),
    ("Plan", Show::Rows, "owner predecessor successor themes actions history"),
    ("Theme", Show::Value, "id name version createdAt updatedAt"),
    ("Theme", Show::Rows, "parent children history"),
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
        "plan theme steps leads contributors organisation forecastOn latestUpdate requirements measures audits",
    ),
    (
        "Action",
        Show::Rows,
        "unspecifiedDirections evidence updates dependsOn rolledOverFrom rolledOverTo history",
    ),
    (
        "Action",
        Show::Rows,
        "delivery proof assurance impact dueDateMoves linkProposals feedback challenges changes",
    ),
    // That it was claimed, assured or judged, and how, is a fact; what was written about it reads like an update.
    ("ActionDelivery", Show::Value, "status stepsTotal stepsSettled claimedOn"),
    ("ActionDelivery", Show::Rows, "claimedBy"),
    ("ActionDelivery", Show::Reported, "summary"),
    ("ActionProof", Show::Value, "strandsRequired"),
    ("ActionProof", Show::Rows, "acceptedStrands submittedStrands isSufficient"),
    // Worked out from the evidence, measures and audits that the viewer may see, as the viewer is told of them.
    ("ActionProof", Show::Rows, "strands doStrandsDisagree missing"),
    ("RequirementProof", Show::Rows, "strands doStrandsDisagree missing"),
    (
        "StrandProof",
        Show::Rows,
        "strand isProof accepted submitted refused expired latestOn ageInDays countsUntil says",
    ),
    ("ProofGap", Show::Rows, "code strands message"),
    ("Recommendation", Show::Rows, "proof"),
    ("DirectionTerm", Show::Rows, "proof"),
    ("Programme", Show::Rows, "claimedWithoutImpact assuredOnExpiredEvidence strandsInDisagreement"),
    ("Evidence", Show::Value, "shows"),
    ("ActionAssurance", Show::Value, "assuredOn"),
    ("ActionAssurance", Show::Rows, "assuredBy"),
    ("ActionAssurance", Show::Reported, "note"),
    ("ActionImpact", Show::Value, "judgement judgedOn"),
    ("ActionImpact", Show::Rows, "judgedBy evidence"),
    ("ActionImpact", Show::Reported, "summary"),
    ("DueDateMove", Show::Value, "from to reason movedOn"),
    (
        "LinkProposal",
        Show::Value,
        "id qualifier reason status proposedOn decidedOn decisionReason viewerCan version createdAt updatedAt",
    ),
    ("LinkProposal", Show::Rows, "action requirement proposedBy history"),
    ("Rating", Show::Value, "health label colour"),
    (
        "Step",
        Show::Value,
        "id text doneOn dueOn struckOutOn struckOutReason isIllustrative version createdAt updatedAt",
    ),
    ("Step", Show::Rows, "lead history"),
    (
        "ProgressUpdate",
        Show::Value,
        "id narrative declaredHealth obstacles nextSteps reportedOn isIllustrative createdAt",
    ),
    ("ProgressUpdate", Show::Rows, "author action history"),
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
    ("Evidence", Show::Rows, "files"),
    (
        "EvidenceFile",
        Show::Value,
        "id number isCurrent name mediaType size sha256 scan addedOn download isIllustrative",
    ),
    ("EvidenceFile", Show::Value, "version createdAt updatedAt"),
    ("EvidenceFile", Show::Rows, "evidence addedBy versions history"),
    ("Upload", Show::Value, "id name mediaType size sha256 receivedAt expiresAt isAttached scan target"),
    ("Upload", Show::Rows, "evidence"),
    ("FileLink", Show::Value, "url expiresAt"),
    (
        "Measure",
        Show::Value,
        "id title code definition unit polarity frequency target smart readingDueOn isStale",
    ),
    ("Measure", Show::Value, "publishedOn viewerCan isIllustrative version createdAt updatedAt"),
    // Derived from the readings that the viewer may know.
    ("Measure", Show::Value, "baseline trend targetStatus"),
    (
        "Measure",
        Show::Rows,
        "owner targets benchmarks latestReading readings series actions requirements history",
    ),
    ("MeasureSmart", Show::Value, "isSmart lacks"),
    ("MeasureBaseline", Show::Figure, "value"),
    ("MeasureBaseline", Show::Value, "asOf"),
    ("MeasureAim", Show::Value, "value dueOn"),
    ("MeasureTarget", Show::Value, "value dueOn reason setOn"),
    ("MeasureTarget", Show::Rows, "approvedBy"),
    ("MeasureBenchmark", Show::Value, "kind value periodEnd publisher"),
    ("Reading", Show::Figure, "value numerator denominator caveat disputedValue disputeNote"),
    (
        "Reading",
        Show::Value,
        "id periodStart periodEnd dimension category isDisputed disclosure isSuppressed",
    ),
    ("Reading", Show::Value, "isIllustrative version createdAt updatedAt"),
    ("Reading", Show::Rows, "measure history"),
    (
        "Feedback",
        Show::Value,
        "id saidBy gatheredBy periodStart periodEnd isCountSuppressed theme said done doneOn told toldOn",
    ),
    ("Feedback", Show::Figure, "speakerCount"),
    ("Feedback", Show::Value, "state isOpen daysOpen viewerCan isIllustrative version createdAt updatedAt"),
    ("Feedback", Show::Rows, "actions requirements history"),
    ("Audit", Show::Value, "id kind title startedOn endedOn isIndependent theme summary areGradesWithheld"),
    ("Audit", Show::Value, "moderation isLoopOpen viewerCan isIllustrative version createdAt updatedAt"),
    ("Audit", Show::Figure, "sampleSize"),
    ("Audit", Show::Rows, "doneBy grades reauditOf reaudits findings actions requirements history"),
    ("AuditGrades", Show::Value, "rater"),
    ("AuditGrades", Show::Figure, "outstanding good requiresImprovement inadequate"),
    (
        "Challenge",
        Show::Value,
        "id text putOn answerBy status isOverdue answer answeredOn stillAsked closedOn closingNote",
    ),
    ("Challenge", Show::Value, "viewerCan isIllustrative version createdAt updatedAt"),
    ("Challenge", Show::Rows, "programme action putTo putBy answeredBy closedBy history"),
    ("Notice", Show::Value, "id kind on was now createdAt version"),
    ("Notice", Show::Rows, "programme organisation action about history"),
    ("AuditModeration", Show::Value, "moderatedOn"),
    ("AuditModeration", Show::Figure, "note"),
    ("AuditModeration", Show::Rows, "moderatedBy"),
    ("AuditFinding", Show::Value, "id text grade theme status followUp firstDueOn dueOn isOverdue doneOn"),
    ("AuditFinding", Show::Value, "doneNote recheck viewerCan isIllustrative version createdAt updatedAt"),
    ("AuditFinding", Show::Rows, "audit followUpBy doneBy history"),
    ("AuditRecheck", Show::Value, "recheckedOn outcome note"),
    ("AuditRecheck", Show::Rows, "recheckedBy"),
    ("WebhookEndpoint", Show::Value, "id url description eventTypes query status disabledReason disabledAt"),
    ("WebhookEndpoint", Show::Value, "viewerCan version createdAt updatedAt"),
    ("WebhookEndpoint", Show::Rows, "programme organisation secrets deliveries history"),
    // The secret itself is shown once, by the mutation that makes it.
    ("WebhookSecret", Show::Value, "id hint createdAt expiresAt"),
    ("WebhookDelivery", Show::Value, "id webhookId eventType sequence entityType entityId status"),
    ("WebhookDelivery", Show::Value, "nextAttemptAt deliveredAt createdAt"),
    ("WebhookDelivery", Show::Rows, "attempts"),
    ("WebhookAttempt", Show::Value, "at responseStatus error durationMs"),
    // Counted over the audits that the viewer may see.
    ("AuditThemeYear", Show::Rows, "theme year audits findings open"),
    ("Programme", Show::Value, "id slug name isPublic today viewerCan version createdAt updatedAt"),
    (
        "Programme",
        Show::Rows,
        "ratings authority sources recommendations directionTerms plans actions evidence coverage changes history",
    ),
    (
        "Programme",
        Show::Rows,
        "measures feedback audits auditFindings auditThemes challenges notices people groups members",
    ),
    ("Programme", Show::Rows, "webhookEndpoints"),
    ("RatingMeaning", Show::Value, "health label colour meaning"),
    ("CoverageReport", Show::Rows, "covered partial uncovered gaps"),
    // Positions hold what the viewer may see today and could see then. What a lead declared is null for those who may not
    // read the updates.
    ("Programme", Show::Rows, "position changesBetween"),
    ("Position", Show::Value, "at day byStatus byHealth coverage actions"),
    ("StatusCount", Show::Value, "status count"),
    ("HealthCount", Show::Value, "rating count"),
    ("CoverageCount", Show::Value, "covered partial uncovered"),
    ("PositionAction", Show::Value, "actionId reference aim status statusOn rating declaredHealth"),
    ("PositionAction", Show::Value, "computedHealth startOn dueOn duePrecision organisationName"),
    ("PositionAction", Show::Value, "planId planTitle planStatus"),
    ("ChangesBetween", Show::Rows, "before after new done slipped worse better withdrawn rolledOver"),
    ("ActionBetween", Show::Value, "before after dueDateMoves"),
    ("MovedDueDate", Show::Value, "at fromOn toOn reason"),
    ("Change", Show::Value, "sequence at operation entityType entityId version actor reason"),
    // What a change names and the viewer may not see is left out of it; so is what the policy marks as reported.
    ("Change", Show::Rows, "changes node"),
    ("FieldChange", Show::Value, "field before after"),
];

/// The rule for a field; none means that nobody may read it.
pub fn show(ty: &str, field: &str) -> Option<Show> {
    let names = |fields: &str| fields.split(' ').any(|name| name == field);
    FIELDS.iter().find(|(of, _, fields)| *of == ty && names(fields)).map(|(_, show, _)| *show)
}
