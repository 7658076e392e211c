//! Figures as far as the viewer may know them. Small counts are suppressed where they are written (`store::suppression`); who
//! works inside the council or sits on its board reads all the same. One expression serves a field, its filter and its order, so
//! that none tells what another hides.

use super::{Cx, Expression};
use crate::store::sql::Sql;
use crate::store::visibility::every_figure_visible;

/// Adds the column, null for those who may not know it: whoever may know every figure knows this one, others where `or` holds.
fn known(sql: &mut Sql, alias: &str, cx: &Cx, column: &str, or: Option<&str>) {
    sql.push("CASE WHEN ");
    every_figure_visible(sql, alias, &cx.viewer);
    if let Some(or) = or {
        sql.push(" OR ").column(alias, or);
    }
    sql.push(" THEN ").column(alias, column).push(" END");
}

macro_rules! or {
    () => {
        None
    };
    ($or:literal) => {
        Some($or)
    };
}

macro_rules! figures {
    ($($(#[$meta:meta])* $name:ident: $column:literal $(or $or:literal)?;)+) => {$(
        $(#[$meta])*
        pub fn $name(sql: &mut Sql, alias: &str, cx: &Cx) {
            known(sql, alias, cx, $column, or!($($or)?));
        }
    )+};
}

figures! {
    /// What a reading came to.
    reading_value: "value" or "disclosure <> 'NOTHING'";
    /// Of how many that is true.
    reading_numerator: "numerator" or "disclosure <> 'NOTHING'";
    /// Out of how many.
    reading_denominator: "denominator" or "disclosure <> 'NOTHING'";
    /// What a reader must know. Words can repeat a figure that stands beside them, so that they go with any of the period's.
    reading_caveat: "caveat" or "disclosure = 'ALL'";
    /// What somebody else says that it came to: a second set of sums, so that it is hidden where anything of the period is.
    disputed_value: "disputed_value" or "is_dispute_shown";
    /// Who says so, and why.
    dispute_note: "dispute_note" or "is_dispute_shown";
    /// Where a measure started from.
    baseline_value: "baseline_value" or "is_baseline_shown";
    /// How many an audit looked at.
    sample_size: "sample_size" or "is_sample_shown";
    /// What changed when an audit was moderated: words can repeat a grade's count.
    moderation_note: "moderation_note" or "are_grades_shown";
}

/// A count of grades, which is shown as its audit says.
fn grade(sql: &mut Sql, alias: &str, cx: &Cx, column: &str) {
    let audit = sql.alias();
    sql.push("CASE WHEN ");
    every_figure_visible(sql, alias, &cx.viewer);
    sql.push(" OR EXISTS (SELECT 1 FROM audit ")
        .push(&audit)
        .push(" WHERE ")
        .column(&audit, "id")
        .push(" = ");
    sql.column(alias, "audit_id").push(" AND ").column(&audit, "are_grades_shown").push(") THEN ");
    sql.column(alias, column).push(" END");
}

macro_rules! grades {
    ($($(#[$meta:meta])* $column:ident),+) => {$(
        $(#[$meta])*
        pub fn $column(sql: &mut Sql, alias: &str, cx: &Cx) {
            grade(sql, alias, cx, stringify!($column));
        }
    )+};
}

grades! {
    /// How many were outstanding.
    outstanding,
    /// How many were good.
    good,
    /// How many required improvement.
    requires_improvement,
    /// How many were inadequate.
    inadequate
}

/// Whether an audit's grades are withheld from those who may not know every figure.
pub fn are_grades_withheld(sql: &mut Sql, alias: &str, _: &Cx) {
    sql.push("(NOT ").column(alias, "are_grades_shown").push(")");
}

/// What was derived from all readings, or from those that are not suppressed.
fn either(sql: &mut Sql, alias: &str, cx: &Cx, (of_all, of_shown): (&str, &str)) {
    sql.push("CASE WHEN ");
    every_figure_visible(sql, alias, &cx.viewer);
    sql.push(" THEN ").column(alias, of_all).push(" ELSE ").column(alias, of_shown).push(" END");
}

/// Which way a measure has been going.
pub fn trend(sql: &mut Sql, alias: &str, cx: &Cx) {
    either(sql, alias, cx, ("trend", "trend_shown"));
}

/// How its latest reading stands against its target.
pub fn target_status(sql: &mut Sql, alias: &str, cx: &Cx) {
    either(sql, alias, cx, ("target_status", "target_status_shown"));
}

/// Whether a reading is withheld from those who may not know every figure.
pub fn is_suppressed(sql: &mut Sql, alias: &str, _: &Cx) {
    sql.push("(").column(alias, "disclosure").push(" = 'NOTHING')");
}

/// Whether somebody says that a reading is another.
pub fn is_disputed(sql: &mut Sql, alias: &str, _: &Cx) {
    sql.push("(").column(alias, "disputed_value").push(" IS NOT NULL)");
}

/// Whether a reading is late: `domain::measure::is_stale`.
pub fn is_stale(sql: &mut Sql, alias: &str, cx: &Cx) {
    sql.push("COALESCE(").column(alias, "reading_due_on").push(" < ").bind(cx.viewer.today).push(", FALSE)");
}

/// What a measure states, as SQL, in the order of `MeasureGap`: `domain::measure::smart`.
const STATED: [(&str, &[&str]); 6] = [
    ("BASELINE", &["baseline_value"]),
    ("UNIT", &["unit"]),
    ("TARGET", &["target_value"]),
    ("TARGET_DATE", &["target_value", "target_on"]),
    ("OWNER", &["owner_id"]),
    ("FREQUENCY", &["frequency"]),
];

/// What it lacks, as words.
pub fn lacks(sql: &mut Sql, alias: &str, _: &Cx) {
    sql.push("(''");
    for (gap, columns) in STATED {
        for (index, column) in columns.iter().enumerate() {
            sql.push(if index == 0 { " || CASE WHEN " } else { " OR " })
                .column(alias, column)
                .push(" IS NULL");
        }
        sql.push(" THEN '").push(gap).push(" ' ELSE '' END");
    }
    sql.push(")");
}

/// Whether it lacks nothing.
pub fn is_smart(sql: &mut Sql, alias: &str, cx: &Cx) {
    sql.push("(");
    lacks(sql, alias, cx);
    sql.push(" = '')");
}

/// A figure of a reading that is bound to a column: what the column holds, as far as the viewer may know it.
pub(super) const fn of(
    name: &'static str,
    column: &'static str,
    shown: Expression,
    scalar: super::Scalar,
) -> (&'static str, super::FieldDef) {
    (name, super::FieldDef::Figure(column, shown, scalar))
}
