//! How a programme stood at a moment, and what changed between two: computed objects.

use super::{TypeDef, computed};

pub(super) fn types() -> Vec<TypeDef> {
    vec![
        computed("Position", &["at", "day", "byStatus", "byHealth", "coverage", "actions"]),
        computed("StatusCount", &["status", "count"]),
        computed("HealthCount", &["rating", "count"]),
        computed("CoverageCount", &["covered", "partial", "uncovered"]),
        computed(
            "PositionAction",
            &[
                "actionId",
                "reference",
                "aim",
                "status",
                "statusOn",
                "rating",
                "declaredHealth",
                "computedHealth",
                "startOn",
                "dueOn",
                "duePrecision",
                "organisationName",
                "planId",
                "planTitle",
                "planStatus",
            ],
        ),
        computed(
            "ChangesBetween",
            &["before", "after", "new", "done", "slipped", "worse", "better", "withdrawn", "rolledOver"],
        ),
        computed("ActionBetween", &["before", "after", "dueDateMoves"]),
        computed("MovedDueDate", &["at", "fromOn", "toOn", "reason"]),
    ]
}
