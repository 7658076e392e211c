//! What is done about it: plans, themes, actions, steps and updates.

use super::audited::audits;
use super::board::challenges;
use super::imported::imported_from;
use super::measured::measures;
use super::voice::feedback;
use super::{
    FieldDef, Join, OrderKey, Scalar, TypeDef, between, by, connection, date, expression, flag, int_in,
    latest, many, one, one_from, text, text_in, through, worked_out,
};
use crate::store::table::Table;

/// The order of a print: position within the plan or action.
fn printed() -> Vec<OrderKey> {
    vec![by("position", Scalar::Int)]
}

const REQUIREMENTS: Join = Join::Through {
    table: "action_requirement",
    near: "action_id",
    far: "requirement_id",
    only: "",
    edge: &[("qualifier", "qualifier")],
};

/// The entries of the ledger that are about an action: their numbers in the table between let a page be found at any depth.
const CHANGES: Join = through("entry_action", "action_id", "sequence");

fn parties(role: &'static str) -> FieldDef {
    let join =
        Join::Through { table: "action_party", near: "action_id", far: "party_id", only: role, edge: &[] };
    many("Lead", join, vec![between("position", Scalar::Int)])
}

pub(super) fn types() -> Vec<TypeDef> {
    vec![
        TypeDef::node(
            "Plan",
            Table::Plan,
            "pln",
            vec![
                text("title"),
                text("status"),
                ("owner", one("Organisation", "owner_id")),
                date("startOn", "start_on"),
                date("endOn", "end_on"),
                date("consideredOn", "considered_on"),
                date("agreedOn", "agreed_on"),
                date("publishedOn", "published_on"),
                date("closedOn", "closed_on"),
                ("predecessor", one("Plan", "predecessor_id")),
                ("successor", one_from("Plan", "predecessor_id")),
                int_in("updateEveryDays", "update_every_days"),
                int_in("strandsRequired", "strands_required"),
                ("themes", many("Theme", Join::From("plan_id"), printed())),
                ("actions", connection("Action", Join::From("plan_id"), printed())),
                worked_out("viewerCan", expression::can_plan, Scalar::Words),
                imported_from(),
            ],
        )
        .recorded()
        .mutable(),
        TypeDef::node(
            "Theme",
            Table::Theme,
            "thm",
            vec![
                text("name"),
                ("parent", one("Theme", "parent_id")),
                ("children", many("Theme", Join::From("parent_id"), printed())),
            ],
        )
        .recorded()
        .mutable(),
        action(),
        TypeDef::new(
            "Rating",
            None,
            vec![
                worked_out("health", expression::rating, Scalar::Text),
                worked_out("label", expression::rating_label, Scalar::Text),
                worked_out("colour", expression::rating_colour, Scalar::Text),
            ],
        ),
        TypeDef::new(
            "ActionDelivery",
            None,
            vec![
                text("status"),
                worked_out("stepsTotal", expression::steps_total, Scalar::Long),
                worked_out("stepsSettled", expression::steps_settled, Scalar::Long),
                date("claimedOn", "claimed_on"),
                ("claimedBy", one("Lead", "claimed_by_id")),
                text_in("summary", "claim_summary"),
            ],
        ),
        TypeDef::new(
            "ActionAssurance",
            None,
            vec![
                date("assuredOn", "assured_on"),
                ("assuredBy", one("Lead", "assured_by_id")),
                text_in("note", "assurance_note"),
            ],
        ),
        TypeDef::new(
            "ActionImpact",
            None,
            vec![
                text_in("judgement", "impact"),
                text_in("summary", "impact_summary"),
                date("judgedOn", "impact_on"),
                ("judgedBy", one("Lead", "impact_by_id")),
                (
                    "evidence",
                    many(
                        "Evidence",
                        through("impact_evidence", "action_id", "evidence_id"),
                        vec![latest("added_on", Scalar::Date)],
                    ),
                ),
            ],
        ),
        TypeDef::new(
            "DueDateMove",
            Some(Table::DueDateMove),
            vec![date("from", "from_on"), date("to", "to_on"), text("reason"), date("movedOn", "moved_on")],
        ),
        TypeDef::node(
            "LinkProposal",
            Table::LinkProposal,
            "lpr",
            vec![
                ("action", one("Action", "action_id")),
                ("requirement", one("Requirement", "requirement_id")),
                text("qualifier"),
                text("reason"),
                text("status"),
                ("proposedBy", one("Lead", "proposed_by_id")),
                date("proposedOn", "proposed_on"),
                date("decidedOn", "decided_on"),
                text_in("decisionReason", "decision_reason"),
                worked_out("viewerCan", expression::can_link_proposal, Scalar::Words),
            ],
        )
        .recorded()
        .mutable(),
        TypeDef::node(
            "Step",
            Table::Step,
            "stp",
            vec![
                text("text"),
                date("doneOn", "done_on"),
                date("dueOn", "due_on"),
                date("struckOutOn", "struck_out_on"),
                text_in("struckOutReason", "struck_out_reason"),
                ("lead", one("Lead", "lead_id")),
                imported_from(),
                flag("isIllustrative", "is_illustrative"),
            ],
        )
        .recorded()
        .mutable(),
        TypeDef::node(
            "ProgressUpdate",
            Table::ProgressUpdate,
            "upd",
            vec![
                text("narrative"),
                text_in("declaredHealth", "declared_health"),
                text("obstacles"),
                text_in("nextSteps", "next_steps"),
                date("reportedOn", "reported_on"),
                ("author", one("Person", "author_id")),
                ("action", one("Action", "action_id")),
                imported_from(),
                flag("isIllustrative", "is_illustrative"),
                super::moment("createdAt", "created_at"),
            ],
        )
        .recorded(),
    ]
}

fn action() -> TypeDef {
    TypeDef::node(
        "Action",
        Table::Action,
        "act",
        vec![
            text("reference"),
            text("aim"),
            ("plan", one("Plan", "plan_id")),
            ("theme", one("Theme", "theme_id")),
            ("steps", many("Step", Join::From("action_id"), printed())),
            ("leads", parties("l.role = 'LEAD'")),
            ("contributors", parties("l.role = 'CONTRIBUTOR'")),
            ("organisation", one("Organisation", "organisation_id")),
            date("startOn", "start_on"),
            date("dueOn", "due_on"),
            text_in("duePrecision", "due_precision"),
            text_in("timeframeAsPrinted", "timeframe_as_printed"),
            ("forecastOn", FieldDef::Forecast),
            text("status"),
            date("statusOn", "status_on"),
            text("notes"),
            ("rating", FieldDef::Embedded { ty: "Rating", unless_null: None }),
            text_in("declaredHealth", "declared_health"),
            worked_out("computedHealth", expression::computed_health, Scalar::Text),
            worked_out("isDeclaredMorePositive", expression::is_declared_more_positive, Scalar::Bool),
            worked_out("isOverdue", expression::is_overdue, Scalar::Bool),
            worked_out("isUpdateOverdue", expression::is_update_overdue, Scalar::Bool),
            date("updateDueOn", "update_due_on"),
            imported_from(),
            ("latestUpdate", one("ProgressUpdate", "latest_update_id")),
            ("requirements", connection("Requirement", REQUIREMENTS, vec![between("position", Scalar::Int)])),
            (
                "unspecifiedDirections",
                many(
                    "Direction",
                    through("action_direction", "action_id", "source_id"),
                    vec![by("issued_on", Scalar::Date)],
                ),
            ),
            (
                "evidence",
                connection(
                    "Evidence",
                    through("evidence_action", "action_id", "evidence_id"),
                    vec![latest("added_on", Scalar::Date)],
                ),
            ),
            ("measures", measures("measure_action", "action_id")),
            ("feedback", feedback("feedback_action", "action_id")),
            ("challenges", challenges()),
            ("audits", audits("audit_action", "action_id")),
            (
                "updates",
                connection(
                    "ProgressUpdate",
                    Join::From("action_id"),
                    vec![latest("reported_on", Scalar::Date)],
                ),
            ),
            (
                "dependsOn",
                many(
                    "Action",
                    through("action_dependency", "action_id", "depends_on_id"),
                    vec![by("plan_id", Scalar::Uuid), by("position", Scalar::Int)],
                ),
            ),
            ("delivery", FieldDef::Embedded { ty: "ActionDelivery", unless_null: None }),
            ("proof", FieldDef::Embedded { ty: "ActionProof", unless_null: None }),
            ("assurance", FieldDef::Embedded { ty: "ActionAssurance", unless_null: Some("assured_on") }),
            ("impact", FieldDef::Embedded { ty: "ActionImpact", unless_null: Some("impact") }),
            (
                "dueDateMoves",
                many(
                    "DueDateMove",
                    Join::From("action_id"),
                    vec![by("moved_on", Scalar::Date), by("created_at", Scalar::Moment)],
                ),
            ),
            (
                "linkProposals",
                many(
                    "LinkProposal",
                    Join::From("action_id"),
                    vec![by("proposed_on", Scalar::Date), by("created_at", Scalar::Moment)],
                ),
            ),
            ("rolledOverFrom", one("Action", "rolled_over_from_id")),
            ("rolledOverTo", one_from("Action", "rolled_over_from_id")),
            ("changes", connection("Change", CHANGES, vec![between("sequence", Scalar::Long)])),
            worked_out("viewerCan", expression::can_action, Scalar::Words),
        ],
    )
    .recorded()
    .mutable()
}
