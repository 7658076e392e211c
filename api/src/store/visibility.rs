//! Which rows exist for a viewer: every row rule of the policy, one function for each table.
//!
//! A rule is a condition that goes into the statement that selects the rows, so that no path (list, count, nested field,
//! filter by a related row, lookup by id, feed) can give away what a list would hide. `docs/authorization.md` has the
//! same rules in words. What no term allows does not exist: an empty disjunction is false.

use domain::Role;
use domain::Role::{Admin, Board, Officer, Partner, Scrutiny};
use sea_orm::DbBackend;
use uuid::Uuid;

use super::documents::IMPORTED;
use super::involved::{AUDIT, EVIDENCE, FEEDBACK, OfActions, for_action_of, is_led_by, is_organisations_own};
use super::sql::{Any, Sql};
use super::table::Table;
use crate::authz::viewer::{PUBLIC, Viewer};

/// Plan statuses that a partner may read: agreed, and after.
const AGREED_OR_LATER: &str = "('AGREED', 'PUBLISHED', 'CLOSED')";

/// Adds the condition under which the viewer may see the row of `table` named `alias`.
pub fn visible(sql: &mut Sql, table: Table, alias: &str, viewer: &Viewer) {
    match table {
        Table::Programme => programme(sql, alias, viewer),
        Table::Membership => membership(sql, alias, viewer),
        Table::MachineClient | Table::WebhookEndpoint => of_organisation_or_office(sql, alias, viewer),
        Table::Party => party(sql, alias, viewer),
        Table::Source => source(sql, alias, viewer),
        Table::Requirement => requirement(sql, alias, viewer),
        Table::Plan => plan(sql, alias, viewer),
        Table::Action => action(sql, alias, viewer),
        Table::ProgressUpdate => progress_update(sql, alias, viewer),
        Table::Evidence => evidence(sql, alias, viewer),
        Table::Upload => upload(sql, alias, viewer),
        Table::SourceDocument => source_document(sql, alias, viewer),
        Table::ImportedFrom => imported_from(sql, alias, viewer),
        Table::Measure => measure(sql, alias, viewer),
        Table::Feedback => feedback(sql, alias, viewer),
        Table::Audit => audit(sql, alias, viewer),
        Table::LedgerEntry => ledger_entry(sql, alias, viewer),
        Table::LinkProposal => link_proposal(sql, alias, viewer),
        Table::Challenge => challenge(sql, alias, viewer),
        Table::Notice => notice(sql, alias, viewer),
        Table::OrganisationIdentifier
        | Table::Rating
        | Table::Judgement
        | Table::Finding
        | Table::Duty
        | Table::Theme
        | Table::DueDateMove
        | Table::Step
        | Table::EvidenceFile
        | Table::UploadReading
        | Table::MeasureTarget
        | Table::MeasureBenchmark
        | Table::Reading
        | Table::AuditGrades
        | Table::AuditFinding
        | Table::MachineClientSecret
        | Table::WebhookSecret
        | Table::WebhookDelivery
        | Table::WebhookAttempt => with_owner(sql, table, alias, viewer),
    }
}

/// The row that a part belongs to: a part is visible exactly if its owner is.
pub fn owner(table: Table) -> Option<(&'static str, Table)> {
    match table {
        Table::OrganisationIdentifier => Some(("organisation_id", Table::Party)),
        Table::Rating => Some(("programme_id", Table::Programme)),
        Table::Judgement | Table::Finding => Some(("source_id", Table::Source)),
        Table::Duty => Some(("requirement_id", Table::Requirement)),
        Table::Theme => Some(("plan_id", Table::Plan)),
        Table::Step | Table::DueDateMove => Some(("action_id", Table::Action)),
        Table::EvidenceFile => Some(("evidence_id", Table::Evidence)),
        Table::UploadReading => Some(("upload_id", Table::Upload)),
        Table::MeasureTarget | Table::MeasureBenchmark | Table::Reading => {
            Some(("measure_id", Table::Measure))
        }
        Table::AuditGrades | Table::AuditFinding => Some(("audit_id", Table::Audit)),
        Table::MachineClientSecret => Some(("client_id", Table::MachineClient)),
        Table::WebhookSecret | Table::WebhookDelivery => Some(("endpoint_id", Table::WebhookEndpoint)),
        Table::WebhookAttempt => Some(("delivery_id", Table::WebhookDelivery)),
        _ => None,
    }
}

/// The links of which the database sees to it that they are of the programme of both their ends (`migration`, `links`).
const OF_ONE_PROGRAMME: [&str; 9] = [
    "action_requirement",
    "evidence_action",
    "evidence_requirement",
    "measure_action",
    "measure_requirement",
    "audit_action",
    "audit_requirement",
    "feedback_action",
    "feedback_requirement",
];

/// Whether a link tells by itself whether the viewer may see the row of `table` that it names: to this viewer the rule asks nothing of
/// the row but of which programme it is, which the link is of, too.
pub fn is_told_by_link(link: &str, table: Table, viewer: &Viewer) -> bool {
    if !OF_ONE_PROGRAMME.contains(&link) {
        return false;
    }
    let mut rule = Sql::new(DbBackend::Sqlite);
    visible(&mut rule, table, "asked", viewer);
    // No other name in a statement ends like this one.
    rule.statement().sql.split("asked.").skip(1).all(|of| of.starts_with("programme_id "))
}

fn with_owner(sql: &mut Sql, table: Table, alias: &str, viewer: &Viewer) {
    let Some((column, owner)) = owner(table) else {
        sql.push("FALSE");
        return;
    };
    is_seen(sql, owner, (alias, column), viewer);
}

/// A term for the rows of the programmes where the viewer holds one of the roles; an administrator's are all.
pub fn held(any: &mut Any<'_>, alias: &str, column: &str, viewer: &Viewer, roles: &[Role]) {
    if roles.contains(&Admin) && viewer.is_admin() {
        any.or().push("TRUE");
    }
    let programmes = viewer.programmes(roles);
    if !programmes.is_empty() {
        any.or().is_one_of(alias, column, &programmes);
    }
}

/// Adds the condition that a column names a programme which opens its published plans to everyone.
fn is_open(sql: &mut Sql, alias: &str, column: &str, viewer: &Viewer) {
    sql.column(alias, column);
    match viewer.as_if_open {
        Some(programme) => sql.push(" = ").bind(programme),
        None => sql.push(" IN (SELECT id FROM programme WHERE is_public)"),
    };
}

fn programme(sql: &mut Sql, alias: &str, viewer: &Viewer) {
    sql.any(|any| {
        held(any, alias, "id", viewer, &[Board, Officer, Partner, Scrutiny, Admin]);
        is_open(any.or(), alias, "id", viewer);
    });
}

/// One's own memberships; those of the whole programme for its programme office, which appoints; all for administrators.
/// Own are those with which the request began: one that comes meanwhile shows as little as what it opens.
fn membership(sql: &mut Sql, alias: &str, viewer: &Viewer) {
    sql.any(|any| {
        let own: Vec<Uuid> = viewer.standings.iter().map(|standing| standing.membership_id).collect();
        if !own.is_empty() {
            any.or().is_one_of(alias, "id", &own);
        }
        if viewer.is_admin() {
            any.or().push("TRUE");
        }
        let offices: Vec<Uuid> = offices(viewer).collect();
        if !offices.is_empty() {
            any.or().is_one_of(alias, "programme_id", &offices);
        }
    });
}

/// An organisation's machine clients, and where it is told: that organisation, the programme office, and administrators.
fn of_organisation_or_office(sql: &mut Sql, alias: &str, viewer: &Viewer) {
    sql.any(|any| {
        if viewer.is_admin() {
            any.or().push("TRUE");
        }
        let offices: Vec<Uuid> = offices(viewer).collect();
        if !offices.is_empty() {
            any.or().is_one_of(alias, "programme_id", &offices);
        }
        for (programme, organisation) in partnerships(viewer) {
            let sql = any.or().is_one_of(alias, "programme_id", &[programme]);
            sql.push(" AND ").column(alias, "organisation_id").push(" = ").bind(organisation);
        }
    });
}

/// The programmes in whose office the viewer works.
fn offices(viewer: &Viewer) -> impl Iterator<Item = Uuid> {
    let of = viewer.standings_as(&[Officer]).filter(|standing| standing.is_programme_office);
    of.filter_map(|standing| standing.programme_id)
}

/// A proposed link: the programme office, which decides, the board, administrators, and the organisation that proposes.
/// Only with the action that it is about, and with the requirement.
fn link_proposal(sql: &mut Sql, alias: &str, viewer: &Viewer) {
    sql.any(|any| {
        held(any, alias, "programme_id", viewer, &[Board, Officer, Admin]);
        for (programme, organisation) in partnerships(viewer) {
            let sql = any.or().is_one_of(alias, "programme_id", &[programme]);
            let party = sql.alias();
            sql.push(" AND EXISTS (SELECT 1 FROM party ").push(&party).push(" WHERE ");
            sql.column(&party, "id").push(" = ").column(alias, "proposed_by_id").push(" AND (");
            sql.column(&party, "id").push(" = ").bind(organisation).push(" OR ");
            sql.column(&party, "organisation_id").push(" = ").bind(organisation).push("))");
        }
    });
    for (column, table) in [("action_id", Table::Action), ("requirement_id", Table::Requirement)] {
        is_seen(sql.push(" AND "), table, (alias, column), viewer);
    }
}

/// Organisations are public bodies: every member sees them, of whatever programme. People and groups belong to a
/// programme; where its plans are public, so are the groups that lead in them, but not the people.
fn party(sql: &mut Sql, alias: &str, viewer: &Viewer) {
    sql.any(|any| {
        let sql = any.or().column(alias, "kind").push(" = 'ORGANISATION'");
        if !viewer.is_member() && viewer.as_if_open.is_none() {
            sql.push(" AND EXISTS (SELECT 1 FROM programme WHERE is_public)");
        }
        held(any, alias, "programme_id", viewer, &[Board, Officer, Partner, Scrutiny, Admin]);
        let sql = any.or().column(alias, "kind").push(" = 'GROUP' AND ");
        is_open(sql, alias, "programme_id", viewer);
    });
}

fn source(sql: &mut Sql, alias: &str, viewer: &Viewer) {
    sql.any(|any| {
        held(any, alias, "programme_id", viewer, &[Board, Officer, Partner, Admin]);
        let scrutinised = viewer.programmes(&[Scrutiny]);
        if !scrutinised.is_empty() {
            let sql = any.or().is_one_of(alias, "programme_id", &scrutinised);
            sql.push(" AND ").column(alias, "published_on").push(" <= ").bind(viewer.today);
        }
    });
}

/// As its source. Whoever sees every source of a programme needs no look at the source.
fn requirement(sql: &mut Sql, alias: &str, viewer: &Viewer) {
    sql.any(|any| {
        held(any, alias, "programme_id", viewer, &[Board, Officer, Partner, Admin]);
        if !viewer.programmes(&[Scrutiny]).is_empty() {
            let sql = any.or();
            let of = sql.alias();
            sql.push("EXISTS (SELECT 1 FROM source ").push(&of).push(" WHERE ");
            sql.column(&of, "id").push(" = ").column(alias, "source_id").push(" AND ");
            source(sql, &of, viewer);
            sql.push(")");
        }
    });
}

/// The terms under which a plan's own status opens it, to everyone but officers, who see every plan.
fn plan_is_open(any: &mut Any<'_>, alias: &str, viewer: &Viewer) {
    let board = viewer.programmes(&[Board]);
    if !board.is_empty() {
        any.or()
            .is_one_of(alias, "programme_id", &board)
            .push(" AND ")
            .column(alias, "status")
            .push(" <> 'DRAFT'");
    }
    let partner = viewer.programmes(&[Partner]);
    if !partner.is_empty() {
        let sql = any.or().is_one_of(alias, "programme_id", &partner);
        sql.push(" AND ").column(alias, "status").push(" IN ").push(AGREED_OR_LATER);
    }
    let sql = any.or();
    sql.column(alias, "status").push(" IN ('PUBLISHED', 'CLOSED') AND ");
    sql.column(alias, "published_on").push(" <= ").bind(viewer.today).push(" AND ").any(|any| {
        held(any, alias, "programme_id", viewer, &[Scrutiny]);
        is_open(any.or(), alias, "programme_id", viewer);
    });
}

fn plan(sql: &mut Sql, alias: &str, viewer: &Viewer) {
    sql.any(|any| {
        held(any, alias, "programme_id", viewer, &[Officer, Admin]);
        plan_is_open(any, alias, viewer);
        for (programme, organisation) in partnerships(viewer) {
            let sql = any.or();
            let of = sql.alias();
            sql.push("EXISTS (SELECT 1 FROM action ").push(&of).push(" WHERE ");
            sql.column(&of, "plan_id").push(" = ").column(alias, "id").push(" AND ");
            is_organisations_own(sql, &of, programme, organisation);
            sql.push(")");
        }
    });
}

fn action(sql: &mut Sql, alias: &str, viewer: &Viewer) {
    sql.any(|any| {
        held(any, alias, "programme_id", viewer, &[Officer, Admin]);
        let sql = any.or();
        let of = sql.alias();
        sql.push("EXISTS (SELECT 1 FROM plan ").push(&of).push(" WHERE ");
        sql.column(&of, "id").push(" = ").column(alias, "plan_id").push(" AND ");
        sql.any(|any| plan_is_open(any, &of, viewer));
        // Row by row: whoever may see the open plans of the whole country reads few of them.
        sql.end_of_look();
        for (programme, organisation) in partnerships(viewer) {
            is_organisations_own(any.or(), alias, programme, organisation);
        }
    });
}

fn progress_update(sql: &mut Sql, alias: &str, viewer: &Viewer) {
    sql.any(|any| {
        held(any, alias, "programme_id", viewer, &[Officer, Admin]);
        if viewer.standings_as(&[Board, Partner]).next().is_some() {
            let sql = any.or();
            let of = sql.alias();
            sql.push("EXISTS (SELECT 1 FROM action ").push(&of).push(" WHERE ");
            sql.column(&of, "id").push(" = ").column(alias, "action_id").push(" AND ");
            updates_visible(sql, &of, viewer);
            sql.end_of_look();
        }
    });
}

/// Adds the condition under which the viewer may read what is reported on the action named `alias`: its updates, and
/// whatever would tell what they say.
pub fn updates_visible(sql: &mut Sql, alias: &str, viewer: &Viewer) {
    let board = viewer.programmes(&[Board]);
    sql.any(|any| {
        held(any, alias, "programme_id", viewer, &[Officer, Admin]);
        if !board.is_empty() {
            let sql = any.or().is_one_of(alias, "programme_id", &board).push(" AND ");
            let of = sql.alias();
            sql.push("EXISTS (SELECT 1 FROM plan ").push(&of).push(" WHERE ");
            sql.column(&of, "id").push(" = ").column(alias, "plan_id").push(" AND ");
            sql.column(&of, "status").push(" <> 'DRAFT'").end_of_look();
        }
        for (programme, organisation) in partnerships(viewer) {
            is_organisations_own(any.or(), alias, programme, organisation);
        }
    });
}

/// OFFICIAL-SENSITIVE evidence: the board, the programme office, the lead of an action it belongs to, and organisations
/// it is shared with by name. Other evidence: all officers and administrators too, and partners for their own actions.
fn evidence(sql: &mut Sql, alias: &str, viewer: &Viewer) {
    sql.any(|any| {
        held(any, alias, "programme_id", viewer, &[Board]);
        for standing in viewer.standings_as(&[Officer]) {
            let Some(programme) = standing.programme_id else { continue };
            let sql = any.or().is_one_of(alias, "programme_id", &[programme]);
            if standing.is_programme_office {
                continue;
            }
            sql.push(" AND ").any(|any| {
                any.or().column(alias, "marking").push(" = 'OFFICIAL'");
                if let Some(person) = standing.person_id {
                    for_action_of(any.or(), EVIDENCE, alias, |sql, action| is_led_by(sql, action, person));
                }
            });
        }
        if viewer.is_admin() {
            any.or().column(alias, "marking").push(" = 'OFFICIAL'");
        }
        for (programme, organisation) in partnerships(viewer) {
            let sql = any.or().is_one_of(alias, "programme_id", &[programme]).push(" AND ");
            sql.any(|any| {
                let sql = any.or();
                let share = sql.alias();
                sql.push("EXISTS (SELECT 1 FROM evidence_share ").push(&share).push(" WHERE ");
                sql.column(&share, "evidence_id").push(" = ").column(alias, "id").push(" AND ");
                sql.column(&share, "organisation_id").push(" = ").bind(organisation).push(")");
                let sql = any.or().column(alias, "marking").push(" = 'OFFICIAL' AND ");
                for_action_of(sql, EVIDENCE, alias, |sql, action| {
                    is_organisations_own(sql, action, programme, organisation);
                });
            });
        }
    });
}

/// A file on its way to evidence is for who announced it alone, as long as they are a member of the programme; a document for import
/// for its programme office, whose members read it and answer its questions together.
fn upload(sql: &mut Sql, alias: &str, viewer: &Viewer) {
    let programmes: Vec<Uuid> = viewer.standings.iter().filter_map(|of| of.programme_id).collect();
    sql.any(|any| {
        if let Some(subject) = viewer.subject.as_ref().filter(|_| !programmes.is_empty()) {
            let sql = any.or().column(alias, "purpose").push(" = 'EVIDENCE' AND ");
            sql.is_one_of(alias, "programme_id", &programmes);
            sql.push(" AND ").column(alias, "subject").push(" = ").bind(subject.as_str());
        }
        let offices: Vec<Uuid> = offices(viewer).collect();
        if !offices.is_empty() {
            let sql = any.or().column(alias, "purpose").push(" = 'IMPORT' AND ");
            sql.is_one_of(alias, "programme_id", &offices);
        }
    });
}

/// Documents as they came: the board, officers and administrators. They can hold what the import left out, such as names.
fn source_document(sql: &mut Sql, alias: &str, viewer: &Viewer) {
    sql.any(|any| held(any, alias, "programme_id", viewer, &[Board, Officer, Admin]));
}

/// Where something came from is seen with it. The document is another matter: it is shown to those who see documents.
fn imported_from(sql: &mut Sql, alias: &str, viewer: &Viewer) {
    sql.any(|any| {
        for (of, table) in IMPORTED {
            let sql = any.or().column(alias, "object_type").push(" = ").push(of).push(" AND ");
            is_seen(sql, *table, (alias, "object_id"), viewer);
        }
    });
}

/// Measures: the board, officers and partners all of their programme's; scrutiny those that were published for it. What a
/// figure shows is another matter: see [`every_figure_visible`].
fn measure(sql: &mut Sql, alias: &str, viewer: &Viewer) {
    sql.any(|any| {
        held(any, alias, "programme_id", viewer, &[Board, Officer, Partner]);
        let scrutinised = viewer.programmes(&[Scrutiny]);
        if !scrutinised.is_empty() {
            let sql = any.or().is_one_of(alias, "programme_id", &scrutinised);
            sql.push(" AND ").column(alias, "published_on").push(" <= ").bind(viewer.today);
        }
    });
}

/// Feedback: the board and officers all of it, partners what is about an action of their own. Nobody else: see
/// `docs/authorization.md`.
fn feedback(sql: &mut Sql, alias: &str, viewer: &Viewer) {
    about_own_actions(sql, FEEDBACK, alias, viewer);
}

/// Audits, with their findings: the board and officers all of their programme's, partners those that are about an action of
/// their organisation's own. Nobody else: an audit speaks of cases, and of the people who worked on them.
fn audit(sql: &mut Sql, alias: &str, viewer: &Viewer) {
    about_own_actions(sql, AUDIT, alias, viewer);
}

/// Adds the condition that the viewer is on the board or an officer, or that it is about an action of their organisation's own.
fn about_own_actions(sql: &mut Sql, of: OfActions, alias: &str, viewer: &Viewer) {
    sql.any(|any| {
        held(any, alias, "programme_id", viewer, &[Board, Officer]);
        for (programme, organisation) in partnerships(viewer) {
            let sql = any.or().is_one_of(alias, "programme_id", &[programme]).push(" AND ");
            for_action_of(sql, of, alias, |sql, action| {
                is_organisations_own(sql, action, programme, organisation);
            });
        }
    });
}

/// Challenges: the board and officers all of their programme's, partners those that were put to their organisation. What one is
/// about is another matter: its action is shown to whoever sees the action.
fn challenge(sql: &mut Sql, alias: &str, viewer: &Viewer) {
    for_organisation(sql, "put_to_id", alias, viewer);
}

/// Notices: as challenges, and only with the action and with what they are about. That a report is due tells when the last one
/// was made: it is for those who read reports.
fn notice(sql: &mut Sql, alias: &str, viewer: &Viewer) {
    for_organisation(sql, "organisation_id", alias, viewer);
    sql.push(" AND (").column(alias, "action_id").push(" IS NULL OR ");
    is_seen(sql, Table::Action, (alias, "action_id"), viewer);
    sql.push(") AND (").column(alias, "about_id").push(" = ").column(alias, "action_id");
    for (ty, table) in NOTICES_ARE_ABOUT {
        sql.push(" OR ").column(alias, "about_type").push(" = '").push(ty).push("' AND ");
        is_seen(sql, table, (alias, "about_id"), viewer);
    }
    sql.push(") AND (").column(alias, "kind").push(" <> 'UPDATE_DUE' OR EXISTS (SELECT 1 FROM action ");
    let of = sql.alias();
    sql.push(&of).push(" WHERE ").column(&of, "id").push(" = ").column(alias, "action_id").push(" AND ");
    updates_visible(sql, &of, viewer);
    sql.push("))");
}

/// The types of what notices are about, with their tables.
const NOTICES_ARE_ABOUT: [(&str, Table); 3] =
    [("Action", Table::Action), ("Evidence", Table::Evidence), ("Challenge", Table::Challenge)];

/// Adds the condition that the viewer is on the board or an officer, or a partner for the organisation that a column names.
fn for_organisation(sql: &mut Sql, column: &str, alias: &str, viewer: &Viewer) {
    sql.any(|any| {
        held(any, alias, "programme_id", viewer, &[Board, Officer]);
        for (programme, organisation) in partnerships(viewer) {
            let sql = any.or().is_one_of(alias, "programme_id", &[programme]);
            sql.push(" AND ").column(alias, column).push(" = ").bind(organisation);
        }
    });
}

/// Adds the condition that the row which a column names is there for the viewer.
fn is_seen(sql: &mut Sql, table: Table, (alias, column): (&str, &str), viewer: &Viewer) {
    let of = sql.alias();
    sql.push("EXISTS (SELECT 1 FROM ").push(table.name()).push(" ").push(&of).push(" WHERE ");
    sql.column(&of, "id").push(" = ").column(alias, column).push(" AND ");
    visible(sql, table, &of, viewer);
    sql.end_of_look();
}

/// Adds the condition under which the viewer may know every figure of the programme that the row named `alias` belongs to,
/// small counts too: those who work inside the council or sit on its board.
pub fn every_figure_visible(sql: &mut Sql, alias: &str, viewer: &Viewer) {
    sql.any(|any| held(any, alias, "programme_id", viewer, &[Board, Officer]));
}

/// An entry about something is visible if the thing is; and the one that took it out of the viewer's sight, of which they
/// learn only that: see [`is_only_of_loss`].
fn ledger_entry(sql: &mut Sql, alias: &str, viewer: &Viewer) {
    sql.any(|any| {
        is_about_seen(any.or(), alias, viewer);
        took_from(any.or(), alias, viewer);
    });
}

/// Adds the condition that all the viewer may learn from the entry named `alias` is that its thing is gone from their sight.
/// Of entries that they may see at all.
pub fn is_only_of_loss(sql: &mut Sql, alias: &str, viewer: &Viewer) {
    // Almost no entry took anything from anybody: asked first, it saves the look at the thing.
    took_from(sql, alias, viewer);
    sql.push(" AND NOT ");
    is_about_seen(sql, alias, viewer);
}

/// Adds the condition that the entry took its thing out of the sight of those who hold one of the viewer's tokens.
fn took_from(sql: &mut Sql, alias: &str, viewer: &Viewer) {
    let mut own: Vec<Uuid> = viewer.standings.iter().filter_map(|of| of.programme_id).collect();
    own.sort_unstable();
    own.dedup();
    let of = sql.alias();
    sql.push("EXISTS (SELECT 1 FROM sight_lost ").push(&of).push(" WHERE ");
    sql.column(&of, "programme_id").push(" = ").column(alias, "programme_id").push(" AND ");
    sql.column(&of, "sequence").push(" = ").column(alias, "sequence").push(" AND ");
    sql.any(|any| {
        if viewer.is_admin() {
            any.or().column(&of, "token").push(" = 'ADMIN'");
        }
        for programme in &own {
            for token in viewer.tokens(*programme) {
                let sql = any.or().is_one_of(&of, "programme_id", &[*programme]);
                sql.push(" AND ").column(&of, "token").push(" = ").bind(token);
            }
        }
        if !viewer.is_admin() {
            let sql = any.or().column(&of, "token").push(" = '").push(PUBLIC).push("' AND ");
            is_open(sql, &of, "programme_id", viewer);
            if !own.is_empty() {
                sql.push(" AND NOT ").is_one_of(&of, "programme_id", &own);
            }
        }
    });
    sql.push(")");
}

/// Adds the condition that the viewer sees what the entry named `alias` is about.
pub fn is_about_seen(sql: &mut Sql, alias: &str, viewer: &Viewer) {
    sql.any(|any| {
        for (types, table) in super::table::RECORDED {
            let sql = any.or().column(alias, "entity_type").push(" IN (").push(types).push(") AND ");
            let of = sql.alias();
            sql.push("EXISTS (SELECT 1 FROM ").push(table.name()).push(" ").push(&of).push(" WHERE ");
            sql.column(&of, "id").push(" = ").column(alias, "entity_id").push(" AND ");
            visible(sql, *table, &of, viewer);
            sql.end_of_look();
        }
    });
}

/// The programmes and organisations that the viewer is a partner for.
fn partnerships(viewer: &Viewer) -> Vec<(Uuid, Uuid)> {
    let of = |standing: &crate::authz::viewer::Standing| standing.programme_id.zip(standing.organisation_id);
    viewer.standings_as(&[Partner]).filter_map(of).collect()
}
