//! Who may do what, and while things are how: one row for each thing that can be done. `docs/authorization.md` has it in words.
//!
//! From these rows the write path decides, and `viewerCan` answers. Nothing else does either.

use domain::client::ClientStatus;

use super::operation::Operation::{self, *};

/// Who may do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// A member of the board.
    Board,
    /// The chair of the board.
    Chair,
    /// Any officer.
    Officer,
    /// Any officer, while the plan is still a draft.
    DraftingOfficer,
    /// An officer in the programme office.
    ProgrammeOffice,
    /// An officer who leads the action, in person or in a group; of feedback or an audit, one of the actions that it is about.
    Lead,
    /// An officer who owns the measure, or is to do the follow-up, in person or in a group.
    Owner,
    /// Any partner of the programme.
    Partner,
    /// A partner whose organisation leads or contributes to the action.
    OwnPartner,
    /// Whoever added the evidence: the officer, or the partner's organisation.
    Adder,
    /// Whoever the challenge was put to: an officer of the council, a partner for its organisation.
    Asked,
    /// A partner who speaks for the body that made the recommendation.
    Issuer,
    /// A partner whose organisation the machine client or the endpoint belongs to.
    Owning,
    /// An administrator of the deployment.
    Admin,
}

/// What something is done to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Thing {
    /// A programme.
    Programme,
    /// A membership.
    Membership,
    /// A machine client.
    MachineClient,
    /// An organisation, a post holder or a group.
    Party,
    /// An inspection, a direction or a review.
    Source,
    /// A recommendation or a term.
    Requirement,
    /// A plan.
    Plan,
    /// An action.
    Action,
    /// A proposed link.
    LinkProposal,
    /// A piece of evidence.
    Evidence,
    /// A document that something was imported from.
    SourceDocument,
    /// A measure.
    Measure,
    /// What people said.
    Feedback,
    /// An audit.
    Audit,
    /// A finding of an audit.
    AuditFinding,
    /// What the board asks to be answered.
    Challenge,
    /// An endpoint that is told of changes.
    WebhookEndpoint,
}

impl Thing {
    /// Every kind of thing.
    pub const ALL: &'static [Self] = &[
        Self::Programme,
        Self::Membership,
        Self::MachineClient,
        Self::Party,
        Self::Source,
        Self::Requirement,
        Self::Plan,
        Self::Action,
        Self::LinkProposal,
        Self::Evidence,
        Self::SourceDocument,
        Self::Measure,
        Self::Feedback,
        Self::Audit,
        Self::AuditFinding,
        Self::Challenge,
        Self::WebhookEndpoint,
    ];
}

/// A rule: who may do something to a thing, and in which state of it.
#[derive(Debug)]
pub struct Rule {
    /// What is done. Several operations can stand under one permission.
    pub operations: &'static [Operation],
    /// The thing to which it is done. A part (a step, a theme) is judged by the whole it belongs to.
    pub on: Thing,
    /// Its name in `viewerCan`.
    pub permission: &'static str,
    /// What that means.
    pub meaning: &'static str,
    /// Who may: any one of these.
    pub who: &'static [Who],
    /// Who may not all the same: the columns with the subject and the party who did the step before. The eyes must be others.
    pub unless_own: Option<(&'static str, &'static str)>,
    /// The kinds of the thing for which there is such an act; empty: all.
    pub kinds: &'static [&'static str],
    /// The statuses of the thing in which it is possible; empty: in all.
    pub statuses: &'static [&'static str],
    /// The statuses of its plan in which it is possible; empty: in all.
    pub plan_statuses: &'static [&'static str],
}

const UNFINISHED: &[&str] = &["NOT_STARTED", "IN_PROGRESS"];
const ANY_BUT_ENDED: &[&str] = &["NOT_STARTED", "IN_PROGRESS", "COMPLETE", "ASSURED"];
const OPEN: &[&str] = &["DRAFT", "CONSIDERED", "AGREED", "PUBLISHED"];
const RUNNING: &[&str] = &["AGREED", "PUBLISHED"];
const LIVE: &[&str] = &[ClientStatus::Live.as_str()];
const BEFORE_THE_BOARD: &[&str] = &["CONSIDERED", "AGREED", "PUBLISHED", "CLOSED"];

/// Who reports on an action: its leads, the programme office for anyone, and the organisation whose action it is.
const REPORTS: &[Who] = &[Who::Lead, Who::ProgrammeOffice, Who::OwnPartner];
/// Who writes a plan: the programme office, and while it is a draft any officer.
const WRITES: &[Who] = &[Who::ProgrammeOffice, Who::DraftingOfficer];
const BOARD: &[Who] = &[Who::Board];
const OFFICE: &[Who] = &[Who::ProgrammeOffice];
const OFFICE_OR_ADMIN: &[Who] = &[Who::ProgrammeOffice, Who::Admin];
const OFFICE_OR_ADDER: &[Who] = &[Who::ProgrammeOffice, Who::Adder];
const OFFICE_OR_LEAD: &[Who] = &[Who::ProgrammeOffice, Who::Lead];
const OFFICE_OR_OWNING: &[Who] = &[Who::ProgrammeOffice, Who::Owning];

/// Every rule.
pub const RULES: &[Rule] = &[
    on(Thing::Action, &[ActionUpdate, StepAdd, StepUpdate, ActionDependencyAdd, ActionDependencyRemove])
        .named("UPDATE", "Change what it says: its particulars, its steps, what it waits for.", WRITES)
        .during(UNFINISHED, OPEN),
    on(Thing::Action, &[ActionHandOver])
        .named("HAND_OVER", "Give it to other leads.", WRITES)
        .during(UNFINISHED, OPEN),
    on(Thing::Action, &[ActionMoveDueDate])
        .named("MOVE_DUE_DATE", "Move its due date, with a reason.", WRITES)
        .during(UNFINISHED, OPEN),
    on(Thing::Action, &[ActionLink, ActionUnlink, ActionLinkResolve, ActionsLink])
        .named("LINK", "Link it to a requirement, or take a link back.", OFFICE)
        .during(ANY_BUT_ENDED, OPEN),
    on(Thing::Action, &[ActionProposeLink])
        .named(
            "PROPOSE_LINK",
            "Propose a link to a requirement, for the programme office to make.",
            &[Who::Partner],
        )
        .during(ANY_BUT_ENDED, OPEN),
    on(Thing::Action, &[ActionStart])
        .named("START", "Say that work has begun.", REPORTS)
        .during(&["NOT_STARTED"], RUNNING),
    on(Thing::Action, &[ProgressUpdateAdd, ProgressUpdatesAdd])
        .named("ADD_UPDATE", "Report on it.", REPORTS)
        .during(UNFINISHED, RUNNING),
    on(Thing::Action, &[StepComplete, StepStrikeOut, StepReopen])
        .named("FINISH_STEP", "Mark a step as done or struck out, or take it up again.", REPORTS)
        .during(UNFINISHED, RUNNING),
    on(Thing::Action, &[EvidenceAdd, EvidenceAttach])
        .named("ADD_EVIDENCE", "Add evidence to it.", &[Who::Officer, Who::OwnPartner])
        .during(ANY_BUT_ENDED, OPEN),
    on(Thing::Action, &[FeedbackAdd, FeedbackAmend]).named(
        "ADD_FEEDBACK",
        "Record what people said about it.",
        OFFICE_OR_LEAD,
    ),
    on(Thing::Action, &[ActionClaimComplete])
        .named("CLAIM_COMPLETE", "Claim that it is complete.", REPORTS)
        .during(&["IN_PROGRESS"], RUNNING),
    on(Thing::Action, &[ActionAssure])
        .named("ASSURE", "Accept a claim on behalf of the board.", &[Who::Board])
        .unless_own("claimed_by_subject", "claimed_by_id")
        .during(&["COMPLETE"], RUNNING),
    on(Thing::Action, &[ActionRefuse])
        .named("REFUSE", "Refuse a claim on behalf of the board.", &[Who::Board])
        .during(&["COMPLETE"], RUNNING),
    on(Thing::Action, &[ActionJudgeImpact])
        .named(
            "JUDGE_IMPACT",
            "Judge what difference it made for children.",
            &[Who::Board, Who::ProgrammeOffice],
        )
        .unless_own("claimed_by_subject", "claimed_by_id")
        .during(&["IN_PROGRESS", "COMPLETE", "ASSURED"], BEFORE_THE_BOARD),
    on(Thing::Action, &[ActionWithdraw])
        .named("WITHDRAW", "Withdraw it, with a reason.", OFFICE)
        .during(UNFINISHED, OPEN),
    on(Thing::LinkProposal, &[LinkProposalAccept])
        .named("ACCEPT", "Make the link that it proposes.", OFFICE)
        .during(&["OPEN"], &[]),
    on(Thing::LinkProposal, &[LinkProposalDecline])
        .named("DECLINE", "Decline it, with a reason.", OFFICE)
        .during(&["OPEN"], &[]),
    on(Thing::Plan, &[PlanAmend])
        .named("AMEND", "Change its title, owner, dates or rules.", WRITES)
        .during(OPEN, &[]),
    on(Thing::Plan, &[PlanConsider])
        .named("CONSIDER", "Put it before the board.", OFFICE)
        .during(&["DRAFT"], &[]),
    on(Thing::Plan, &[PlanAgree])
        .named("AGREE", "Agree it on behalf of the board.", &[Who::Chair])
        .during(&["CONSIDERED"], &[]),
    on(Thing::Plan, &[PlanPublish]).named("PUBLISH", "Make it public.", OFFICE).during(&["AGREED"], &[]),
    on(Thing::Plan, &[PlanClose])
        .named("CLOSE", "End it, and carry what is unfinished over into its successor.", OFFICE)
        .during(OPEN, &[]),
    on(Thing::Plan, &[ActionCreate]).named("ADD_ACTION", "Add an action to it.", WRITES).during(OPEN, &[]),
    on(Thing::Plan, &[ThemeCreate, ThemeUpdate, ThemesReorder])
        .named("CHANGE_THEMES", "Add, change or reorder its themes.", WRITES)
        .during(OPEN, &[]),
    on(Thing::Source, &[InspectionUpdate, JudgementsSet, DirectionUpdate, ReviewUpdate]).named(
        "UPDATE",
        "Correct its record.",
        OFFICE,
    ),
    on(Thing::Source, &[RecommendationCreate, DirectionTermCreate]).named(
        "ADD_REQUIREMENT",
        "Record a recommendation, or a term, that it made.",
        OFFICE,
    ),
    on(Thing::Source, &[FindingCreate, FindingUpdate])
        .named("CHANGE_FINDINGS", "Record or correct what a review found.", OFFICE)
        .only(&["REVIEW"]),
    on(Thing::Source, &[DirectionRevise])
        .named("REVISE", "Record the direction that replaces it.", OFFICE)
        .only(&["DIRECTION"]),
    on(Thing::Source, &[DirectionLift])
        .named("LIFT", "Record that the direction was lifted.", OFFICE)
        .only(&["DIRECTION"]),
    on(Thing::Requirement, &[RecommendationUpdate, DirectionTermUpdate]).named(
        "UPDATE",
        "Correct its record.",
        OFFICE,
    ),
    on(Thing::Requirement, &[RecommendationRespond])
        .named("RESPOND", "Record the council's answer.", OFFICE)
        .only(&["RECOMMENDATION"]),
    on(Thing::Requirement, &[RecommendationConfirm])
        .named(
            "CONFIRM",
            "Confirm that it is implemented: the body that made it, or the board on its behalf.",
            &[Who::Board, Who::Issuer],
        )
        .only(&["RECOMMENDATION"]),
    on(Thing::Requirement, &[DutyCreate, DutyUpdate])
        .named("CHANGE_DUTIES", "Record or correct the duties under a term.", OFFICE)
        .only(&["DIRECTION_TERM"]),
    on(Thing::Requirement, &[DutyDischarge])
        .named("DISCHARGE_DUTIES", "Record that a duty was discharged, with the evidence.", OFFICE)
        .only(&["DIRECTION_TERM"]),
    on(Thing::Evidence, &[EvidenceUpdate]).named("UPDATE", "Correct what is said about it.", OFFICE_OR_ADDER),
    on(Thing::Evidence, &[EvidenceAttach, EvidenceDetach]).named(
        "ATTACH",
        "Attach it to actions and requirements, or take it off.",
        OFFICE_OR_ADDER,
    ),
    on(Thing::Evidence, &[EvidenceExpire]).named(
        "EXPIRE",
        "Say until when it counts as proof.",
        OFFICE_OR_ADDER,
    ),
    on(Thing::Evidence, &[EvidenceFilePrepare, EvidenceFileAttach, EvidenceFileRemove]).named(
        "CHANGE_FILES",
        "Add files to it, or new versions of them, or remove them.",
        OFFICE_OR_ADDER,
    ),
    on(Thing::Evidence, &[EvidenceReview])
        .named("REVIEW", "Accept or refuse it as proof.", &[Who::Board, Who::ProgrammeOffice])
        .unless_own("added_by_subject", "added_by_id"),
    on(Thing::Evidence, &[EvidenceMark]).named("MARK", "Change its marking.", OFFICE),
    on(Thing::Evidence, &[EvidenceShare, EvidenceUnshare]).named(
        "SHARE",
        "Share it with an organisation by name, or stop sharing it.",
        OFFICE,
    ),
    on(Thing::SourceDocument, &[SourceDocumentRemove]).named(
        "REMOVE",
        "Remove it, and its bytes for good.",
        OFFICE,
    ),
    on(Thing::Measure, &[MeasureUpdate]).named("UPDATE", "Correct what is said about it.", OFFICE),
    on(Thing::Measure, &[MeasureSetTarget]).named(
        "SET_TARGET",
        "Set its target, or move it with a reason.",
        OFFICE,
    ),
    on(Thing::Measure, &[MeasureBenchmarksSet]).named("SET_BENCHMARKS", "Set what others come to.", OFFICE),
    on(Thing::Measure, &[MeasureAttach, MeasureDetach]).named(
        "ATTACH",
        "Tie it to actions and requirements, or take it off.",
        OFFICE,
    ),
    on(Thing::Measure, &[ReadingsUpsert, ReadingsImport, ReadingRemove]).named(
        "SET_READINGS",
        "Record, correct or remove its readings.",
        &[Who::ProgrammeOffice, Who::Owner],
    ),
    on(Thing::Feedback, &[FeedbackAmend]).named(
        "AMEND",
        "Correct the record of what was said, and of what it is about.",
        OFFICE_OR_LEAD,
    ),
    on(Thing::Feedback, &[FeedbackAct]).named("ACT", "Say what was done about it.", OFFICE_OR_LEAD),
    on(Thing::Feedback, &[FeedbackTell]).named(
        "TELL",
        "Say when and how those who said it were told.",
        OFFICE_OR_LEAD,
    ),
    on(Thing::Action, &[AuditAdd, AuditAmend]).named(
        "AUDIT",
        "Record audits that are about it.",
        OFFICE_OR_LEAD,
    ),
    on(Thing::Audit, &[AuditAmend]).named("UPDATE", "Correct what is said about it.", OFFICE_OR_LEAD),
    on(Thing::Audit, &[AuditModerate]).named(
        "MODERATE",
        "Record that somebody else went over its grades, and what changed.",
        OFFICE,
    ),
    on(Thing::Audit, &[AuditFindingAdd]).named("ADD_FINDING", "Record what it found.", OFFICE_OR_LEAD),
    on(Thing::AuditFinding, &[AuditFindingAmend])
        .named("UPDATE", "Correct its record.", OFFICE_OR_LEAD)
        .during(&["OPEN", "FOLLOWED_UP"], &[]),
    on(Thing::AuditFinding, &[AuditFindingFollowUp])
        .named("FOLLOW_UP", "Say what is to follow from it, by whom and by when.", OFFICE_OR_LEAD)
        .during(&["OPEN"], &[]),
    on(Thing::AuditFinding, &[AuditFindingDone])
        .named("DONE", "Say that its follow-up is done.", &[Who::ProgrammeOffice, Who::Lead, Who::Owner])
        .during(&["OPEN"], &[]),
    on(Thing::AuditFinding, &[AuditFindingRecheck])
        .named("RECHECK", "Look again whether it held: not who said that it was done.", OFFICE_OR_LEAD)
        .unless_own("done_by_subject", "done_by_id")
        .during(&["FOLLOWED_UP"], &[]),
    on(Thing::Programme, &[AuditAdd]).named(
        "ADD_AUDIT",
        "Record an audit: the programme office any, leads those that are about their own actions.",
        &[Who::Officer],
    ),
    on(Thing::Challenge, &[ChallengeAmend])
        .named("AMEND", "Move the day by which it is to be answered, with a reason.", BOARD)
        .during(&["OPEN"], &[]),
    on(Thing::Challenge, &[ChallengeAnswer])
        .named(
            "ANSWER",
            "Answer it: whoever it was put to, and the programme office for anybody.",
            &[Who::ProgrammeOffice, Who::Asked],
        )
        .during(&["OPEN"], &[]),
    on(Thing::Challenge, &[ChallengeAskAgain])
        .named("ASK_AGAIN", "Say what the answer leaves open, and ask again.", BOARD)
        .during(&["ANSWERED"], &[]),
    on(Thing::Challenge, &[ChallengeClose])
        .named("CLOSE", "Close it: the answer will do, or none is needed any more.", BOARD)
        .during(&["OPEN", "ANSWERED"], &[]),
    on(Thing::Programme, &[ChallengePut]).named(
        "PUT_CHALLENGE",
        "Put a challenge to the council or to a partner.",
        BOARD,
    ),
    on(Thing::Programme, &[ProgrammeUpdate]).named(
        "UPDATE",
        "Change its name, or whether the public may read it.",
        OFFICE_OR_ADMIN,
    ),
    on(Thing::Programme, &[RatingSchemeSet]).named(
        "SET_RATING_SCHEME",
        "Set its own names and colours for health.",
        OFFICE,
    ),
    on(Thing::Programme, &[OrganisationCreate, PersonCreate, GroupCreate]).named(
        "ADD_PARTY",
        "Add an organisation, a post holder or a group.",
        OFFICE_OR_ADMIN,
    ),
    on(Thing::Programme, &[MemberAdd]).named("ADD_MEMBER", "Make somebody a member.", OFFICE_OR_ADMIN),
    on(Thing::Programme, &[InspectionCreate, DirectionCreate, ReviewCreate]).named(
        "ADD_SOURCE",
        "Record an inspection, a direction or a review.",
        OFFICE,
    ),
    on(Thing::Programme, &[PlanCreate]).named("ADD_PLAN", "Begin a plan.", &[Who::Officer]),
    on(Thing::Programme, &[DocumentPrepare, PlanImport, InspectionImport]).named(
        "IMPORT",
        "Import plans and inspection reports from documents.",
        OFFICE,
    ),
    on(Thing::Programme, &[EvidenceAdd]).named(
        "ADD_EVIDENCE",
        "Add evidence: officers any, partners for their own actions.",
        &[Who::Officer, Who::Partner],
    ),
    on(Thing::Programme, &[ProgressUpdatesAdd]).named(
        "ADD_UPDATES",
        "Report on many actions at once, each as far as one may report on it.",
        &[Who::Officer, Who::Partner],
    ),
    on(Thing::Programme, &[MeasureCreate]).named("ADD_MEASURE", "Begin a measure.", OFFICE),
    on(Thing::Programme, &[ReadingsImport]).named(
        "ADD_READINGS",
        "Record readings of several measures from a table, each as far as one may record its readings.",
        &[Who::Officer],
    ),
    on(Thing::Programme, &[FeedbackAdd]).named(
        "ADD_FEEDBACK",
        "Record what people said: the programme office any, other officers about the actions that they lead.",
        &[Who::Officer],
    ),
    on(Thing::Programme, &[ActionsLink]).named("LINK_ACTIONS", "Make many links at once.", OFFICE),
    on(Thing::Party, &[PersonUpdate, GroupUpdate])
        .named("UPDATE", "Correct the record of a post holder or a group.", OFFICE_OR_ADMIN)
        .only(&["PERSON", "GROUP"]),
    on(Thing::Party, &[OrganisationUpdate])
        .named("UPDATE_ORGANISATION", "Correct an organisation's record, for all programmes.", &[Who::Admin])
        .only(&["ORGANISATION"]),
    on(Thing::Membership, &[MemberUpdate])
        .named("UPDATE", "Change a member's part. Nobody changes their own.", OFFICE_OR_ADMIN)
        .unless_own("subject", "person_id"),
    on(Thing::Membership, &[MemberRemove]).named("REMOVE", "End a membership.", OFFICE_OR_ADMIN),
    on(Thing::Programme, &[MachineClientRegister]).named(
        "ADD_MACHINE_CLIENT",
        "Register a program of an organisation.",
        OFFICE,
    ),
    on(Thing::MachineClient, &[MachineClientUpdate])
        .named("UPDATE", "Change what it is called, or what it may do.", OFFICE)
        .during(LIVE, &[]),
    on(Thing::MachineClient, &[MachineClientSecretAdd, MachineClientSecretRetire, MachineClientKeysSet])
        .named("ROTATE", "Give it a secret, end one, or set its public keys.", OFFICE_OR_OWNING)
        .during(LIVE, &[]),
    on(Thing::MachineClient, &[MachineClientRevoke])
        .named("REVOKE", "Shut it out, at once and in every programme.", OFFICE_OR_OWNING)
        .during(LIVE, &[]),
    on(Thing::Programme, &[WebhookEndpointCreate]).named(
        "ADD_WEBHOOK_ENDPOINT",
        "Have an organisation's system told of changes: the programme office any organisation's, partners their own.",
        &[Who::ProgrammeOffice, Who::Partner],
    ),
    on(Thing::WebhookEndpoint, &[WebhookEndpointUpdate]).named(
        "UPDATE",
        "Change where it is, or what it is told.",
        OFFICE_OR_OWNING,
    ),
    on(Thing::WebhookEndpoint, &[WebhookEndpointEnable])
        .named("ENABLE", "Have it told again, from where it was.", OFFICE_OR_OWNING)
        .during(&["DISABLED"], &[]),
    on(Thing::WebhookEndpoint, &[WebhookEndpointDisable])
        .named("DISABLE", "Have it told no more.", OFFICE_OR_OWNING)
        .during(&["ENABLED"], &[]),
    on(Thing::WebhookEndpoint, &[WebhookEndpointRemove]).named("REMOVE", "End it.", OFFICE_OR_OWNING),
    on(Thing::WebhookEndpoint, &[WebhookSecretRotate]).named(
        "ROTATE_SECRET",
        "Give it a new secret.",
        OFFICE_OR_OWNING,
    ),
    on(Thing::WebhookEndpoint, &[WebhookEndpointPing])
        .named("PING", "Send it a test.", OFFICE_OR_OWNING)
        .during(&["ENABLED"], &[]),
    on(Thing::WebhookEndpoint, &[WebhookDeliveryReplay, WebhookDeliveriesReplay]).named(
        "REPLAY",
        "Send it once more what it was sent before.",
        OFFICE_OR_OWNING,
    ),
];

/// The operations that are done to no thing that there is yet, and who may.
pub const BEGINNINGS: &[(Operation, &[Who])] = &[(ProgrammeCreate, &[Who::Admin])];

/// The operations of the command line, of the scanner, of the calendar and of the dispatcher of webhooks: the system does them, nobody asks for them by the API.
pub const SYSTEM: &[Operation] =
    &[ProgrammeImport, EvidenceFileScan, DocumentScan, NoticesTell, WebhookEndpointStop];

/// Operations of the API that the command line does, too: there the system does them.
pub const BY_HAND_TOO: &[Operation] = &[PlanImport, InspectionImport];

/// The rule for doing something to a thing.
pub fn rule(operation: Operation, on: Thing) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.on == on && rule.operations.contains(&operation))
}

/// The rules that `viewerCan` of a kind of thing answers from.
pub fn rules_on(thing: Thing) -> impl Iterator<Item = &'static Rule> {
    RULES.iter().filter(move |rule| rule.on == thing)
}

const fn on(on: Thing, operations: &'static [Operation]) -> Rule {
    Rule {
        operations,
        on,
        permission: "",
        meaning: "",
        who: &[],
        unless_own: None,
        kinds: &[],
        statuses: &[],
        plan_statuses: &[],
    }
}

impl Rule {
    const fn named(self, permission: &'static str, meaning: &'static str, who: &'static [Who]) -> Self {
        Self { permission, meaning, who, ..self }
    }

    const fn unless_own(self, subject: &'static str, party: &'static str) -> Self {
        Self { unless_own: Some((subject, party)), ..self }
    }

    const fn only(self, kinds: &'static [&'static str]) -> Self {
        Self { kinds, ..self }
    }

    const fn during(self, statuses: &'static [&'static str], plan_statuses: &'static [&'static str]) -> Self {
        Self { statuses, plan_statuses, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_has_a_rule_or_is_the_systems() {
        for operation in Operation::ALL {
            let ruled = RULES.iter().any(|rule| rule.operations.contains(operation));
            let begins = BEGINNINGS.iter().any(|(of, _)| of == operation);
            assert!(ruled || begins || SYSTEM.contains(operation), "{operation} has no rule");
        }
    }

    #[test]
    fn a_rule_says_who_and_means_something() {
        for rule in RULES {
            assert!(!rule.who.is_empty() && !rule.meaning.is_empty(), "{}", rule.permission);
            let same = RULES.iter().filter(|of| of.on == rule.on && of.permission == rule.permission);
            assert_eq!(same.count(), 1, "{:?} {} stands twice", rule.on, rule.permission);
        }
    }
}
