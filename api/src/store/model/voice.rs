//! What people said, what was done about it, and whether they were told. The rules are `domain::voice`, here once more as SQL.

use domain::measure::THRESHOLD;

use super::{
    Cx, FieldDef, Scalar, TypeDef, by, connection, date, expression, figure, flag, latest, text, text_in,
    through, worked_out,
};
use crate::store::sql::Sql;
use crate::store::table::Table;
use crate::store::visibility::every_figure_visible;

/// The feedback that is about a thing.
pub(super) fn feedback(table: &'static str, near: &'static str) -> FieldDef {
    connection("Feedback", through(table, near, "feedback_id"), vec![latest("period_end", Scalar::Date)])
}

pub(super) fn types() -> Vec<TypeDef> {
    vec![
        TypeDef::node(
            "Feedback",
            Table::Feedback,
            "fbk",
            vec![
                text_in("saidBy", "said_by"),
                text_in("gatheredBy", "gathered_by"),
                date("periodStart", "period_start"),
                date("periodEnd", "period_end"),
                figure::of("speakerCount", "speaker_count", speaker_count, Scalar::Int),
                worked_out("isCountSuppressed", is_count_suppressed, Scalar::Bool),
                text("theme"),
                text("said"),
                text("done"),
                date("doneOn", "done_on"),
                text("told"),
                date("toldOn", "told_on"),
                worked_out("state", state, Scalar::Text),
                worked_out("isOpen", is_open, Scalar::Bool),
                worked_out("daysOpen", days_open, Scalar::Int),
                (
                    "actions",
                    connection(
                        "Action",
                        through("feedback_action", "feedback_id", "action_id"),
                        vec![by("plan_id", Scalar::Uuid), by("position", Scalar::Int)],
                    ),
                ),
                (
                    "requirements",
                    connection(
                        "Requirement",
                        through("feedback_requirement", "feedback_id", "requirement_id"),
                        vec![by("source_id", Scalar::Uuid), by("position", Scalar::Int)],
                    ),
                ),
                worked_out("viewerCan", expression::can_feedback, Scalar::Words),
                flag("isIllustrative", "is_illustrative"),
            ],
        )
        .recorded()
        .mutable(),
    ]
}

/// Whether so few spoke that their number is kept from partners.
fn is_count_suppressed(sql: &mut Sql, alias: &str, _: &Cx) {
    sql.push("COALESCE(").column(alias, "speaker_count").push(" < ").bind(THRESHOLD).push(", FALSE)");
}

/// How many spoke, to those who may know it.
fn speaker_count(sql: &mut Sql, alias: &str, cx: &Cx) {
    sql.push("CASE WHEN ");
    every_figure_visible(sql, alias, &cx.viewer);
    sql.push(" OR NOT ");
    is_count_suppressed(sql, alias, cx);
    sql.push(" THEN ").column(alias, "speaker_count").push(" END");
}

/// Whether nobody told those who spoke, or not of what was done since.
pub(super) fn is_open(sql: &mut Sql, alias: &str, _: &Cx) {
    sql.push("(").column(alias, "told_on").push(" IS NULL OR COALESCE(").column(alias, "done_on");
    sql.push(" > ").column(alias, "told_on").push(", FALSE))");
}

/// How far the loop is closed.
pub(super) fn state(sql: &mut Sql, alias: &str, cx: &Cx) {
    sql.push("CASE WHEN NOT ");
    is_open(sql, alias, cx);
    sql.push(" THEN 'TOLD' WHEN ").column(alias, "done_on").push(" IS NULL THEN 'SAID' ELSE 'ACTED_ON' END");
}

/// For how many days they waited.
fn days_open(sql: &mut Sql, alias: &str, cx: &Cx) {
    let until = |sql: &mut Sql| {
        sql.push("CASE WHEN ");
        is_open(sql, alias, cx);
        sql.push(" THEN ").bind(cx.viewer.today).push(" ELSE ").column(alias, "told_on").push(" END");
    };
    if sql.is_postgres() {
        sql.push("(");
        until(sql);
        sql.push(" - ").column(alias, "period_end").push(")");
    } else {
        sql.push("CAST(julianday(");
        until(sql);
        sql.push(") - julianday(").column(alias, "period_end").push(") AS INTEGER)");
    }
}
