//! What was asked: inspections, directions, reviews, and the requirements, judgements, findings and duties in them.

use sea_orm_migration::prelude::*;

use crate::table::{Table, drop_tables};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [source(), judgement(), finding(), requirement(), requirement_leaf(), duty()] {
            table.create(manager).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["duty", "requirement_leaf", "requirement", "finding", "judgement", "source"])
            .await
    }
}

fn source() -> Table {
    let review_kinds =
        ["PEER_REVIEW", "MONITORING_VISIT", "COMMISSIONER", "CASE_AUDIT", "THEMATIC_REVIEW", "SCRUTINY"];
    Table::new("source")
        .id()
        .programme()
        .one_of("kind", &["INSPECTION", "DIRECTION", "REVIEW"])
        .text("title")
        .maybe_date("issued_on")
        .maybe_date("published_on")
        .may_refer("issuer_id", "party")
        .position()
        .maybe_one_of("framework", &["SIF", "SIF_REINSPECTION", "ILACS", "LAC_2013", "LSCB_REVIEW", "OTHER"])
        .maybe_date("started_on")
        .maybe_date("ended_on")
        .may_refer("supersedes_id", "source")
        .maybe_date("lifted_on")
        .maybe_one_of("review_kind", &review_kinds)
        .versioned()
        .check("framework_of_inspection", "(kind = 'INSPECTION') = (framework IS NOT NULL)")
        .check("review_kind_of_review", "(kind = 'REVIEW') = (review_kind IS NOT NULL)")
        .check("direction_only", "kind = 'DIRECTION' OR (supersedes_id IS NULL AND lifted_on IS NULL)")
        .check("visit_not_direction", "kind <> 'DIRECTION' OR (started_on IS NULL AND ended_on IS NULL)")
        .check("visit", "ended_on >= started_on")
        .check("supersedes_another", "supersedes_id <> id")
        .unique("supersedes_id")
        .unique_where("title", "programme_id, title, coalesce(issued_on, '0001-01-01')", "title IS NOT NULL")
        .index("programme_id, position, id")
        .index("programme_id, kind, id")
}

fn judgement() -> Table {
    let areas = [
        "OVERALL_EFFECTIVENESS",
        "LEADERS_IMPACT",
        "HELP_AND_PROTECTION",
        "CHILDREN_IN_CARE",
        "CARE_LEAVERS",
        "CHILDREN_IN_CARE_AND_CARE_LEAVERS",
        "ADOPTION",
        "LEADERSHIP_MANAGEMENT_GOVERNANCE",
        "LSCB",
    ];
    let grades = ["OUTSTANDING", "GOOD", "REQUIRES_IMPROVEMENT", "INADEQUATE", "ADEQUATE", "NOT_JUDGED"];
    Table::new("judgement")
        .id()
        .programme()
        .refers("source_id", "source")
        .position()
        .one_of("area", &areas)
        .one_of("grade", &grades)
        .maybe_text("printed_area")
        .unique("source_id, area")
}

fn finding() -> Table {
    Table::new("finding")
        .id()
        .programme()
        .refers("source_id", "source")
        .position()
        .one_of("kind", &["STRENGTH", "AREA_FOR_CONSIDERATION"])
        .text("text")
        .maybe_text("theme")
        .versioned()
        .index("source_id, position, id")
}

/// A recommendation or a term of a direction. `reference` is never NULL: where the print has none it is "(n)" with the
/// printed position, and `is_reference_printed` says so.
fn requirement() -> Table {
    let responses = ["ACCEPTED", "PARTIALLY_ACCEPTED", "REJECTED", "NOTED"];
    Table::new("requirement")
        .id()
        .programme()
        .refers("source_id", "source")
        .one_of("kind", &["RECOMMENDATION", "DIRECTION_TERM"])
        .text("reference")
        .flag("is_reference_printed")
        .text_even_empty("reference_sort")
        .text("text")
        .position()
        .may_refer("parent_id", "requirement")
        .flag("is_immediate")
        .maybe_one_of("response_status", &responses)
        .maybe_text("response_reason")
        .maybe_date("responded_on")
        .may_refer("responded_by_id", "party")
        .versioned()
        .check("tree_of_terms", "parent_id IS NULL OR (kind = 'DIRECTION_TERM' AND parent_id <> id)")
        .check("immediate_recommendation", "NOT is_immediate OR kind = 'RECOMMENDATION'")
        .check("response_to_recommendation", "response_status IS NULL OR kind = 'RECOMMENDATION'")
        .check(
            "response_whole",
            "response_status IS NOT NULL OR (response_reason IS NULL AND responded_on IS NULL AND responded_by_id IS NULL)",
        )
        .unique("source_id, reference")
        .index("programme_id, reference")
        .index("programme_id, reference_sort, id")
        .index("programme_id, position, id")
        .index("programme_id, kind, id")
        .index("programme_id, is_immediate")
        .index("programme_id, response_status")
        .index("programme_id, created_at, id")
        .index("programme_id, updated_at, id")
        .index("source_id, position, id")
}

/// What a requirement comes down to: itself, or those of its descendants that have no children. Derived; it lets coverage of a tree be one join.
fn requirement_leaf() -> Table {
    Table::new("requirement_leaf")
        .programme()
        .refers("ancestor_id", "requirement")
        .refers("leaf_id", "requirement")
        .key("ancestor_id, leaf_id")
}

fn duty() -> Table {
    Table::new("duty")
        .id()
        .programme()
        .refers("requirement_id", "requirement")
        .position()
        .may_refer("holder_id", "party")
        .one_of("what", &["REPORT", "REVIEW", "CHAIR", "ACT"])
        .text("text")
        .one_of("due_rule", &["FIXED", "OFFSET", "RECURRING", "REGULAR"])
        .maybe_date("due_on")
        .maybe_whole("offset_months")
        .maybe_whole("every_months")
        .maybe_date("discharged_on")
        .versioned()
        .check("fixed_day", "due_rule <> 'FIXED' OR due_on IS NOT NULL")
        .check("offset_rule", "due_rule <> 'OFFSET' OR offset_months IS NOT NULL")
        .check("recurring_rule", "(due_rule = 'RECURRING') = (every_months IS NOT NULL)")
        .check("offset_only", "offset_months IS NULL OR due_rule IN ('OFFSET', 'RECURRING')")
        .check("regular_has_no_day", "due_rule <> 'REGULAR' OR due_on IS NULL")
        .check("months", "offset_months >= 0 AND every_months > 0")
        .index("requirement_id, position, id")
        .index("programme_id, due_on, id")
}
