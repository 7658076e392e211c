//! How lists can be filtered and ordered. The input types of the schema are made from these declarations.

mod audited;
mod board;
mod measured;
mod webhook;

use super::{Expression, Join, OrderBy, OrderKey, Scalar, expression, proof, through, voice};

/// The filter and the orders of one type's lists.
#[derive(Debug)]
pub struct List {
    /// The type of the items: an object or an interface.
    pub of: &'static str,
    /// What it is called in the descriptions: "actions".
    pub plural: &'static str,
    /// The fields of its filter.
    pub filter: Vec<FilterField>,
    /// The fields that it can be ordered by; none where it has one order only.
    pub order: Vec<OrderField>,
}

/// One field of a filter.
#[derive(Debug)]
pub struct FilterField {
    /// Its name in the schema.
    pub name: &'static str,
    /// What it means.
    pub description: &'static str,
    /// What it compares.
    pub def: FilterDef,
}

/// What a field of a filter compares.
#[derive(Debug)]
pub enum FilterDef {
    /// A value of the row.
    Value(Comparand, Kind),
    /// The text of any of these columns.
    Text(&'static [&'static str]),
    /// The ids of related things: true if one of them matches; `neq`, `nin` and `isNull` if none does.
    Related { join: Join, to: &'static str },
    /// Related things by their own filter: `some` and `none`.
    List { join: Join, to: &'static str },
}

/// A value of the row.
#[derive(Debug)]
pub enum Comparand {
    /// A column.
    Column(&'static str),
    /// An expression.
    Expression(Expression),
    /// A column that holds an id of something of a type. What it names is visible wherever the row is.
    Id(&'static str, &'static str),
    /// A column of the action that only those may know who may read its updates.
    Reported(&'static str),
    /// An expression over the action that only those may know who may read its updates.
    ReportedExpression(Expression),
}

/// The kind of a comparison: which comparator the schema has for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Ids.
    Id,
    /// Text.
    String,
    /// Figures, stored as thousandths.
    Figure,
    /// Days.
    Date,
    /// True or false.
    Boolean,
    /// The values of an enum.
    Enum(&'static str),
}

/// One field that a list can be ordered by.
#[derive(Debug)]
pub struct OrderField {
    /// Its name in the schema.
    pub name: &'static str,
    /// What it means.
    pub description: &'static str,
    /// The key.
    pub key: OrderKey,
}

pub(super) const fn value(
    name: &'static str,
    column: &'static str,
    kind: Kind,
    description: &'static str,
) -> FilterField {
    FilterField { name, description, def: FilterDef::Value(Comparand::Column(column), kind) }
}

pub(super) const fn worked_out(
    name: &'static str,
    by: Expression,
    kind: Kind,
    description: &'static str,
) -> FilterField {
    FilterField { name, description, def: FilterDef::Value(Comparand::Expression(by), kind) }
}

pub(super) const fn id(
    name: &'static str,
    column: &'static str,
    to: &'static str,
    description: &'static str,
) -> FilterField {
    FilterField { name, description, def: FilterDef::Value(Comparand::Id(column, to), Kind::Id) }
}

pub(super) const fn order(
    name: &'static str,
    column: &'static str,
    scalar: Scalar,
    description: &'static str,
) -> OrderField {
    let key = OrderKey { by: OrderBy::Column(column), scalar, descending: false };
    OrderField { name, description, key }
}

pub(super) const fn field(name: &'static str, description: &'static str, def: FilterDef) -> FilterField {
    FilterField { name, description, def }
}

const LINKED: Join = through("action_requirement", "action_id", "requirement_id");
const LINKED_BACK: Join = through("action_requirement", "requirement_id", "action_id");
const SOURCES: Join = through(
    "(SELECT ar.action_id, rq.source_id FROM action_requirement ar JOIN requirement rq ON rq.id = ar.requirement_id \
      UNION SELECT ad.action_id, ad.source_id FROM action_direction ad)",
    "action_id",
    "source_id",
);
const LEADS: Join = Join::Through {
    table: "action_party",
    near: "action_id",
    far: "party_id",
    only: "l.role = 'LEAD'",
    edge: &[],
};

pub(super) fn lists() -> Vec<List> {
    vec![
        actions(),
        evidence(),
        evidence_files(),
        measured::measures(),
        measured::readings(),
        voice::list(),
        audited::audits(),
        audited::findings(),
        board::challenges(),
        board::notices(),
        webhook::deliveries(),
        requirements("Requirement", "requirements"),
        recommendations(),
        terms(),
        parties("Organisation", "organisations", &["name"]),
        parties("Person", "people", &["name", "post"]),
        parties("Group", "groups", &["name"]),
    ]
}

fn actions() -> List {
    let health = Kind::Enum("Health");
    List {
        of: "Action",
        plural: "actions",
        filter: vec![
            id("id", "id", "Action", "Its id."),
            value("reference", "reference", Kind::String, "Its number as printed."),
            field(
                "text",
                "Its aim, number or time frame.",
                FilterDef::Text(&["aim", "reference", "timeframe_as_printed"]),
            ),
            value("status", "status", Kind::Enum("ActionStatus"), "How far it has come."),
            worked_out(
                "health",
                expression::rating,
                health,
                "Its rating: the worse of declared and computed.",
            ),
            worked_out("computedHealth", expression::computed_health, health, "What the service computes."),
            field(
                "declaredHealth",
                "What its lead declared, where the viewer may see its updates.",
                FilterDef::Value(Comparand::Reported("declared_health"), health),
            ),
            id("plan", "plan_id", "Plan", "The plan it belongs to."),
            id("theme", "theme_id", "Theme", "The heading it stands under."),
            id("organisation", "organisation_id", "Organisation", "The organisation that answers for it."),
            field(
                "lead",
                "One of those who answer for it; with neq and nin, none of them.",
                FilterDef::Related { join: LEADS, to: "Lead" },
            ),
            field(
                "requirement",
                "One of the requirements it answers to; with neq and nin, none of them.",
                FilterDef::Related { join: LINKED, to: "Requirement" },
            ),
            field(
                "source",
                "One of the sources it answers to, of a requirement or named without a clause; with neq and nin, none of them.",
                FilterDef::Related { join: SOURCES, to: "Source" },
            ),
            value("startOn", "start_on", Kind::Date, "The first day of its time frame."),
            value("dueOn", "due_on", Kind::Date, "The last day of its time frame."),
            worked_out(
                "isOverdue",
                expression::is_overdue,
                Kind::Boolean,
                "Whether it is unfinished and past its due date.",
            ),
            field(
                "isUpdateOverdue",
                "Whether its next update is late, where the viewer may see its updates.",
                FilterDef::Value(Comparand::ReportedExpression(expression::is_update_overdue), Kind::Boolean),
            ),
            worked_out(
                "isClaimedWithoutImpact",
                proof::is_claimed_without_impact,
                Kind::Boolean,
                "Whether it is said to be done while nobody says what difference it made.",
            ),
            worked_out(
                "isAssuredOnExpiredEvidence",
                proof::is_assured_on_expired,
                Kind::Boolean,
                "Whether it was assured on evidence that was enough and has expired.",
            ),
            worked_out(
                "doStrandsDisagree",
                proof::do_strands_disagree,
                Kind::Boolean,
                "Whether one strand says that children are better off and another that they are not.",
            ),
            field(
                "requirements",
                "The requirements it answers to.",
                FilterDef::List { join: LINKED, to: "Requirement" },
            ),
            field(
                "evidence",
                "The evidence that belongs to it.",
                FilterDef::List {
                    join: through("evidence_action", "action_id", "evidence_id"),
                    to: "Evidence",
                },
            ),
        ],
        order: vec![
            order(
                "REFERENCE",
                "reference_sort",
                Scalar::Text,
                "Its number, read as a number: 1.9 before 1.10.",
            ),
            order("DUE_ON", "due_on", Scalar::Date, "The last day of its time frame."),
            order("START_ON", "start_on", Scalar::Date, "The first day of its time frame."),
            order("STATUS", "status", Scalar::Text, "Its status, by name."),
            order("CREATED_AT", "created_at", Scalar::Moment, "When it was recorded."),
            order("UPDATED_AT", "updated_at", Scalar::Moment, "When it last changed."),
        ],
    }
}

fn evidence() -> List {
    List {
        of: "Evidence",
        plural: "evidence",
        filter: vec![
            id("id", "id", "Evidence", "Its id."),
            field("text", "Its title or summary.", FilterDef::Text(&["title", "summary"])),
            value("strand", "strand", Kind::Enum("EvidenceStrand"), "What kind of proof it is."),
            value("marking", "marking", Kind::Enum("Marking"), "How it must be handled."),
            value(
                "reviewStatus",
                "review_status",
                Kind::Enum("EvidenceReviewStatus"),
                "Whether it has been looked at.",
            ),
            value(
                "shows",
                "shows",
                Kind::Enum("Impact"),
                "What it shows of the difference made for children.",
            ),
            value("periodStart", "period_start", Kind::Date, "The first day that it speaks of."),
            value("periodEnd", "period_end", Kind::Date, "The last day that it speaks of."),
            value("expiresOn", "expires_on", Kind::Date, "The last day on which it still counts as proof."),
            value("addedOn", "added_on", Kind::Date, "The day it was added."),
            field(
                "actions",
                "The actions that it belongs to.",
                FilterDef::List {
                    join: through("evidence_action", "evidence_id", "action_id"),
                    to: "Action",
                },
            ),
            field(
                "files",
                "Its files, in every version.",
                FilterDef::List { join: Join::From("evidence_id"), to: "EvidenceFile" },
            ),
        ],
        order: vec![
            order("ADDED_ON", "added_on", Scalar::Date, "The day it was added."),
            order("PERIOD_END", "period_end", Scalar::Date, "The last day that it speaks of."),
            order("TITLE", "title", Scalar::Text, "Its title."),
            order("STRAND", "strand", Scalar::Text, "Its strand, by name."),
        ],
    }
}

fn evidence_files() -> List {
    List {
        of: "EvidenceFile",
        plural: "files of evidence",
        filter: vec![
            id("id", "id", "EvidenceFile", "Its id."),
            field("text", "Its name.", FilterDef::Text(&["name"])),
            value(
                "isCurrent",
                "is_current",
                Kind::Boolean,
                "Whether it is the latest version of its document.",
            ),
            value("mediaType", "media_type", Kind::String, "Its media type."),
            value("scan", "scan", Kind::Enum("FileScan"), "Whether a scanner has looked at it."),
            value("addedOn", "added_on", Kind::Date, "The day it was added."),
        ],
        order: Vec::new(),
    }
}

fn requirements(of: &'static str, plural: &'static str) -> List {
    List {
        of,
        plural,
        filter: vec![
            id("id", "id", of, "Its id."),
            value("reference", "reference", Kind::String, "Its number as printed."),
            field("text", "What it says.", FilterDef::Text(&["text"])),
            id("source", "source_id", "Source", "What made the demand."),
            worked_out(
                "coverage",
                expression::coverage,
                Kind::Enum("Coverage"),
                "Whether an action answers it.",
            ),
            field(
                "actions",
                "The actions that address it.",
                FilterDef::List { join: LINKED_BACK, to: "Action" },
            ),
        ],
        order: Vec::new(),
    }
}

/// The fields that both kinds of requirement can be ordered by.
fn requirement_orders() -> Vec<OrderField> {
    vec![
        order(
            "REFERENCE",
            "reference_sort",
            Scalar::Text,
            "Its number, read as a number: 9 before 10, 2.b.ii before 2.b.iv.",
        ),
        order("POSITION", "position", Scalar::Int, "Its place in the print."),
        order("CREATED_AT", "created_at", Scalar::Moment, "When it was recorded."),
        order("UPDATED_AT", "updated_at", Scalar::Moment, "When it last changed."),
    ]
}

fn recommendations() -> List {
    let mut list = requirements("Recommendation", "recommendations");
    list.filter.extend([
        value("isImmediate", "is_immediate", Kind::Boolean, "Whether the print makes it urgent."),
        value("response", "response_status", Kind::Enum("ResponseStatus"), "How the council answered it."),
    ]);
    list.order = requirement_orders();
    list
}

fn terms() -> List {
    let mut list = requirements("DirectionTerm", "terms");
    list.filter.push(id(
        "parent",
        "parent_id",
        "DirectionTerm",
        "The term that it is part of; null for the outermost.",
    ));
    list.order = requirement_orders();
    list
}

fn parties(of: &'static str, plural: &'static str, called: &'static [&'static str]) -> List {
    List {
        of,
        plural,
        filter: vec![
            id("id", "id", of, "Its id."),
            field("text", "What it is called.", FilterDef::Text(called)),
        ],
        order: Vec::new(),
    }
}
