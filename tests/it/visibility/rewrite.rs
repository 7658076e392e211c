//! What hidden rows say moves nothing either: everything that a viewer may not see is rewritten in the database, and the
//! viewer gets, byte for byte, the answers that they got before.

use sea_orm::DbBackend;
use uuid::Uuid;

use super::door::{Door, on_both};
use super::eye::{Eye, Named, everything};
use super::interference::{all_that_is_told, difference};
use super::seed;
use super::whole::Schema;
use crate::support::Persona;
use crate::support::builders::Write;
use crate::support::world::Record;

/// Tables, and what is put into their hidden rows; `#` is another number for each viewer, so that something changes.
const REWRITTEN: [(&str, &str); 20] = [
    (
        "action",
        "aim = 'x#', notes = 'x#', status = 'NOT_STARTED', due_on = '2031-01-1#', due_precision = 'DAY', start_on = NULL",
    ),
    (
        "evidence",
        "title = 'x#', summary = 'x', strand = 'VOICE', review_status = 'REFUSED', added_on = '2001-01-1#'",
    ),
    (
        "evidence_file",
        "name = 'x#', media_type = 'x#', size_bytes = 9#, sha256 = 'x#', scan = 'INFECTED', added_on = '2001-01-1#'",
    ),
    (
        "source_document",
        "name = 'x#', media_type = 'x#', size_bytes = 9#, sha256 = 'x#', scan = 'INFECTED', imported_on = '2001-01-1#'",
    ),
    ("progress_update", "narrative = 'x#', declared_health = 'AT_RISK', reported_on = '2031-01-1#'"),
    ("plan", "end_on = '2031-01-1#', update_every_days = 1#, strands_required = 4"),
    ("source", "issued_on = '1999-01-1#', position = 9#"),
    ("requirement", "text = 'x#', position = 9#"),
    ("party", "post = post || '#'"),
    ("step", "text = 'x#', due_on = '2001-01-1#'"),
    ("theme", "name = 'x#', position = position + 1000"),
    ("membership", "version = 9#"),
    (
        "measure",
        "title = title || '#', definition = 'x#', baseline_value = 9#, trend = NULL, trend_shown = NULL",
    ),
    (
        "feedback",
        "said = 'x#', theme = 'x#', speaker_count = 9#, done = 'x#', done_on = '2018-11-1#', told = NULL, told_on = NULL",
    ),
    ("reading", "value = 9#, numerator = 9#, denominator = 9#, caveat = 'x#', disputed_value = 9#"),
    ("audit", "title = 'x#', theme = 'x#', kind = 'DIP_SAMPLE', sample_size = 9#, ended_on = '2031-01-1#'"),
    (
        "audit_finding",
        "text = 'x#', theme = 'x#', follow_up = 'x#', due_on = '2031-01-1#', status = 'OPEN', done_on = NULL",
    ),
    (
        "challenge",
        "text = 'x#', answer = 'x#', answered_on = '2031-01-1#', answer_by = '2001-01-1#', status = 'ANSWERED', still_asked = NULL, closed_on = NULL",
    ),
    ("notice", "falls_on = '2031-01-1#', was_on = '2031-01-1#', now_on = '2032-01-1#'"),
    ("webhook_endpoint", "url = 'x#', host = 'x#', description = 'x#', event_types = 'x#', query = 'x#'"),
];

/// The ids as a list in SQL.
fn listed(door: &Door, ids: impl Iterator<Item = Uuid>) -> String {
    let literal = |id: Uuid| match door.own.db.backend() {
        DbBackend::Sqlite => format!("x'{}'", id.simple()),
        _ => format!("'{id}'"),
    };
    ids.map(literal).collect::<Vec<_>>().join(", ")
}

fn table(id: &str) -> Option<&'static str> {
    Some(match &id[..3] {
        "act" => "action",
        "evd" => "evidence",
        "fil" => "evidence_file",
        "doc" => "source_document",
        "upd" => "progress_update",
        "pln" => "plan",
        "ins" | "dir" | "rev" => "source",
        "rec" | "trm" => "requirement",
        "per" => "party",
        "stp" => "step",
        "thm" => "theme",
        "mbr" => "membership",
        "mea" => "measure",
        "rdg" => "reading",
        "fbk" => "feedback",
        "aud" => "audit",
        "afn" => "audit_finding",
        "chl" => "challenge",
        "ntc" => "notice",
        "whe" => "webhook_endpoint",
        _ => return None,
    })
}

/// Rewrites what the eye does not see: rows, links with an end that it does not see, and what is kept with actions about
/// updates that it may not read.
async fn rewrite_what_is_hidden_from(door: &Door, eye: &Eye<'_>, record: &Record, number: usize) -> usize {
    let all = everything(record);
    let hidden: Vec<&String> = all.iter().filter(|id| !eye.sees(id)).collect();
    let mut statements = Vec::new();
    for (name, values) in REWRITTEN {
        let of_table = hidden.iter().filter(|id| table(id) == Some(name));
        let ids = listed(door, of_table.map(|id| Uuid::try_parse(&id[4..]).unwrap()));
        if !ids.is_empty() {
            let values = values.replace('#', &number.to_string());
            statements.push(format!("UPDATE {name} SET {values} WHERE id IN ({ids})"));
        }
    }
    let dark = record.actions.iter().filter(|row| !eye.reads_updates(row.id)).map(|row| row.id);
    let dark = listed(door, dark);
    if !dark.is_empty() {
        let kept =
            "declared_health = 'OFF_TRACK', last_reported_on = '2001-01-01', update_due_on = '2001-02-01'";
        statements.push(format!("UPDATE action SET {kept} WHERE id IN ({dark})"));
    }
    let unseen = record.actions.iter().filter(|row| !eye.sees(&row.gid())).map(|row| row.id);
    let unseen = listed(door, unseen);
    if !unseen.is_empty() {
        statements
            .push(format!("UPDATE action_requirement SET qualifier = NULL WHERE action_id IN ({unseen})"));
    }
    statements.extend(rewrite_figures(door, eye, record, number));
    door.sql(&statements.join("; ")).await;
    statements.len()
}

/// Figures that are withheld from whoever may not know every one, and what was derived from them.
fn rewrite_figures(door: &Door, eye: &Eye<'_>, record: &Record, number: usize) -> Vec<String> {
    let dim = record.readings.iter().filter(|row| !eye.knows_figures(row.programme_id));
    let mut statements = Vec::new();
    for (withheld, values) in [
        ("NOTHING", "value = 7#, numerator = 7#, denominator = 8#"),
        ("NOTHING", "caveat = 'x#'"),
        ("FIGURES", "caveat = 'x#'"),
        ("", "disputed_value = 7#, dispute_note = 'x#'"),
    ] {
        let is_withheld = |row: &&entity::reading::Model| {
            if withheld.is_empty() { !row.is_dispute_shown } else { row.disclosure == withheld }
        };
        let of = dim.clone().filter(is_withheld);
        let ids = listed(door, of.map(|row| row.id));
        if !ids.is_empty() {
            let values = values.replace('#', &number.to_string());
            statements.push(format!("UPDATE reading SET {values} WHERE id IN ({ids})"));
        }
    }
    statements.extend(rewrite_grades(door, eye, record, number));
    let dim = record.measures.iter().filter(|row| !eye.knows_figures(row.programme_id));
    let ids = listed(door, dim.map(|row| row.id));
    if !ids.is_empty() {
        let derived = "trend = 'WORSENING', target_status = 'MISSED'";
        statements.push(format!("UPDATE measure SET {derived} WHERE id IN ({ids})"));
        let baseline = format!("UPDATE measure SET baseline_value = 7{number}");
        statements.push(format!("{baseline} WHERE NOT is_baseline_shown AND id IN ({ids})"));
    }
    // Any other small count looks the same: `number` runs from nought to seven.
    let dim = record.feedback.iter().filter(|row| !eye.knows_figures(row.programme_id));
    let ids = listed(door, dim.filter(|row| row.speaker_count.is_some_and(|of| of < 5)).map(|row| row.id));
    if !ids.is_empty() {
        let few = number % 4 + 1;
        statements.push(format!("UPDATE feedback SET speaker_count = {few} WHERE id IN ({ids})"));
    }
    statements
}

/// Grades, samples and notes of audits that are withheld from whoever may not know every figure.
fn rewrite_grades(door: &Door, eye: &Eye<'_>, record: &Record, number: usize) -> Vec<String> {
    let dim = record.audits.iter().filter(|row| !eye.knows_figures(row.programme_id));
    let unsized_ = listed(door, dim.clone().filter(|row| !row.is_sample_shown).map(|row| row.id));
    let ungraded = listed(door, dim.filter(|row| !row.are_grades_shown).map(|row| row.id));
    let mut statements = Vec::new();
    if !unsized_.is_empty() {
        statements.push(format!("UPDATE audit SET sample_size = 7{number} WHERE id IN ({unsized_})"));
    }
    if !ungraded.is_empty() {
        let grades = format!("outstanding = 7{number}, good = 7{number}, inadequate = NULL");
        statements.push(format!("UPDATE audit_grades SET {grades} WHERE audit_id IN ({ungraded})"));
        let note = format!("UPDATE audit SET moderation_note = 'x{number}' WHERE moderated_on IS NOT NULL");
        statements.push(format!("{note} AND id IN ({ungraded})"));
    }
    statements
}

#[tokio::test]
async fn what_hidden_rows_say_moves_nothing_in_any_answer() {
    on_both(async |door| {
        let record = seed::more(Write::open(&door.own.db, door.own.record.clone()).await).await;
        let ids = everything(&record);
        let schema = Schema::of(door).await;
        let viewers = [
            Persona::Anonymous,
            Persona::Scrutiny,
            Persona::Health,
            Persona::Police,
            Persona::BoardMember,
            Persona::Lead,
            Persona::SouthmereOffice,
            Persona::Admin,
        ];
        for (number, persona) in viewers.into_iter().enumerate() {
            let eye = Eye::of(&record, persona);
            let before = all_that_is_told(door, &schema, persona, &ids).await;

            let statements = rewrite_what_is_hidden_from(door, &eye, &record, number).await;

            let after = all_that_is_told(door, &schema, persona, &ids).await;
            assert!(statements > 0, "nothing is hidden from {persona:?}");
            let difference = if before == after { String::new() } else { difference(&before, &after) };
            assert!(before == after, "{persona:?}\n{difference}");
        }
    })
    .await;
}
