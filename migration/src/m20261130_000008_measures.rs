//! What is counted: measures with their targets, benchmarks and ties, and the readings of each. Figures are thousandths.

use sea_orm_migration::prelude::*;

use crate::table::{Table, drop_tables};

const UNITS: &[&str] = &["PERCENT", "COUNT", "RATE_PER_10000", "AVERAGE", "DAYS", "WEEKS", "SCORE"];
const POLARITIES: &[&str] = &["HIGHER_IS_BETTER", "LOWER_IS_BETTER", "CLOSER_IS_BETTER"];
const FREQUENCIES: &[&str] = &["MONTHLY", "QUARTERLY", "HALF_YEARLY", "ANNUAL"];
const TRENDS: &[&str] = &["IMPROVING", "STEADY", "WORSENING", "TOO_FEW_READINGS"];
const STATUSES: &[&str] = &["MET", "ON_COURSE", "OFF_COURSE", "MISSED", "NOT_MET", "NO_TARGET", "NO_READING"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        measure().create(manager).await?;
        Table::new("measure_target")
            .id()
            .programme()
            .refers("measure_id", "measure")
            .big("value")
            .maybe_date("due_on")
            .maybe_text("reason")
            .may_refer("approved_by_id", "party")
            .date("set_on")
            .timestamp("created_at")
            .create(manager)
            .await?;
        Table::new("measure_benchmark")
            .id()
            .programme()
            .refers("measure_id", "measure")
            .one_of("kind", &["NATIONAL", "REGION", "STATISTICAL_NEIGHBOURS"])
            .big("value")
            .date("period_end")
            .maybe_text("publisher")
            .unique("measure_id, kind, period_end")
            .create(manager)
            .await?;
        Table::new("measure_action")
            .programme()
            .refers("measure_id", "measure")
            .refers("action_id", "action")
            .key("measure_id, action_id")
            .index("action_id, measure_id")
            .create(manager)
            .await?;
        Table::new("measure_requirement")
            .programme()
            .refers("measure_id", "measure")
            .refers("requirement_id", "requirement")
            .key("measure_id, requirement_id")
            .index("requirement_id, measure_id")
            .create(manager)
            .await?;
        reading().create(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(
            manager,
            &[
                "reading",
                "measure_requirement",
                "measure_action",
                "measure_benchmark",
                "measure_target",
                "measure",
            ],
        )
        .await
    }
}

/// The columns that end with `shown` say what the rules derive from the readings without those that are suppressed.
fn measure() -> Table {
    Table::new("measure")
        .id()
        .programme()
        .text("title")
        .maybe_text("code")
        .maybe_text("definition")
        .maybe_one_of("unit", UNITS)
        .one_of("polarity", POLARITIES)
        .maybe_one_of("frequency", FREQUENCIES)
        .may_refer("owner_id", "party")
        .maybe_big("baseline_value")
        .maybe_date("baseline_on")
        .maybe_big("target_value")
        .maybe_date("target_on")
        .maybe_date("published_on")
        .flag("is_illustrative")
        .flag_or("is_baseline_shown", true)
        .maybe_loose("latest_id")
        .maybe_one_of("trend", TRENDS)
        .maybe_one_of("trend_shown", TRENDS)
        .one_of("target_status", STATUSES)
        .one_of("target_status_shown", STATUSES)
        .maybe_date("reading_due_on")
        .versioned()
        .unique("programme_id, title")
        .unique("programme_id, code")
        .index("programme_id, published_on, id")
        .index("programme_id, reading_due_on, id")
        .index("programme_id, target_on, id")
        .index("programme_id, created_at, id")
        .index("programme_id, updated_at, id")
}

fn reading() -> Table {
    Table::new("reading")
        .id()
        .programme()
        .refers("measure_id", "measure")
        .date("period_start")
        .date("period_end")
        .maybe_text("dimension")
        .maybe_text("category")
        .big("value")
        .maybe_whole("numerator")
        .maybe_whole("denominator")
        .maybe_text("caveat")
        .maybe_big("disputed_value")
        .maybe_text("dispute_note")
        .one_of("disclosure", &["ALL", "FIGURES", "NOTHING"])
        .flag("is_dispute_shown")
        .flag("is_illustrative")
        .versioned()
        .check("period", "period_end >= period_start")
        .check("breakdown_whole", "(dimension IS NULL) = (category IS NULL)")
        .check("dispute_whole", "dispute_note IS NULL OR disputed_value IS NOT NULL")
        .check("counts_natural", "numerator >= 0 AND denominator >= 0")
        .unique_where("total", "measure_id, period_start, period_end", "dimension IS NULL")
        .unique_where(
            "part",
            "measure_id, period_start, period_end, dimension, category",
            "dimension IS NOT NULL",
        )
        .index("measure_id, period_end, id")
        .index("measure_id, dimension, category, period_start, id")
        .index("programme_id, period_end, id")
}
