//! What was asked: inspections, directions and reviews, and their requirements.

use super::audited::audits;
use super::imported::imported_from;
use super::measured::measures;
use super::voice::feedback;
use super::{
    Field, FieldDef, Join, OrderKey, Relation, Scalar, TypeDef, by, connection, date, expression, flag,
    int_in, latest, many, one, one_from, relation, text, text_in, worked_out,
};
use crate::store::table::Table;

/// The order of a print: position within the source.
fn printed() -> Vec<OrderKey> {
    vec![by("position", Scalar::Int)]
}

fn source(mut own: Vec<Field>) -> Vec<Field> {
    let mut fields = vec![
        text("title"),
        date("issuedOn", "issued_on"),
        date("publishedOn", "published_on"),
        ("issuer", one("Organisation", "issuer_id")),
        worked_out("viewerCan", expression::can_source, Scalar::Words),
    ];
    fields.append(&mut own);
    fields
}

fn requirement(mut own: Vec<Field>) -> Vec<Field> {
    let mut fields = vec![
        text("reference"),
        text("text"),
        ("source", one("Source", "source_id")),
        worked_out("coverage", expression::coverage, Scalar::Text),
        super::proof::of_requirement(),
        worked_out("viewerCan", expression::can_requirement, Scalar::Words),
        (
            "actions",
            connection("Action", ACTIONS, vec![by("plan_id", Scalar::Uuid), by("position", Scalar::Int)]),
        ),
        (
            "evidence",
            FieldDef::Connection(Relation {
                only: Some(expression::is_evidence_in_sight),
                ..relation("Evidence", EVIDENCE, vec![latest("added_on", Scalar::Date)])
            }),
        ),
        ("measures", measures("measure_requirement", "requirement_id")),
        ("feedback", feedback("feedback_requirement", "requirement_id")),
        ("audits", audits("audit_requirement", "requirement_id")),
    ];
    fields.append(&mut own);
    fields
}

const ACTIONS: Join = Join::Through {
    table: "action_requirement",
    near: "requirement_id",
    far: "action_id",
    only: "",
    edge: &[("qualifier", "qualifier")],
};

/// Attached to the requirement itself, or to an action that addresses it. Only the pair counts: one piece of evidence
/// that came both ways is there once. [`expression::is_evidence_in_sight`] leaves out what came by a hidden action only.
const EVIDENCE: Join = Join::Through {
    table: "(SELECT er.requirement_id, er.evidence_id FROM evidence_requirement er \
             UNION SELECT ar.requirement_id, ea.evidence_id FROM action_requirement ar \
             JOIN evidence_action ea ON ea.action_id = ar.action_id)",
    near: "requirement_id",
    far: "evidence_id",
    only: "",
    edge: &[],
};

fn recommendations() -> Field {
    ("recommendations", connection("Recommendation", Join::From("source_id"), printed()))
}

pub(super) fn types() -> Vec<TypeDef> {
    vec![
        TypeDef::node(
            "Inspection",
            Table::Source,
            "ins",
            source(vec![
                text("framework"),
                date("startedOn", "started_on"),
                date("endedOn", "ended_on"),
                ("judgements", many("Judgement", Join::From("source_id"), printed())),
                recommendations(),
                imported_from(),
            ]),
        )
        .kind("INSPECTION")
        .recorded()
        .mutable(),
        TypeDef::new(
            "Judgement",
            Some(Table::Judgement),
            vec![
                text("area"),
                text("grade"),
                text_in("printedArea", "printed_area"),
                text_in("printedGrade", "printed_grade"),
                imported_from(),
            ],
        ),
        TypeDef::node(
            "Direction",
            Table::Source,
            "dir",
            source(vec![
                worked_out("status", expression::direction_status, Scalar::Text),
                date("liftedOn", "lifted_on"),
                ("supersedes", one("Direction", "supersedes_id")),
                ("supersededBy", one_from("Direction", "supersedes_id")),
                ("terms", connection("DirectionTerm", Join::From("source_id"), printed())),
            ]),
        )
        .kind("DIRECTION")
        .recorded()
        .mutable(),
        TypeDef::node(
            "Review",
            Table::Source,
            "rev",
            source(vec![
                text_in("kind", "review_kind"),
                ("findings", connection("Finding", Join::From("source_id"), printed())),
                recommendations(),
            ]),
        )
        .kind("REVIEW")
        .recorded()
        .mutable(),
        TypeDef::node("Finding", Table::Finding, "fnd", vec![text("kind"), text("text"), text("theme")])
            .recorded()
            .mutable(),
        TypeDef::node(
            "Recommendation",
            Table::Requirement,
            "rec",
            requirement(vec![
                flag("isReferencePrinted", "is_reference_printed"),
                flag("isImmediate", "is_immediate"),
                text("urgency"),
                text("part"),
                text("addressee"),
                text("topic"),
                int_in("page", "page"),
                (
                    "response",
                    FieldDef::Embedded { ty: "RecommendationResponse", unless_null: Some("response_status") },
                ),
                (
                    "confirmation",
                    FieldDef::Embedded {
                        ty: "RecommendationConfirmation",
                        unless_null: Some("confirmed_on"),
                    },
                ),
                imported_from(),
            ]),
        )
        .kind("RECOMMENDATION")
        .recorded()
        .mutable(),
        TypeDef::new(
            "RecommendationResponse",
            None,
            vec![
                text_in("status", "response_status"),
                text_in("reason", "response_reason"),
                date("respondedOn", "responded_on"),
                ("respondedBy", one("Lead", "responded_by_id")),
            ],
        ),
        TypeDef::new(
            "RecommendationConfirmation",
            None,
            vec![
                date("confirmedOn", "confirmed_on"),
                ("confirmedBy", one("Lead", "confirmed_by_id")),
                text_in("note", "confirmation_note"),
                flag("isOnBehalf", "is_confirmed_on_behalf"),
            ],
        ),
        TypeDef::node(
            "DirectionTerm",
            Table::Requirement,
            "trm",
            requirement(vec![
                ("parent", one("DirectionTerm", "parent_id")),
                ("children", many("DirectionTerm", Join::From("parent_id"), printed())),
                ("duties", many("Duty", Join::From("requirement_id"), printed())),
            ]),
        )
        .kind("DIRECTION_TERM")
        .recorded()
        .mutable(),
        TypeDef::node(
            "Duty",
            Table::Duty,
            "dut",
            vec![
                ("holder", one("Lead", "holder_id")),
                text("what"),
                text("text"),
                text_in("dueRule", "due_rule"),
                date("dueOn", "due_on"),
                int_in("offsetMonths", "offset_months"),
                int_in("everyMonths", "every_months"),
                worked_out("isOverdue", expression::is_duty_overdue, Scalar::Bool),
                date("dischargedOn", "discharged_on"),
                ("dischargedBy", one("Lead", "discharged_by_id")),
                ("dischargeEvidence", one("Evidence", "discharge_evidence_id")),
            ],
        )
        .recorded()
        .mutable(),
    ]
}
