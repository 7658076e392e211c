//! What shows that it helped: evidence, with its files.

use super::{
    Cx, FieldDef, Join, Relation, Scalar, TypeDef, by, connection, date, expression, flag, int, latest, many,
    moment, one, one_from, relation, text, text_in, through, worked_out,
};
use crate::store::computed::Computation;
use crate::store::sql::Sql;
use crate::store::table::Table;

/// Two versions of one document.
const VERSIONS: &str = "(SELECT f.id AS of_id, v.id AS version_id FROM evidence_file f \
    JOIN evidence_file v ON v.document_id = f.document_id)";

/// Whether a file is the latest version of its document.
fn is_current(sql: &mut Sql, alias: &str, _: &Cx) {
    sql.column(alias, "is_current");
}

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
                (
                    "files",
                    FieldDef::Many(Relation {
                        only: Some(is_current),
                        ..relation("EvidenceFile", Join::From("evidence_id"), vec![by("name", Scalar::Text)])
                    }),
                ),
                flag("isIllustrative", "is_illustrative"),
            ],
        )
        .recorded()
        .mutable(),
        file(),
        upload(),
        TypeDef::new(
            "FileLink",
            None,
            ["url", "expiresAt"].map(|member| (member, FieldDef::Json(member))).to_vec(),
        ),
    ]
}

fn file() -> TypeDef {
    TypeDef::node(
        "EvidenceFile",
        Table::EvidenceFile,
        "fil",
        vec![
            ("evidence", one("Evidence", "evidence_id")),
            int("number"),
            flag("isCurrent", "is_current"),
            text("name"),
            text_in("mediaType", "media_type"),
            ("size", FieldDef::Column("size_bytes", Scalar::Long)),
            text("sha256"),
            text("scan"),
            date("addedOn", "added_on"),
            ("addedBy", one("Lead", "added_by_id")),
            (
                "versions",
                many(
                    "EvidenceFile",
                    through(VERSIONS, "of_id", "version_id"),
                    vec![latest("number", Scalar::Int)],
                ),
            ),
            ("download", FieldDef::Computed(Computation::Download)),
            flag("isIllustrative", "is_illustrative"),
        ],
    )
    .recorded()
    .mutable()
}

fn upload() -> TypeDef {
    TypeDef::node(
        "Upload",
        Table::Upload,
        "upl",
        vec![
            text("purpose"),
            ("evidence", one("Evidence", "evidence_id")),
            ("reading", one_from("DocumentReading", "upload_id")),
            text("name"),
            text_in("mediaType", "media_type"),
            ("size", FieldDef::Column("size_bytes", Scalar::Long)),
            text("sha256"),
            moment("receivedAt", "received_at"),
            moment("expiresAt", "expires_at"),
            flag("isAttached", "is_attached"),
            text("scan"),
            ("target", FieldDef::Computed(Computation::UploadTarget)),
        ],
    )
}
