//! Everything that can be done: the keys of the policy, the verbs of the ledger, and the names of the mutations.

domain::vocabulary! {
    /// What is done.
    Operation {
        /// A programme is loaded from its files, at the command line.
        ProgrammeImport = "programmeImport",
        /// A plan is loaded from the form its council keeps it in, at the command line.
        PlanImport = "planImport",
        /// An inspection is loaded from its report, at the command line.
        InspectionImport = "inspectionImport",

        /// A programme is begun.
        ProgrammeCreate = "programmeCreate",
        /// A programme's name changes, or whether the public may read it.
        ProgrammeUpdate = "programmeUpdate",
        /// The programme's own names and colours for health are set.
        RatingSchemeSet = "ratingSchemeSet",
        /// An organisation is added.
        OrganisationCreate = "organisationCreate",
        /// An organisation's record is corrected.
        OrganisationUpdate = "organisationUpdate",
        /// A post holder is added.
        PersonCreate = "personCreate",
        /// A post holder's record is corrected, or a post passes on.
        PersonUpdate = "personUpdate",
        /// A group is added.
        GroupCreate = "groupCreate",
        /// A group's record or its members change.
        GroupUpdate = "groupUpdate",
        /// Somebody becomes a member.
        MemberAdd = "memberAdd",
        /// A member's part changes.
        MemberUpdate = "memberUpdate",
        /// Somebody stops being a member.
        MemberRemove = "memberRemove",
        /// A machine client is registered.
        MachineClientRegister = "machineClientRegister",
        /// What a machine client is called, or may do, changes.
        MachineClientUpdate = "machineClientUpdate",
        /// A machine client gets a secret.
        MachineClientSecretAdd = "machineClientSecretAdd",
        /// A secret of a machine client ends.
        MachineClientSecretRetire = "machineClientSecretRetire",
        /// A machine client's public keys are set.
        MachineClientKeysSet = "machineClientKeysSet",
        /// A machine client is shut out.
        MachineClientRevoke = "machineClientRevoke",

        /// An inspection is recorded.
        InspectionCreate = "inspectionCreate",
        /// An inspection's record is corrected.
        InspectionUpdate = "inspectionUpdate",
        /// An inspection's grades are set.
        JudgementsSet = "judgementsSet",
        /// A direction is recorded.
        DirectionCreate = "directionCreate",
        /// A direction's record is corrected.
        DirectionUpdate = "directionUpdate",
        /// A direction is replaced by another.
        DirectionRevise = "directionRevise",
        /// A direction is lifted.
        DirectionLift = "directionLift",
        /// A review is recorded.
        ReviewCreate = "reviewCreate",
        /// A review's record is corrected.
        ReviewUpdate = "reviewUpdate",
        /// A finding of a review is recorded.
        FindingCreate = "findingCreate",
        /// A finding's record is corrected.
        FindingUpdate = "findingUpdate",
        /// A recommendation is recorded.
        RecommendationCreate = "recommendationCreate",
        /// A recommendation's record is corrected.
        RecommendationUpdate = "recommendationUpdate",
        /// A recommendation is answered.
        RecommendationRespond = "recommendationRespond",
        /// A recommendation is confirmed as implemented.
        RecommendationConfirm = "recommendationConfirm",
        /// A term of a direction is recorded.
        DirectionTermCreate = "directionTermCreate",
        /// A term's record is corrected.
        DirectionTermUpdate = "directionTermUpdate",
        /// A duty under a term is recorded.
        DutyCreate = "dutyCreate",
        /// A duty's record is corrected.
        DutyUpdate = "dutyUpdate",
        /// A duty is discharged.
        DutyDischarge = "dutyDischarge",

        /// A plan is begun.
        PlanCreate = "planCreate",
        /// A plan's own particulars change.
        PlanAmend = "planAmend",
        /// A plan is put before the board.
        PlanConsider = "planConsider",
        /// The board agrees a plan.
        PlanAgree = "planAgree",
        /// A plan is made public.
        PlanPublish = "planPublish",
        /// A plan ends; what is unfinished goes over into its successor.
        PlanClose = "planClose",
        /// A heading is added to a plan.
        ThemeCreate = "themeCreate",
        /// A heading changes its name or the heading above it.
        ThemeUpdate = "themeUpdate",
        /// The headings of a plan get another order.
        ThemesReorder = "themesReorder",

        /// An action is added to a plan.
        ActionCreate = "actionCreate",
        /// An action's particulars change.
        ActionUpdate = "actionUpdate",
        /// An action is linked to a requirement, or its link gets another qualifier.
        ActionLink = "actionLink",
        /// A link is taken back.
        ActionUnlink = "actionUnlink",
        /// A link to a direction as a whole gets its clause.
        ActionLinkResolve = "actionLinkResolve",
        /// Many links are made at once.
        ActionsLink = "actionsLink",
        /// A partner proposes a link.
        ActionProposeLink = "actionProposeLink",
        /// A proposed link is made.
        LinkProposalAccept = "linkProposalAccept",
        /// A proposed link is declined.
        LinkProposalDecline = "linkProposalDecline",
        /// Work on an action begins.
        ActionStart = "actionStart",
        /// A step is added to an action.
        StepAdd = "stepAdd",
        /// A step's particulars change.
        StepUpdate = "stepUpdate",
        /// A step is done.
        StepComplete = "stepComplete",
        /// A step is struck out.
        StepStrikeOut = "stepStrikeOut",
        /// A step that was done or struck out is taken up again.
        StepReopen = "stepReopen",
        /// A lead reports on an action.
        ProgressUpdateAdd = "progressUpdateAdd",
        /// Many reports are made at once.
        ProgressUpdatesAdd = "progressUpdatesAdd",
        /// A lead claims that an action is complete.
        ActionClaimComplete = "actionClaimComplete",
        /// The board accepts a claim.
        ActionAssure = "actionAssure",
        /// The board refuses a claim.
        ActionRefuse = "actionRefuse",
        /// It is judged what difference an action made.
        ActionJudgeImpact = "actionJudgeImpact",
        /// An action is given up.
        ActionWithdraw = "actionWithdraw",
        /// An action gets other leads.
        ActionHandOver = "actionHandOver",
        /// An action's due date moves.
        ActionMoveDueDate = "actionMoveDueDate",
        /// An action is made to wait for another.
        ActionDependencyAdd = "actionDependencyAdd",
        /// An action no longer waits for another.
        ActionDependencyRemove = "actionDependencyRemove",

        /// Evidence is added.
        EvidenceAdd = "evidenceAdd",
        /// What is said about evidence is corrected.
        EvidenceUpdate = "evidenceUpdate",
        /// Evidence is attached to an action or a requirement.
        EvidenceAttach = "evidenceAttach",
        /// Evidence is taken off an action or a requirement.
        EvidenceDetach = "evidenceDetach",
        /// Evidence is accepted or refused.
        EvidenceReview = "evidenceReview",
        /// Evidence gets another marking.
        EvidenceMark = "evidenceMark",
        /// Evidence is shared with an organisation by name.
        EvidenceShare = "evidenceShare",
        /// A share is taken back.
        EvidenceUnshare = "evidenceUnshare",
        /// Evidence stops counting as proof.
        EvidenceExpire = "evidenceExpire",
        /// The scanner says of a file whether it is clean.
        EvidenceFileScan = "evidenceFileScan",
        /// A file of evidence is announced, to be sent.
        EvidenceFilePrepare = "evidenceFilePrepare",
        /// A file that was sent becomes part of evidence.
        EvidenceFileAttach = "evidenceFileAttach",
        /// A file is taken off evidence.
        EvidenceFileRemove = "evidenceFileRemove",
        /// A document for import is announced, to be sent.
        DocumentPrepare = "documentPrepare",
        /// A document that something was imported from is removed.
        SourceDocumentRemove = "sourceDocumentRemove",
        /// The scanner says of a document that was imported whether it is clean.
        DocumentScan = "documentScan",

        /// A measure is begun.
        MeasureCreate = "measureCreate",
        /// What is said about a measure changes.
        MeasureUpdate = "measureUpdate",
        /// A measure gets a target, or another.
        MeasureSetTarget = "measureSetTarget",
        /// What others come to is set.
        MeasureBenchmarksSet = "measureBenchmarksSet",
        /// A measure is tied to actions or requirements.
        MeasureAttach = "measureAttach",
        /// A measure is taken off actions or requirements.
        MeasureDetach = "measureDetach",
        /// Readings are recorded or corrected.
        ReadingsUpsert = "readingsUpsert",
        /// Readings are recorded or corrected from a table.
        ReadingsImport = "readingsImport",
        /// A reading is removed.
        ReadingRemove = "readingRemove",

        /// What people said is recorded.
        FeedbackAdd = "feedbackAdd",
        /// The record of what they said is corrected.
        FeedbackAmend = "feedbackAmend",
        /// It is recorded what was done about it.
        FeedbackAct = "feedbackAct",
        /// It is recorded that they were told.
        FeedbackTell = "feedbackTell",
        /// An audit is recorded.
        AuditAdd = "auditAdd",
        /// What is said about an audit is corrected.
        AuditAmend = "auditAmend",
        /// An audit's grades are moderated.
        AuditModerate = "auditModerate",
        /// A finding of an audit is recorded.
        AuditFindingAdd = "auditFindingAdd",
        /// A finding's record is corrected.
        AuditFindingAmend = "auditFindingAmend",
        /// It is said what is to follow from a finding.
        AuditFindingFollowUp = "auditFindingFollowUp",
        /// The follow-up of a finding is said to be done.
        AuditFindingDone = "auditFindingDone",
        /// Somebody else looks whether what was done has held.
        AuditFindingRecheck = "auditFindingRecheck",

        /// The board puts a challenge to the council or to a partner.
        ChallengePut = "challengePut",
        /// The day by which it is to be answered moves.
        ChallengeAmend = "challengeAmend",
        /// Whoever was asked answers.
        ChallengeAnswer = "challengeAnswer",
        /// The answer is not enough, and the board asks again.
        ChallengeAskAgain = "challengeAskAgain",
        /// The board closes a challenge.
        ChallengeClose = "challengeClose",
        /// Organisations are told what has fallen due.
        NoticesTell = "noticesTell",
        /// An organisation gets an endpoint that is told of changes.
        WebhookEndpointCreate = "webhookEndpointCreate",
        /// Where an endpoint is, or what it is told, changes.
        WebhookEndpointUpdate = "webhookEndpointUpdate",
        /// An endpoint is told again, from where it was.
        WebhookEndpointEnable = "webhookEndpointEnable",
        /// An endpoint is no longer told.
        WebhookEndpointDisable = "webhookEndpointDisable",
        /// An endpoint ends.
        WebhookEndpointRemove = "webhookEndpointRemove",
        /// An endpoint gets a new secret.
        WebhookSecretRotate = "webhookSecretRotate",
        /// An endpoint is sent a test.
        WebhookEndpointPing = "webhookEndpointPing",
        /// A delivery is sent once more.
        WebhookDeliveryReplay = "webhookDeliveryReplay",
        /// Deliveries of a stretch of the ledger are sent once more.
        WebhookDeliveriesReplay = "webhookDeliveriesReplay",
        /// The service disables an endpoint that cannot be told.
        WebhookEndpointStop = "webhookEndpointStop",
    }
}
