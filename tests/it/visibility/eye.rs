//! The policy once more, as `docs/authorization.md` has it, over the rows that a test has written: slow and plain, with
//! nothing in common with the SQL that it is compared with.

use entity::*;
use uuid::Uuid;

use crate::support::app::today;
use crate::support::world::Record;
use crate::support::{Persona, gid};

/// A row that has a global id.
pub trait Named {
    /// Its global id.
    fn gid(&self) -> String;
}

macro_rules! named {
    ($($table:ident: $prefix:literal),+ $(,)?) => {
        $(impl Named for $table::Model {
            fn gid(&self) -> String { gid($prefix, self.id) }
        })+
    };
}

named! {
    programme: "prg", membership: "mbr", finding: "fnd", duty: "dut", plan: "pln", theme: "thm", action: "act",
    step: "stp", progress_update: "upd", evidence: "evd", link_proposal: "lpr",
    evidence_file: "fil", measure: "mea", reading: "rdg", feedback: "fbk", audit: "aud", audit_finding: "afn",
    machine_client: "mcl", machine_client_secret: "mcs",
    challenge: "chl", notice: "ntc",
    webhook_endpoint: "whe", source_document: "doc",
}

impl Named for party::Model {
    fn gid(&self) -> String {
        let prefix = match self.kind.as_str() {
            "PERSON" => "per",
            "GROUP" => "grp",
            _ => "org",
        };
        gid(prefix, self.id)
    }
}

impl Named for source::Model {
    fn gid(&self) -> String {
        gid(&self.kind[..3].to_lowercase(), self.id)
    }
}

impl Named for requirement::Model {
    fn gid(&self) -> String {
        gid(if self.kind == "DIRECTION_TERM" { "trm" } else { "rec" }, self.id)
    }
}

/// The row with an id.
pub fn row<T>(rows: &[T], id: Uuid, key: impl Fn(&T) -> Uuid) -> &T {
    rows.iter().find(|row| key(row) == id).unwrap()
}

/// What one persona may see of a record.
pub struct Eye<'a> {
    /// What there is.
    pub record: &'a Record,
    standings: Vec<&'a membership::Model>,
    subject: Option<&'static str>,
}

impl<'a> Eye<'a> {
    /// The eye of a persona.
    pub fn of(record: &'a Record, persona: Persona) -> Self {
        let subject = persona.subject();
        let own = record.memberships.iter().filter(|row| subject == Some(row.subject.as_str()));
        Self { record, standings: own.collect(), subject }
    }

    /// Whether a membership is the viewer's own.
    pub fn owns(&self, member: &membership::Model) -> bool {
        self.subject == Some(member.subject.as_str())
    }

    fn is_admin(&self) -> bool {
        self.standings.iter().any(|standing| standing.role == "ADMIN")
    }

    /// The memberships in a programme with one of the roles.
    fn as_one_of(&self, programme: Uuid, roles: &[&str]) -> Vec<&membership::Model> {
        let fits = |row: &&&membership::Model| {
            row.programme_id == Some(programme) && roles.contains(&row.role.as_str())
        };
        self.standings.iter().filter(fits).copied().collect()
    }

    fn is(&self, programme: Uuid, roles: &[&str]) -> bool {
        !self.as_one_of(programme, roles).is_empty()
    }

    fn is_member(&self, programme: Uuid) -> bool {
        self.is_admin() || self.standings.iter().any(|row| row.programme_id == Some(programme))
    }

    fn is_public(&self, programme: Uuid) -> bool {
        row(&self.record.programmes, programme, |row| row.id).is_public
    }

    /// Whether a thing with this global id is there for the viewer.
    pub fn sees(&self, gid: &str) -> bool {
        let (prefix, id) = gid.split_once('_').unwrap();
        let id = Uuid::try_parse(id).unwrap();
        let record = self.record;
        match prefix {
            "prg" => self.is_member(id) || self.is_public(id),
            "mbr" => {
                let member = row(&record.memberships, id, |row| row.id);
                let office = |programme| {
                    self.as_one_of(programme, &["OFFICER"]).iter().any(|row| row.is_programme_office)
                };
                self.owns(member) || self.is_admin() || member.programme_id.is_some_and(office)
            }
            "org" | "per" | "grp" => self.party(row(&record.parties, id, |row| row.id)),
            "ins" | "dir" | "rev" => self.source(id),
            "rec" | "trm" => self.source(row(&record.requirements, id, |row| row.id).source_id),
            "fnd" => self.source(row(&record.findings, id, |row| row.id).source_id),
            "dut" => {
                let term = row(&record.duties, id, |row| row.id).requirement_id;
                self.source(row(&record.requirements, term, |row| row.id).source_id)
            }
            "pln" => self.plan(id),
            "thm" => self.plan(row(&record.themes, id, |row| row.id).plan_id),
            "act" => self.action(id),
            "stp" => self.action(row(&record.steps, id, |row| row.id).action_id),
            "upd" => self.reads_updates(row(&record.updates, id, |row| row.id).action_id),
            "lpr" => self.proposal(row(&record.proposals, id, |row| row.id)),
            "mea" => self.measure(id),
            "rdg" => self.measure(row(&record.readings, id, |row| row.id).measure_id),
            "fbk" => self.feedback(row(&record.feedback, id, |row| row.id)),
            "aud" => self.audit(id),
            "afn" => self.audit(row(&record.audit_findings, id, |row| row.id).audit_id),
            "mcl" => self.client(id),
            "mcs" => self.client(row(&record.client_secrets, id, |row| row.id).client_id),
            "chl" => {
                let of = row(&record.challenges, id, |row| row.id);
                self.is_for(of.programme_id, of.put_to_id)
            }
            "ntc" => self.notice(row(&record.notices, id, |row| row.id)),
            "whe" => self.endpoint(row(&record.endpoints, id, |row| row.id)),
            "doc" => {
                let of = row(&record.documents, id, |row| row.id).programme_id;
                self.is_admin() || self.is(of, &["BOARD", "OFFICER"])
            }
            "evd" => self.evidence(row(&record.evidence, id, |row| row.id)),
            "fil" => {
                let of = row(&record.files, id, |row| row.id).evidence_id;
                self.evidence(row(&record.evidence, of, |row| row.id))
            }
            other => panic!("no rule for {other}"),
        }
    }

    fn party(&self, party: &party::Model) -> bool {
        match (party.kind.as_str(), party.programme_id) {
            ("ORGANISATION", _) => {
                !self.standings.is_empty() || self.record.programmes.iter().any(|row| row.is_public)
            }
            ("GROUP", Some(programme)) => self.is_member(programme) || self.is_public(programme),
            (_, Some(programme)) => self.is_member(programme),
            (_, None) => false,
        }
    }

    fn source(&self, id: Uuid) -> bool {
        let source = row(&self.record.sources, id, |row| row.id);
        let programme = source.programme_id;
        self.is_admin()
            || self.is(programme, &["BOARD", "OFFICER", "PARTNER"])
            || self.is(programme, &["SCRUTINY"]) && source.published_on.is_some_and(|on| on <= today())
    }

    /// Whether the plan is open to the viewer by its status, as opposed to by what the viewer does in it.
    fn plan_is_open(&self, id: Uuid) -> bool {
        let plan = row(&self.record.plans, id, |row| row.id);
        let (programme, status) = (plan.programme_id, plan.status.as_str());
        let was_published =
            matches!(status, "PUBLISHED" | "CLOSED") && plan.published_on.is_some_and(|on| on <= today());
        self.is_admin()
            || self.is(programme, &["OFFICER"])
            || self.is(programme, &["BOARD"]) && status != "DRAFT"
            || self.is(programme, &["PARTNER"]) && matches!(status, "AGREED" | "PUBLISHED" | "CLOSED")
            || (self.is(programme, &["SCRUTINY"]) || self.is_public(programme)) && was_published
    }

    fn plan(&self, id: Uuid) -> bool {
        let mut actions = self.record.actions.iter().filter(|action| action.plan_id == id);
        self.plan_is_open(id) || actions.any(|action| self.is_organisations_own(action))
    }

    fn action(&self, id: Uuid) -> bool {
        let action = row(&self.record.actions, id, |row| row.id);
        self.plan_is_open(action.plan_id) || self.is_organisations_own(action)
    }

    /// Whether the viewer is a partner whose organisation answers for, leads or contributes to the action.
    pub fn is_organisations_own(&self, action: &action::Model) -> bool {
        self.as_one_of(action.programme_id, &["PARTNER"]).iter().any(|partner| {
            let organisation = partner.organisation_id;
            let parties = self.record.parties_of.iter().filter(|link| link.action_id == action.id);
            let mut parties = parties.map(|link| row(&self.record.parties, link.party_id, |row| row.id));
            organisation.is_some()
                && (action.organisation_id == organisation
                    || parties.any(|party| party.organisation_id == organisation))
        })
    }

    /// Whether the viewer is an officer who leads the action, in person or as a member of a group.
    pub fn leads(&self, action: &action::Model) -> bool {
        self.as_one_of(action.programme_id, &["OFFICER"]).iter().any(|officer| {
            let leads = |link: &&action_party::Model| link.action_id == action.id && link.role == "LEAD";
            self.record.parties_of.iter().filter(leads).any(|link| {
                let mut members = self.record.members_of.iter().filter(|row| row.group_id == link.party_id);
                officer.person_id.is_some()
                    && (officer.person_id == Some(link.party_id)
                        || members.any(|row| Some(row.person_id) == officer.person_id))
            })
        })
    }

    /// Whether the viewer may read the updates on an action.
    pub fn reads_updates(&self, id: Uuid) -> bool {
        let action = row(&self.record.actions, id, |row| row.id);
        let programme = action.programme_id;
        let plan = row(&self.record.plans, action.plan_id, |row| row.id);
        self.is_admin()
            || self.is(programme, &["OFFICER"])
            || self.is(programme, &["BOARD"]) && plan.status != "DRAFT"
            || self.is_organisations_own(action)
    }

    /// How far a requirement is answered by live actions in sight: by its children where it has any.
    pub fn coverage(&self, requirement: Uuid) -> &'static str {
        let children = self.record.requirements.iter().filter(|row| row.parent_id == Some(requirement));
        let parts: Vec<&str> = children.map(|child| self.coverage(child.id)).collect();
        let all = |what: &str| parts.iter().all(|part| *part == what);
        if !parts.is_empty() {
            return match (all("COVERED"), all("UNCOVERED")) {
                (true, _) => "COVERED",
                (_, true) => "UNCOVERED",
                _ => "PARTIAL",
            };
        }
        let mut answers = self.record.links.iter().filter_map(|link| self.answer(link, requirement));
        let first = answers.next();
        match first {
            None => "UNCOVERED",
            Some("PARTIAL") => answers.find(|answer| *answer == "COVERED").unwrap_or("PARTIAL"),
            Some(covered) => covered,
        }
    }

    /// What a link does for a requirement, if its action is live and in sight.
    fn answer(&self, link: &action_requirement::Model, requirement: Uuid) -> Option<&'static str> {
        let action = row(&self.record.actions, link.action_id, |row| row.id);
        let is_live = !matches!(action.status.as_str(), "WITHDRAWN" | "ROLLED_OVER");
        let counts = link.requirement_id == requirement && is_live && self.action(action.id);
        counts.then_some(if link.qualifier.is_some() { "PARTIAL" } else { "COVERED" })
    }

    fn proposal(&self, proposal: &link_proposal::Model) -> bool {
        let programme = proposal.programme_id;
        let by = self.record.parties.iter().find(|party| Some(party.id) == proposal.proposed_by_id);
        let partners = self.as_one_of(programme, &["PARTNER"]);
        let is_own = partners.iter().any(|partner| {
            by.is_some_and(|by| {
                Some(by.id) == partner.organisation_id || by.organisation_id == partner.organisation_id
            })
        });
        let requirement = row(&self.record.requirements, proposal.requirement_id, |row| row.id);
        (self.is_admin() || self.is(programme, &["BOARD", "OFFICER"]) || is_own)
            && self.action(proposal.action_id)
            && self.source(requirement.source_id)
    }

    fn client(&self, id: Uuid) -> bool {
        let client = row(&self.record.clients, id, |row| row.id);
        let (programme, own) = (client.programme_id, Some(client.organisation_id));
        self.is_admin()
            || self.as_one_of(programme, &["OFFICER"]).iter().any(|officer| officer.is_programme_office)
            || self.as_one_of(programme, &["PARTNER"]).iter().any(|partner| partner.organisation_id == own)
    }

    fn measure(&self, id: Uuid) -> bool {
        let measure = row(&self.record.measures, id, |row| row.id);
        let is_published = measure.published_on.is_some_and(|on| on <= today());
        self.is(measure.programme_id, &["BOARD", "OFFICER", "PARTNER"])
            || self.is(measure.programme_id, &["SCRUTINY"]) && is_published
    }

    fn audit(&self, id: Uuid) -> bool {
        let audit = row(&self.record.audits, id, |row| row.id);
        let links = self.record.audits_of_actions.iter().filter(|link| link.audit_id == id);
        let mut actions = links.map(|link| row(&self.record.actions, link.action_id, |row| row.id));
        self.is(audit.programme_id, &["BOARD", "OFFICER"])
            || actions.any(|action| self.is_organisations_own(action))
    }

    /// Whether the viewer may know every figure of a programme, small counts too.
    pub fn knows_figures(&self, programme: Uuid) -> bool {
        self.is(programme, &["BOARD", "OFFICER"])
    }

    fn feedback(&self, feedback: &feedback::Model) -> bool {
        let mut links = self.record.feedback_on_actions.iter().filter(|link| link.feedback_id == feedback.id);
        self.is(feedback.programme_id, &["BOARD", "OFFICER"])
            || links.any(|link| {
                self.is_organisations_own(row(&self.record.actions, link.action_id, |row| row.id))
            })
    }

    /// Whether what is for an organisation is for the viewer too: on the board, an officer, or a partner for it.
    fn is_for(&self, programme: Uuid, organisation: Uuid) -> bool {
        let partners = self.as_one_of(programme, &["PARTNER"]);
        self.is(programme, &["BOARD", "OFFICER"])
            || partners.iter().any(|row| row.organisation_id == Some(organisation))
    }

    fn notice(&self, notice: &notice::Model) -> bool {
        let prefix = match notice.about_type.as_str() {
            "Action" => "act",
            "Evidence" => "evd",
            _ => "chl",
        };
        self.is_for(notice.programme_id, notice.organisation_id)
            && notice.action_id.is_none_or(|action| self.action(action))
            && self.sees(&gid(prefix, notice.about_id))
            && (notice.kind != "UPDATE_DUE" || notice.action_id.is_some_and(|id| self.reads_updates(id)))
    }

    fn endpoint(&self, endpoint: &webhook_endpoint::Model) -> bool {
        let programme = endpoint.programme_id;
        let partners = self.as_one_of(programme, &["PARTNER"]);
        self.is_admin()
            || self.as_one_of(programme, &["OFFICER"]).iter().any(|officer| officer.is_programme_office)
            || partners.iter().any(|partner| partner.organisation_id == Some(endpoint.organisation_id))
    }

    fn evidence(&self, piece: &evidence::Model) -> bool {
        let (programme, is_open) = (piece.programme_id, piece.marking == "OFFICIAL");
        let actions = || {
            let links = self.record.evidence_of_actions.iter().filter(|link| link.evidence_id == piece.id);
            links.map(|link| row(&self.record.actions, link.action_id, |row| row.id))
        };
        let is_office =
            self.as_one_of(programme, &["OFFICER"]).iter().any(|officer| officer.is_programme_office);
        let is_shared = self.as_one_of(programme, &["PARTNER"]).iter().any(|partner| {
            let mut shares = self.record.shares.iter().filter(|share| share.evidence_id == piece.id);
            shares.any(|share| Some(share.organisation_id) == partner.organisation_id)
        });
        self.is(programme, &["BOARD"])
            || self.is(programme, &["OFFICER"])
                && (is_open || is_office || actions().any(|action| self.leads(action)))
            || is_shared
            || is_open && actions().any(|action| self.is_organisations_own(action))
            || self.is_admin() && is_open
    }
}

/// The ids of every thing of the record.
pub fn everything(record: &Record) -> Vec<String> {
    fn ids<T: Named>(rows: &[T]) -> impl Iterator<Item = String> {
        rows.iter().map(Named::gid)
    }
    ids(&record.programmes)
        .chain(ids(&record.memberships))
        .chain(ids(&record.parties))
        .chain(ids(&record.sources))
        .chain(ids(&record.findings))
        .chain(ids(&record.requirements))
        .chain(ids(&record.duties))
        .chain(ids(&record.plans))
        .chain(ids(&record.themes))
        .chain(ids(&record.actions))
        .chain(ids(&record.steps))
        .chain(ids(&record.updates))
        .chain(ids(&record.evidence))
        .chain(ids(&record.files))
        .chain(ids(&record.documents))
        .chain(ids(&record.proposals))
        .chain(ids(&record.measures))
        .chain(ids(&record.readings))
        .chain(ids(&record.feedback))
        .chain(ids(&record.audits))
        .chain(ids(&record.audit_findings))
        .chain(ids(&record.clients))
        .chain(ids(&record.client_secrets))
        .chain(ids(&record.challenges))
        .chain(ids(&record.notices))
        .chain(ids(&record.endpoints))
        .collect()
}
