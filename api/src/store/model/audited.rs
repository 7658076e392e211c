//! Quality assurance: audits, their grades as counts, and what they found.

use super::{
    Cx, FieldDef, Join, Scalar, TypeDef, by, connection, date, expression, figure, flag, many, one, text,
    text_in, through, worked_out,
};
use crate::store::sql::Sql;
use crate::store::table::Table;

/// The audits that are about a thing, the latest first.
pub(super) fn audits(table: &'static str, near: &'static str) -> FieldDef {
    connection("Audit", through(table, near, "audit_id"), vec![super::latest("ended_on", Scalar::Date)])
}

/// Whether an audit's loop is open: `domain::audit::is_loop_open`. Whoever sees the audit sees its findings.
pub(super) fn is_loop_open(sql: &mut Sql, alias: &str, _: &Cx) {
    let finding = sql.alias();
    sql.push("EXISTS (SELECT 1 FROM audit_finding ").push(&finding).push(" WHERE ");
    sql.column(&finding, "audit_id").push(" = ").column(alias, "id").push(" AND ");
    sql.column(&finding, "status").push(" <> 'CLOSED'").end_of_look();
}

/// Whether the follow-up of a finding is late: `domain::audit::is_overdue`.
pub(super) fn is_overdue(sql: &mut Sql, alias: &str, cx: &Cx) {
    sql.push("(").column(alias, "status").push(" = 'OPEN' AND ");
    expression::is_past(sql, alias, "due_on", cx);
    sql.push(")");
}

pub(super) fn types() -> Vec<TypeDef> {
    vec![
        audit(),
        TypeDef::new(
            "AuditModeration",
            None,
            vec![
                date("moderatedOn", "moderated_on"),
                ("moderatedBy", one("Lead", "moderated_by_id")),
                figure::of("note", "moderation_note", figure::moderation_note, Scalar::Text),
            ],
        ),
        TypeDef::new(
            "AuditGrades",
            Some(Table::AuditGrades),
            vec![
                text("rater"),
                figure::of("outstanding", "outstanding", figure::outstanding, Scalar::Int),
                figure::of("good", "good", figure::good, Scalar::Int),
                figure::of(
                    "requiresImprovement",
                    "requires_improvement",
                    figure::requires_improvement,
                    Scalar::Int,
                ),
                figure::of("inadequate", "inadequate", figure::inadequate, Scalar::Int),
            ],
        ),
        finding(),
        TypeDef::new(
            "AuditThemeYear",
            None,
            ["theme", "year", "audits", "findings", "open"].map(|of| (of, FieldDef::Json(of))).to_vec(),
        ),
        TypeDef::new(
            "AuditRecheck",
            None,
            vec![
                date("recheckedOn", "rechecked_on"),
                ("recheckedBy", one("Lead", "rechecked_by_id")),
                text_in("outcome", "recheck_outcome"),
                text_in("note", "recheck_note"),
            ],
        ),
    ]
}

fn audit() -> TypeDef {
    TypeDef::node(
        "Audit",
        Table::Audit,
        "aud",
        vec![
            text("kind"),
            text("title"),
            date("startedOn", "started_on"),
            date("endedOn", "ended_on"),
            ("doneBy", one("Lead", "done_by_id")),
            flag("isIndependent", "is_independent"),
            text("theme"),
            text("summary"),
            figure::of("sampleSize", "sample_size", figure::sample_size, Scalar::Int),
            ("grades", many("AuditGrades", Join::From("audit_id"), vec![by("rater", Scalar::Text)])),
            worked_out("areGradesWithheld", figure::are_grades_withheld, Scalar::Bool),
            ("moderation", FieldDef::Embedded { ty: "AuditModeration", unless_null: Some("moderated_on") }),
            ("reauditOf", one("Audit", "reaudit_of_id")),
            (
                "reaudits",
                connection("Audit", Join::From("reaudit_of_id"), vec![by("ended_on", Scalar::Date)]),
            ),
            worked_out("isLoopOpen", is_loop_open, Scalar::Bool),
            (
                "findings",
                connection("AuditFinding", Join::From("audit_id"), vec![by("created_at", Scalar::Moment)]),
            ),
            (
                "actions",
                connection(
                    "Action",
                    through("audit_action", "audit_id", "action_id"),
                    vec![by("plan_id", Scalar::Uuid), by("position", Scalar::Int)],
                ),
            ),
            (
                "requirements",
                connection(
                    "Requirement",
                    through("audit_requirement", "audit_id", "requirement_id"),
                    vec![by("source_id", Scalar::Uuid), by("position", Scalar::Int)],
                ),
            ),
            worked_out("viewerCan", expression::can_audit, Scalar::Words),
            flag("isIllustrative", "is_illustrative"),
        ],
    )
    .recorded()
    .mutable()
}

fn finding() -> TypeDef {
    TypeDef::node(
        "AuditFinding",
        Table::AuditFinding,
        "afn",
        vec![
            ("audit", one("Audit", "audit_id")),
            text("text"),
            text("grade"),
            text("theme"),
            text("status"),
            text_in("followUp", "follow_up"),
            ("followUpBy", one("Lead", "owner_id")),
            date("firstDueOn", "first_due_on"),
            date("dueOn", "due_on"),
            worked_out("isOverdue", is_overdue, Scalar::Bool),
            date("doneOn", "done_on"),
            ("doneBy", one("Lead", "done_by_id")),
            text_in("doneNote", "done_note"),
            ("recheck", FieldDef::Embedded { ty: "AuditRecheck", unless_null: Some("rechecked_on") }),
            worked_out("viewerCan", expression::can_audit_finding, Scalar::Words),
            flag("isIllustrative", "is_illustrative"),
        ],
    )
    .recorded()
    .mutable()
}
