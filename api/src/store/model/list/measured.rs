//! How lists of measures and readings can be filtered and ordered.

use super::super::figure;
use super::{
    FilterDef, Kind, List, OrderBy, OrderField, OrderKey, Scalar, field, id, order, through, value,
    worked_out,
};

pub(super) fn measures() -> List {
    let tied = |table, far| through(table, "measure_id", far);
    List {
        of: "Measure",
        plural: "measures",
        filter: vec![
            id("id", "id", "Measure", "Its id."),
            value("code", "code", Kind::String, "Its short name."),
            field("text", "Its title or definition.", FilterDef::Text(&["title", "definition"])),
            value("unit", "unit", Kind::Enum("MeasureUnit"), "What its figures are."),
            value("polarity", "polarity", Kind::Enum("Polarity"), "Which way it is to go."),
            value("frequency", "frequency", Kind::Enum("Frequency"), "How often it is read."),
            id("owner", "owner_id", "Lead", "Who answers for its readings."),
            worked_out(
                "trend",
                figure::trend,
                Kind::Enum("Trend"),
                "Which way it has been going, by the figures that the viewer may know.",
            ),
            worked_out(
                "targetStatus",
                figure::target_status,
                Kind::Enum("TargetStatus"),
                "How it stands against its target, by the figures that the viewer may know.",
            ),
            worked_out("isSmart", figure::is_smart, Kind::Boolean, "Whether it lacks nothing."),
            worked_out("isStale", figure::is_stale, Kind::Boolean, "Whether its next reading is late."),
            value("targetOn", "target_on", Kind::Date, "By when it is to be at its target."),
            value("publishedOn", "published_on", Kind::Date, "The day from which scrutiny may see it."),
            field(
                "actions",
                "The actions whose difference it shows.",
                FilterDef::List { join: tied("measure_action", "action_id"), to: "Action" },
            ),
            field(
                "requirements",
                "The requirements that it shows to be met, or not.",
                FilterDef::List { join: tied("measure_requirement", "requirement_id"), to: "Requirement" },
            ),
        ],
        order: vec![
            order("TITLE", "title", Scalar::Text, "Its title."),
            order("TARGET_ON", "target_on", Scalar::Date, "By when it is to be at its target."),
            order("READING_DUE_ON", "reading_due_on", Scalar::Date, "When its next reading is due."),
            order("CREATED_AT", "created_at", Scalar::Moment, "When it was recorded."),
            order("UPDATED_AT", "updated_at", Scalar::Moment, "When it last changed."),
        ],
    }
}

/// What a filter or an order asks of a figure it asks of what the viewer may know of it.
pub(super) fn readings() -> List {
    let by_value = OrderKey {
        by: OrderBy::Expression(figure::reading_value),
        scalar: Scalar::Thousandths,
        descending: false,
    };
    List {
        of: "Reading",
        plural: "readings",
        filter: vec![
            id("id", "id", "Reading", "Its id."),
            value("periodStart", "period_start", Kind::Date, "The first day of its period."),
            value("periodEnd", "period_end", Kind::Date, "The last day of its period."),
            value(
                "dimension",
                "dimension",
                Kind::String,
                "What it is broken down by; missing for the whole.",
            ),
            value("category", "category", Kind::String, "Which part it is; missing for the whole."),
            worked_out(
                "value",
                figure::reading_value,
                Kind::Figure,
                "What it came to; missing where it is withheld.",
            ),
            worked_out(
                "isSuppressed",
                figure::is_suppressed,
                Kind::Boolean,
                "Whether its figures are withheld from partners and scrutiny.",
            ),
            worked_out(
                "isDisputed",
                figure::is_disputed,
                Kind::Boolean,
                "Whether somebody says that it is another.",
            ),
        ],
        order: vec![
            order("PERIOD_END", "period_end", Scalar::Date, "The last day of its period."),
            order("CATEGORY", "category", Scalar::Text, "Its category."),
            OrderField {
                name: "VALUE",
                description: "What it came to; missing where it is withheld.",
                key: by_value,
            },
            order("UPDATED_AT", "updated_at", Scalar::Moment, "When it last changed."),
        ],
    }
}
