//! What is counted: measures, their targets and benchmarks, and the readings of each.

use super::{
    FieldDef, Join, OrderKey, Scalar, TypeDef, by, connection, date, expression, figure, flag, latest, many,
    one, text, text_in, through, worked_out,
};
use crate::store::table::Table;

/// The order in which a chart draws: each line from its first period to its last, the whole before its parts.
fn drawn() -> Vec<OrderKey> {
    vec![
        by("dimension", Scalar::Text),
        by("category", Scalar::Text),
        by("period_start", Scalar::Date),
        by("period_end", Scalar::Date),
    ]
}

/// The measures that are tied to a thing.
pub(super) fn measures(table: &'static str, near: &'static str) -> FieldDef {
    connection("Measure", through(table, near, "measure_id"), vec![by("title", Scalar::Text)])
}

pub(super) fn types() -> Vec<TypeDef> {
    vec![
        measure(),
        TypeDef::new(
            "MeasureSmart",
            None,
            vec![
                worked_out("isSmart", figure::is_smart, Scalar::Bool),
                worked_out("lacks", figure::lacks, Scalar::Words),
            ],
        ),
        TypeDef::new(
            "MeasureBaseline",
            None,
            vec![
                figure::of("value", "baseline_value", figure::baseline_value, Scalar::Thousandths),
                date("asOf", "baseline_on"),
            ],
        ),
        TypeDef::new(
            "MeasureAim",
            None,
            vec![
                ("value", FieldDef::Column("target_value", Scalar::Thousandths)),
                date("dueOn", "target_on"),
            ],
        ),
        TypeDef::new(
            "MeasureTarget",
            Some(Table::MeasureTarget),
            vec![
                ("value", FieldDef::Column("value", Scalar::Thousandths)),
                date("dueOn", "due_on"),
                text("reason"),
                ("approvedBy", one("Lead", "approved_by_id")),
                date("setOn", "set_on"),
            ],
        ),
        TypeDef::new(
            "MeasureBenchmark",
            Some(Table::MeasureBenchmark),
            vec![
                text("kind"),
                ("value", FieldDef::Column("value", Scalar::Thousandths)),
                date("periodEnd", "period_end"),
                text("publisher"),
            ],
        ),
        reading(),
    ]
}

fn measure() -> TypeDef {
    TypeDef::node(
        "Measure",
        Table::Measure,
        "mea",
        vec![
            text("title"),
            text("code"),
            text("definition"),
            text("unit"),
            text("polarity"),
            text("frequency"),
            ("owner", one("Lead", "owner_id")),
            ("baseline", FieldDef::Embedded { ty: "MeasureBaseline", unless_null: Some("baseline_value") }),
            ("target", FieldDef::Embedded { ty: "MeasureAim", unless_null: Some("target_value") }),
            (
                "targets",
                many(
                    "MeasureTarget",
                    Join::From("measure_id"),
                    vec![by("set_on", Scalar::Date), by("created_at", Scalar::Moment)],
                ),
            ),
            (
                "benchmarks",
                many(
                    "MeasureBenchmark",
                    Join::From("measure_id"),
                    vec![by("kind", Scalar::Text), by("period_end", Scalar::Date)],
                ),
            ),
            ("smart", FieldDef::Embedded { ty: "MeasureSmart", unless_null: None }),
            worked_out("trend", figure::trend, Scalar::Text),
            worked_out("targetStatus", figure::target_status, Scalar::Text),
            ("latestReading", one("Reading", "latest_id")),
            date("readingDueOn", "reading_due_on"),
            worked_out("isStale", figure::is_stale, Scalar::Bool),
            (
                "readings",
                connection("Reading", Join::From("measure_id"), vec![latest("period_end", Scalar::Date)]),
            ),
            ("series", many("Reading", Join::From("measure_id"), drawn())),
            (
                "actions",
                connection(
                    "Action",
                    through("measure_action", "measure_id", "action_id"),
                    vec![by("plan_id", Scalar::Uuid), by("position", Scalar::Int)],
                ),
            ),
            (
                "requirements",
                connection(
                    "Requirement",
                    through("measure_requirement", "measure_id", "requirement_id"),
                    vec![by("source_id", Scalar::Uuid), by("position", Scalar::Int)],
                ),
            ),
            date("publishedOn", "published_on"),
            worked_out("viewerCan", expression::can_measure, Scalar::Words),
            flag("isIllustrative", "is_illustrative"),
        ],
    )
    .recorded()
    .mutable()
}

fn reading() -> TypeDef {
    TypeDef::node(
        "Reading",
        Table::Reading,
        "rdg",
        vec![
            ("measure", one("Measure", "measure_id")),
            date("periodStart", "period_start"),
            date("periodEnd", "period_end"),
            text("dimension"),
            text("category"),
            figure::of("value", "value", figure::reading_value, Scalar::Thousandths),
            figure::of("numerator", "numerator", figure::reading_numerator, Scalar::Int),
            figure::of("denominator", "denominator", figure::reading_denominator, Scalar::Int),
            figure::of("caveat", "caveat", figure::reading_caveat, Scalar::Text),
            worked_out("isDisputed", figure::is_disputed, Scalar::Bool),
            figure::of("disputedValue", "disputed_value", figure::disputed_value, Scalar::Thousandths),
            figure::of("disputeNote", "dispute_note", figure::dispute_note, Scalar::Text),
            text_in("disclosure", "disclosure"),
            worked_out("isSuppressed", figure::is_suppressed, Scalar::Bool),
            flag("isIllustrative", "is_illustrative"),
        ],
    )
    .recorded()
    .mutable()
}
