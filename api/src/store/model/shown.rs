//! What shows that it helped: evidence.

use super::{
    Scalar, TypeDef, by, connection, date, expression, flag, many, one, text, text_in, through, worked_out,
};
use crate::store::table::Table;

pub(super) fn types() -> Vec<TypeDef> {
    vec![
        TypeDef::node(
            "Evidence",
            Table::Evidence,
            "evd",
            vec![
                text("title"),
                text("summary"),
                text("strand"),
                text("marking"),
                text("shows"),
                date("periodStart", "period_start"),
                date("periodEnd", "period_end"),
                date("expiresOn", "expires_on"),
                date("addedOn", "added_on"),
                text_in("reviewStatus", "review_status"),
                date("reviewedOn", "reviewed_on"),
                text_in("reviewNote", "review_note"),
                ("reviewedBy", one("Lead", "reviewed_by_id")),
                ("addedBy", one("Lead", "added_by_id")),
                worked_out("isExpired", expression::is_expired, Scalar::Bool),
                worked_out("viewerCan", expression::can_evidence, Scalar::Words),
                (
                    "actions",
                    connection(
                        "Action",
                        through("evidence_action", "evidence_id", "action_id"),
                        vec![by("plan_id", Scalar::Uuid), by("position", Scalar::Int)],
                    ),
                ),
                (
                    "requirements",
                    connection(
                        "Requirement",
                        through("evidence_requirement", "evidence_id", "requirement_id"),
                        vec![by("source_id", Scalar::Uuid), by("position", Scalar::Int)],
                    ),
                ),
                (
                    "sharedWith",
                    many(
                        "Organisation",
                        through("evidence_share", "evidence_id", "organisation_id"),
                        vec![by("name", Scalar::Text)],
                    ),
                ),
                flag("isIllustrative", "is_illustrative"),
            ],
        )
        .recorded()
        .mutable(),
    ]
}
