//! The board's challenges, and what organisations are told without asking.

use super::{
    Cx, FieldDef, Join, Scalar, TypeDef, connection, date, expression, flag, int, moment, one, text, text_in,
    worked_out,
};
use crate::store::sql::Sql;
use crate::store::table::Table;

/// The challenges that are about an action, the latest first.
pub(super) fn challenges() -> FieldDef {
    connection("Challenge", Join::From("action_id"), vec![super::latest("put_on", Scalar::Date)])
}

/// Whether the answer to a challenge is late: `domain::challenge::is_overdue`.
pub(super) fn is_overdue(sql: &mut Sql, alias: &str, cx: &Cx) {
    sql.push("(").column(alias, "status").push(" = 'OPEN' AND ").column(alias, "answer_by");
    sql.push(" < ").bind(cx.viewer.today).push(")");
}

/// A notice is there only with what it is about: its own row rule has asked.
fn is_there(sql: &mut Sql, _: &str, _: &Cx) {
    sql.push("TRUE");
}

pub(super) fn types() -> Vec<TypeDef> {
    vec![challenge(), notice()]
}

fn challenge() -> TypeDef {
    TypeDef::node(
        "Challenge",
        Table::Challenge,
        "chl",
        vec![
            ("programme", one("Programme", "programme_id")),
            ("action", one("Action", "action_id")),
            text("text"),
            ("putTo", one("Organisation", "put_to_id")),
            ("putBy", one("Lead", "put_by_id")),
            date("putOn", "put_on"),
            date("answerBy", "answer_by"),
            text("status"),
            worked_out("isOverdue", is_overdue, Scalar::Bool),
            text("answer"),
            date("answeredOn", "answered_on"),
            ("answeredBy", one("Lead", "answered_by_id")),
            text_in("stillAsked", "still_asked"),
            date("closedOn", "closed_on"),
            ("closedBy", one("Lead", "closed_by_id")),
            text_in("closingNote", "closing_note"),
            worked_out("viewerCan", expression::can_challenge, Scalar::Words),
            flag("isIllustrative", "is_illustrative"),
        ],
    )
    .recorded()
    .mutable()
}

fn notice() -> TypeDef {
    TypeDef::node(
        "Notice",
        Table::Notice,
        "ntc",
        vec![
            ("programme", one("Programme", "programme_id")),
            text("kind"),
            ("organisation", one("Organisation", "organisation_id")),
            ("action", one("Action", "action_id")),
            ("about", FieldDef::Present { column: "about_id", type_column: "about_type", sight: is_there }),
            date("on", "falls_on"),
            date("was", "was_on"),
            date("now", "now_on"),
            moment("createdAt", "created_at"),
            int("version"),
        ],
    )
    .recorded()
}
