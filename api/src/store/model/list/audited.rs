//! The lists of audits and of what they found.

use super::super::{Join, Scalar, audited, through};
use super::{FilterDef, Kind, List, field, id, order, value, worked_out};

/// Audits.
pub(super) fn audits() -> List {
    let about = |table, far| through(table, "audit_id", far);
    List {
        of: "Audit",
        plural: "audits",
        filter: vec![
            id("id", "id", "Audit", "Its id."),
            field("text", "Its title or summary.", FilterDef::Text(&["title", "summary"])),
            value("kind", "kind", Kind::Enum("AuditKind"), "What kind of quality assurance it is."),
            value("theme", "theme", Kind::String, "Its theme."),
            value("isIndependent", "is_independent", Kind::Boolean, "Whether somebody from outside did it."),
            id("doneBy", "done_by_id", "Lead", "Who did it."),
            value("startedOn", "started_on", Kind::Date, "Its first day."),
            value("endedOn", "ended_on", Kind::Date, "Its last day."),
            worked_out(
                "isLoopOpen",
                audited::is_loop_open,
                Kind::Boolean,
                "Whether any of its findings is not closed.",
            ),
            field(
                "findings",
                "What it found.",
                FilterDef::List { join: Join::From("audit_id"), to: "AuditFinding" },
            ),
            field(
                "actions",
                "The actions that it is about.",
                FilterDef::List { join: about("audit_action", "action_id"), to: "Action" },
            ),
            field(
                "requirements",
                "The requirements that it is about.",
                FilterDef::List { join: about("audit_requirement", "requirement_id"), to: "Requirement" },
            ),
        ],
        order: vec![
            order("ENDED_ON", "ended_on", Scalar::Date, "Its last day."),
            order("TITLE", "title", Scalar::Text, "Its title."),
            order("THEME", "theme", Scalar::Text, "Its theme."),
            order("UPDATED_AT", "updated_at", Scalar::Moment, "When it last changed."),
        ],
    }
}

/// What they found.
pub(super) fn findings() -> List {
    List {
        of: "AuditFinding",
        plural: "findings of audits",
        filter: vec![
            id("id", "id", "AuditFinding", "Its id."),
            id("audit", "audit_id", "Audit", "The audit that found it."),
            field("text", "What was found, or is to follow.", FilterDef::Text(&["text", "follow_up"])),
            value("status", "status", Kind::Enum("AuditFindingStatus"), "How far it has come."),
            value("grade", "grade", Kind::Enum("AuditGrade"), "How good practice was found to be."),
            value("theme", "theme", Kind::String, "Its theme."),
            id("followUpBy", "owner_id", "Lead", "Who is to do what follows."),
            value("dueOn", "due_on", Kind::Date, "The last day for the follow-up."),
            worked_out("isOverdue", audited::is_overdue, Kind::Boolean, "Whether its follow-up is late."),
            value("doneOn", "done_on", Kind::Date, "The day its follow-up was done."),
        ],
        order: vec![
            order("DUE_ON", "due_on", Scalar::Date, "The last day for the follow-up."),
            order("STATUS", "status", Scalar::Text, "How far it has come, by name."),
            order("THEME", "theme", Scalar::Text, "Its theme."),
            order("CREATED_AT", "created_at", Scalar::Moment, "When it was recorded."),
            order("UPDATED_AT", "updated_at", Scalar::Moment, "When it last changed."),
        ],
    }
}
