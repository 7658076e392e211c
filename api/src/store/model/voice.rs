//! What people said, what was done about it, and whether they were told. The rules are `domain::voice`, here once more as SQL.

use domain::measure::THRESHOLD;

use super::list::{self, FilterDef, Kind, List};
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

/// How lists of it can be filtered and ordered.
pub(super) fn list() -> List {
    let about = |table, far| through(table, "feedback_id", far);
    List {
        of: "Feedback",
        plural: "feedback",
        filter: vec![
            list::id("id", "id", "Feedback", "Its id."),
            list::field(
                "text",
                "Its theme, what was said or what was done.",
                FilterDef::Text(&["theme", "said", "done"]),
            ),
            list::value("saidBy", "said_by", Kind::Enum("Speakers"), "Who spoke."),
            list::value("gatheredBy", "gathered_by", Kind::Enum("Gathering"), "How it was gathered."),
            list::value("theme", "theme", Kind::String, "What it is about, in a word or two."),
            list::worked_out("state", state, Kind::Enum("FeedbackState"), "How far the loop is closed."),
            list::worked_out("isOpen", is_open, Kind::Boolean, "Whether those who said it wait to be told."),
            list::value("periodStart", "period_start", Kind::Date, "The first day that it speaks of."),
            list::value("periodEnd", "period_end", Kind::Date, "The last day that it speaks of."),
            list::value("doneOn", "done_on", Kind::Date, "The day on which something was done about it."),
            list::value("toldOn", "told_on", Kind::Date, "The day on which they were told."),
            list::field(
                "actions",
                "The actions that it is about.",
                FilterDef::List { join: about("feedback_action", "action_id"), to: "Action" },
            ),
            list::field(
                "requirements",
                "The requirements that it is about.",
                FilterDef::List { join: about("feedback_requirement", "requirement_id"), to: "Requirement" },
            ),
        ],
        order: vec![
            list::order("PERIOD_END", "period_end", Scalar::Date, "The last day that it speaks of."),
            list::order("TOLD_ON", "told_on", Scalar::Date, "The day on which they were told."),
            list::order("CREATED_AT", "created_at", Scalar::Moment, "When it was recorded."),
            list::order("UPDATED_AT", "updated_at", Scalar::Moment, "When it last changed."),
        ],
    }
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
fn is_open(sql: &mut Sql, alias: &str, _: &Cx) {
    sql.push("(").column(alias, "told_on").push(" IS NULL OR COALESCE(").column(alias, "done_on");
    sql.push(" > ").column(alias, "told_on").push(", FALSE))");
}

/// How far the loop is closed.
fn state(sql: &mut Sql, alias: &str, cx: &Cx) {
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
