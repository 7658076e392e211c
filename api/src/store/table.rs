//! The tables that can be read. Each has a rule in [`super::visibility`]: a table without one does not compile.

/// A table that a relation may lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Table {
    /// Programmes.
    Programme,
    /// Roles of subjects in programmes.
    Membership,
    /// Programs of organisations that ask in their own names.
    MachineClient,
    /// Their secrets.
    MachineClientSecret,
    /// Organisations, people and groups.
    Party,
    /// Numbers of organisations in public registers.
    OrganisationIdentifier,
    /// A programme's own names and colours for health.
    Rating,
    /// Inspections, directions and reviews.
    Source,
    /// Grades of inspections.
    Judgement,
    /// Findings of reviews.
    Finding,
    /// Recommendations and terms of directions.
    Requirement,
    /// Duties under a term.
    Duty,
    /// Plans.
    Plan,
    /// Headings of plans.
    Theme,
    /// Actions.
    Action,
    /// Steps of actions.
    Step,
    /// Links that partners propose.
    LinkProposal,
    /// Dates that were moved.
    DueDateMove,
    /// Updates on actions.
    ProgressUpdate,
    /// Evidence.
    Evidence,
    /// Files of evidence, a row for each version.
    EvidenceFile,
    /// Files on their way.
    Upload,
    /// How far the reading of documents has come.
    UploadReading,
    /// Documents that something was imported from.
    SourceDocument,
    /// Where in them imported things stand.
    ImportedFrom,
    /// Measures.
    Measure,
    /// Targets that measures have or had.
    MeasureTarget,
    /// What others come to.
    MeasureBenchmark,
    /// What measures came to.
    Reading,
    /// What people said.
    Feedback,
    /// Audits.
    Audit,
    /// How many of an audit's sample got which grade.
    AuditGrades,
    /// What audits found.
    AuditFinding,
    /// What the board asks to be answered.
    Challenge,
    /// What organisations are told without asking.
    Notice,
    /// Where organisations are told of changes.
    WebhookEndpoint,
    /// What signs for them.
    WebhookSecret,
    /// What they are told.
    WebhookDelivery,
    /// How each attempt went.
    WebhookAttempt,
    /// The ledger.
    LedgerEntry,
}

impl Table {
    /// Its name in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Programme => "programme",
            Self::Membership => "membership",
            Self::MachineClient => "machine_client",
            Self::MachineClientSecret => "machine_client_secret",
            Self::Party => "party",
            Self::OrganisationIdentifier => "organisation_identifier",
            Self::Rating => "rating",
            Self::Source => "source",
            Self::Judgement => "judgement",
            Self::Finding => "finding",
            Self::Requirement => "requirement",
            Self::Duty => "duty",
            Self::Plan => "plan",
            Self::Theme => "theme",
            Self::Action => "action",
            Self::Step => "step",
            Self::LinkProposal => "link_proposal",
            Self::DueDateMove => "due_date_move",
            Self::ProgressUpdate => "progress_update",
            Self::Evidence => "evidence",
            Self::EvidenceFile => "evidence_file",
            Self::Upload => "upload",
            Self::UploadReading => "upload_reading",
            Self::SourceDocument => "source_document",
            Self::ImportedFrom => "imported_from",
            Self::Measure => "measure",
            Self::MeasureTarget => "measure_target",
            Self::MeasureBenchmark => "measure_benchmark",
            Self::Reading => "reading",
            Self::Feedback => "feedback",
            Self::Audit => "audit",
            Self::AuditGrades => "audit_grades",
            Self::AuditFinding => "audit_finding",
            Self::Challenge => "challenge",
            Self::Notice => "notice",
            Self::WebhookEndpoint => "webhook_endpoint",
            Self::WebhookSecret => "webhook_secret",
            Self::WebhookDelivery => "webhook_delivery",
            Self::WebhookAttempt => "webhook_attempt",
            Self::LedgerEntry => "ledger_entry",
        }
    }

    /// Whether its rows can hold what a piece of evidence says, which has a marking.
    pub const fn tells_evidence(self) -> bool {
        matches!(self, Self::Evidence | Self::EvidenceFile | Self::LedgerEntry | Self::Notice)
    }

    /// Whether its rows change without an entry in any ledger.
    pub const fn is_beside_the_record(self) -> bool {
        matches!(
            self,
            Self::Upload
                | Self::UploadReading
                | Self::WebhookSecret
                | Self::WebhookDelivery
                | Self::WebhookAttempt
        )
    }

    /// The column that names a row among its like: what children refer to.
    pub const fn key(self) -> &'static str {
        match self {
            Self::LedgerEntry => "entity_id",
            Self::OrganisationIdentifier => "organisation_id",
            Self::Rating => "programme_id",
            Self::AuditGrades => "audit_id",
            Self::UploadReading => "upload_id",
            Self::ImportedFrom => "object_id",
            _ => "id",
        }
    }

    /// The column that makes any order of rows total.
    pub const fn tie_break(self) -> &'static str {
        match self {
            Self::LedgerEntry => "sequence",
            Self::OrganisationIdentifier => "scheme",
            Self::Rating => "health",
            Self::AuditGrades => "rater",
            Self::UploadReading => "upload_id",
            Self::ImportedFrom => "object_id",
            _ => "id",
        }
    }
}

/// The types of things that the ledger records, each with its table.
pub fn recorded_types() -> impl Iterator<Item = (&'static str, Table)> {
    RECORDED.iter().flat_map(|(types, table)| types.split(", ").map(|ty| (ty.trim_matches('\''), *table)))
}

/// The types of things that the ledger records, as SQL text, with their table.
pub const RECORDED: &[(&str, Table)] = &[
    ("'Programme'", Table::Programme),
    ("'Membership'", Table::Membership),
    ("'MachineClient'", Table::MachineClient),
    ("'MachineClientSecret'", Table::MachineClientSecret),
    ("'Organisation', 'Person', 'Group'", Table::Party),
    ("'Inspection', 'Direction', 'Review'", Table::Source),
    ("'Finding'", Table::Finding),
    ("'Recommendation', 'DirectionTerm'", Table::Requirement),
    ("'Duty'", Table::Duty),
    ("'Plan'", Table::Plan),
    ("'Theme'", Table::Theme),
    ("'Action'", Table::Action),
    ("'Step'", Table::Step),
    ("'LinkProposal'", Table::LinkProposal),
    ("'ProgressUpdate'", Table::ProgressUpdate),
    ("'Evidence'", Table::Evidence),
    ("'EvidenceFile'", Table::EvidenceFile),
    ("'SourceDocument'", Table::SourceDocument),
    ("'Measure'", Table::Measure),
    ("'Reading'", Table::Reading),
    ("'Feedback'", Table::Feedback),
    ("'Audit'", Table::Audit),
    ("'AuditFinding'", Table::AuditFinding),
    ("'Challenge'", Table::Challenge),
    ("'Notice'", Table::Notice),
    ("'WebhookEndpoint'", Table::WebhookEndpoint),
];
