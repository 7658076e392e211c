//! The way in and the record: the root, programmes and their ledger.

use super::imported;
use super::{
    Expression, FieldDef, Join, OrderBy, OrderKey, Relation, Scalar, TypeDef, by, connection, expression,
    flag, latest, many, moment, one, proof, relation, text, text_in, worked_out,
};
use crate::store::computed::Computation;
use crate::store::history::in_sight;
use crate::store::table::Table;

/// The actions of a programme, as its plans print them.
fn actions() -> Relation {
    relation("Action", OF, vec![by("plan_id", Scalar::Uuid), by("position", Scalar::Int)])
}

/// Those of them of which something is true.
fn actions_where(only: Expression) -> FieldDef {
    FieldDef::Connection(Relation { only: Some(only), ..actions() })
}

pub(super) fn types() -> Vec<TypeDef> {
    vec![
        TypeDef::new(
            "Query",
            None,
            vec![
                ("viewer", FieldDef::Embedded { ty: "Viewer", unless_null: Some("subject") }),
                ("programmes", connection("Programme", Join::Root, vec![by("name", Scalar::Text)])),
                ("organisations", connection("Organisation", Join::Root, vec![by("name", Scalar::Text)])),
                // The two ways to one thing have their key in an argument: `graphql::plan` adds it.
                ("programme", FieldDef::One(relation("Programme", Join::Root, Vec::new()))),
                ("node", FieldDef::One(relation("Node", Join::Root, Vec::new()))),
                ("nodes", FieldDef::Many(relation("Node", Join::Root, Vec::new()))),
            ],
        ),
        TypeDef::new(
            "Subscription",
            None,
            vec![("changes", FieldDef::Live("Programme")), ("actionChanges", FieldDef::Live("Action"))],
        ),
        TypeDef::node(
            "Programme",
            Table::Programme,
            "prg",
            vec![
                text("slug"),
                text("name"),
                ("authority", one("Organisation", "authority_id")),
                flag("isPublic", "is_public"),
                worked_out("today", expression::today, Scalar::Date),
                ("ratings", many("RatingMeaning", OF, vec![by("health", Scalar::Text)])),
                worked_out("viewerCan", expression::can_programme, Scalar::Words),
                (
                    "sources",
                    connection(
                        "Source",
                        OF,
                        vec![by("issued_on", Scalar::Date), by("position", Scalar::Int)],
                    ),
                ),
                ("recommendations", connection("Recommendation", OF, by_source())),
                ("directionTerms", connection("DirectionTerm", OF, by_source())),
                ("plans", connection("Plan", OF, latest_plans())),
                ("actions", FieldDef::Connection(actions())),
                ("claimedWithoutImpact", actions_where(proof::is_claimed_without_impact)),
                ("assuredOnExpiredEvidence", actions_where(proof::is_assured_on_expired)),
                ("strandsInDisagreement", actions_where(proof::do_strands_disagree)),
                ("evidence", connection("Evidence", OF, vec![latest("added_on", Scalar::Date)])),
                ("measures", connection("Measure", OF, vec![by("title", Scalar::Text)])),
                ("feedback", connection("Feedback", OF, vec![latest("period_end", Scalar::Date)])),
                ("audits", connection("Audit", OF, vec![latest("ended_on", Scalar::Date)])),
                ("auditFindings", connection("AuditFinding", OF, vec![latest("created_at", Scalar::Moment)])),
                ("auditThemes", FieldDef::Computed(Computation::AuditThemes)),
                ("challenges", connection("Challenge", OF, vec![latest("put_on", Scalar::Date)])),
                ("notices", connection("Notice", OF, vec![latest("falls_on", Scalar::Date)])),
                ("people", connection("Person", OF, vec![by("post", Scalar::Text)])),
                ("groups", connection("Group", OF, vec![by("name", Scalar::Text)])),
                ("members", connection("Membership", OF, vec![by("subject", Scalar::Text)])),
                ("machineClients", connection("MachineClient", OF, vec![by("name", Scalar::Text)])),
                (
                    "webhookEndpoints",
                    connection("WebhookEndpoint", OF, vec![latest("created_at", Scalar::Moment)]),
                ),
                (
                    "sourceDocuments",
                    connection("SourceDocument", OF, vec![latest("imported_on", Scalar::Date)]),
                ),
                ("uploads", imported::waiting()),
                ("coverage", FieldDef::Embedded { ty: "CoverageReport", unless_null: None }),
                ("changes", connection("Change", OF, vec![by("sequence", Scalar::Long)])),
                ("position", FieldDef::Computed(Computation::Position)),
                ("changesBetween", FieldDef::Computed(Computation::ChangesBetween)),
            ],
        )
        .recorded()
        .mutable(),
        TypeDef::new(
            "RatingMeaning",
            Some(Table::Rating),
            vec![text("health"), text("label"), text("colour"), text("meaning")],
        ),
        TypeDef::new(
            "CoverageReport",
            None,
            vec![
                worked_out("covered", expression::count_covered, Scalar::Long),
                worked_out("partial", expression::count_partial, Scalar::Long),
                worked_out("uncovered", expression::count_uncovered, Scalar::Long),
                (
                    "gaps",
                    FieldDef::Connection(Relation {
                        only: Some(expression::is_gap),
                        ..relation("Requirement", OF, by_source())
                    }),
                ),
            ],
        ),
        TypeDef::new(
            "Change",
            Some(Table::LedgerEntry),
            vec![
                ("sequence", FieldDef::Column("sequence", Scalar::Long)),
                moment("at", "at"),
                worked_out("operation", expression::operation, Scalar::Text),
                text_in("entityType", "entity_type"),
                ("entityId", FieldDef::IdOf { column: "entity_id", type_column: "entity_type" }),
                worked_out("version", expression::version_after, Scalar::Int),
                worked_out("actor", expression::actor, Scalar::Text),
                worked_out("reason", expression::reason, Scalar::Text),
                ("changes", FieldDef::Computed(Computation::FieldChanges)),
                (
                    "node",
                    FieldDef::Present { column: "entity_id", type_column: "entity_type", sight: in_sight },
                ),
            ],
        ),
        TypeDef::new(
            "FieldChange",
            None,
            vec![
                ("field", FieldDef::Json("field")),
                ("before", FieldDef::Json("before")),
                ("after", FieldDef::Json("after")),
            ],
        ),
    ]
}

const OF: Join = Join::From("programme_id");

/// Plans by their first known day, the latest first.
fn latest_plans() -> Vec<OrderKey> {
    vec![OrderKey {
        by: OrderBy::Expression(expression::plan_begins_on),
        scalar: Scalar::Date,
        descending: true,
    }]
}

/// Requirements of all sources: the sources in order of issue, each in printed order.
fn by_source() -> Vec<OrderKey> {
    let issued = OrderKey {
        by: OrderBy::Expression(expression::source_issued_on),
        scalar: Scalar::Date,
        descending: false,
    };
    vec![issued, by("source_id", Scalar::Uuid), by("position", Scalar::Int)]
}
