//! What a test has written: to ask with, and to compare answers with.

use entity::*;
use uuid::Uuid;

/// Declares what is kept, and how a row finds its list.
macro_rules! kept {
    ($($list:ident: $table:ident),+ $(,)?) => {
        /// Everything that a test has written: to ask with, and to compare answers with.
        #[derive(Debug, Clone, Default)]
        pub struct Record { $(pub $list: Vec<$table::Model>),+ }

        /// A row that is kept.
        pub trait Kept: Sized {
            /// Where it is kept.
            fn list(record: &mut Record) -> &mut Vec<Self>;
        }

        $(impl Kept for $table::Model {
            fn list(record: &mut Record) -> &mut Vec<Self> { &mut record.$list }
        })+
    };
}

kept! {
    programmes: programme, parties: party, members_of: group_member, memberships: membership, ratings: rating,
    sources: source, judgements: judgement, findings: finding, requirements: requirement, duties: duty,
    plans: plan, themes: theme, actions: action, steps: step, parties_of: action_party,
    links: action_requirement, unspecified: action_direction, dependencies: action_dependency,
    updates: progress_update, evidence: evidence, evidence_of_actions: evidence_action,
    evidence_of_requirements: evidence_requirement, shares: evidence_share,
    files: evidence_file, documents: source_document, identifiers: organisation_identifier, proposals: link_proposal, moves: due_date_move,
    evidence_of_impact: impact_evidence, measures: measure, targets: measure_target,
    benchmarks: measure_benchmark, measures_of_actions: measure_action,
    measures_of_requirements: measure_requirement, readings: reading, feedback: feedback,
    feedback_on_actions: feedback_action, feedback_on_requirements: feedback_requirement,
    audits: audit, grades: audit_grades, audits_of_actions: audit_action,
    audits_of_requirements: audit_requirement, audit_findings: audit_finding,
    clients: machine_client, client_secrets: machine_client_secret,
    challenges: challenge, notices: notice, endpoints: webhook_endpoint,
}

impl Record {
    /// The programme with a slug.
    pub fn programme(&self, slug: &str) -> &programme::Model {
        self.programmes.iter().find(|row| row.slug == slug).unwrap()
    }

    /// The plan with a title.
    pub fn plan(&self, title: &str) -> &plan::Model {
        self.plans.iter().find(|row| row.title == title).unwrap()
    }

    /// The action with a number; here no two plans have the same.
    pub fn action(&self, reference: &str) -> &action::Model {
        self.actions.iter().find(|row| row.reference == reference).unwrap()
    }

    /// The source with a title.
    pub fn source(&self, title: &str) -> &source::Model {
        self.sources.iter().find(|row| row.title == title).unwrap()
    }

    /// The requirement of a source with a number.
    pub fn requirement(&self, source: &str, reference: &str) -> &requirement::Model {
        let source = self.source(source).id;
        self.requirements.iter().find(|row| row.source_id == source && row.reference == reference).unwrap()
    }

    /// The evidence with a title.
    pub fn piece(&self, title: &str) -> &evidence::Model {
        self.evidence.iter().find(|row| row.title == title).unwrap()
    }

    /// The measure with a title.
    pub fn measure(&self, title: &str) -> &measure::Model {
        self.measures.iter().find(|row| row.title == title).unwrap()
    }

    /// The feedback with a theme.
    pub fn feedback(&self, theme: &str) -> &feedback::Model {
        self.feedback.iter().find(|row| row.theme.as_deref() == Some(theme)).unwrap()
    }

    /// The audit with a title.
    pub fn audit(&self, title: &str) -> &audit::Model {
        self.audits.iter().find(|row| row.title == title).unwrap()
    }

    /// The finding of an audit that says this.
    pub fn audit_finding(&self, text: &str) -> &audit_finding::Model {
        self.audit_findings.iter().find(|row| row.text == text).unwrap()
    }

    /// The challenge that asks this.
    pub fn challenge(&self, text: &str) -> &challenge::Model {
        self.challenges.iter().find(|row| row.text == text).unwrap()
    }

    /// The organisation or group with a name, or the person with a post.
    pub fn party(&self, name: &str) -> &party::Model {
        let is = |text: &Option<String>| text.as_deref() == Some(name);
        self.parties.iter().find(|row| is(&row.name) || is(&row.post)).unwrap()
    }

    fn is_in(&self, action: Uuid, programme: Uuid) -> bool {
        self.actions.iter().any(|row| row.id == action && row.programme_id == programme)
    }

    /// The links of a programme's actions.
    pub fn links_in(&self, programme: Uuid) -> impl Iterator<Item = &action_requirement::Model> {
        self.links.iter().filter(move |link| self.is_in(link.action_id, programme))
    }
}
