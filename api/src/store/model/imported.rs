//! What was imported: documents on their way, documents that stay, and where in them each thing stands.

use domain::document::UploadPurpose;

use super::{
    Cx, Field, FieldDef, Join, Relation, Scalar, TypeDef, date, expression, int, int_in, latest, one,
    one_from, relation, text, text_in, worked_out,
};
use crate::store::computed::Computation;
use crate::store::sql::Sql;
use crate::store::table::Table;

/// Where a thing came from.
pub(super) fn imported_from() -> Field {
    ("importedFrom", one_from("ImportedFrom", "object_id"))
}

/// The documents of a programme that wait to be imported.
pub(super) fn waiting() -> FieldDef {
    let of_programme = Join::From("programme_id");
    FieldDef::Connection(Relation {
        only: Some(waits),
        ..relation("Upload", of_programme, vec![latest("prepared_at", Scalar::Moment)])
    })
}

/// Whether an upload is for import, and was not imported yet.
fn waits(sql: &mut Sql, alias: &str, _: &Cx) {
    sql.column(alias, "purpose").push(" = '").push(UploadPurpose::Import.as_str()).push("' AND NOT ");
    sql.column(alias, "is_attached");
}

pub(super) fn types() -> Vec<TypeDef> {
    vec![
        TypeDef::node(
            "SourceDocument",
            Table::SourceDocument,
            "doc",
            vec![
                text("kind"),
                text("name"),
                text_in("mediaType", "media_type"),
                ("size", FieldDef::Column("size_bytes", Scalar::Long)),
                text("sha256"),
                text("scan"),
                date("importedOn", "imported_on"),
                ("importedBy", one("Lead", "imported_by_id")),
                ("programme", one("Programme", "programme_id")),
                ("download", FieldDef::Computed(Computation::DocumentDownload)),
                worked_out("viewerCan", expression::can_source_document, Scalar::Words),
            ],
        )
        .recorded()
        .mutable(),
        TypeDef::new(
            "ImportedFrom",
            Some(Table::ImportedFrom),
            vec![
                ("document", one("SourceDocument", "document_id")),
                int("page"),
                text("sheet"),
                int_in("table", "table_number"),
                int_in("row", "row_number"),
            ],
        ),
        TypeDef::new(
            "DocumentReading",
            Some(Table::UploadReading),
            vec![
                text("kind"),
                text("state"),
                ("progress", FieldDef::Embedded { ty: "ReadingProgress", unless_null: Some("total") }),
                text("problem"),
                ("plan", FieldDef::Computed(Computation::PlanReading)),
                ("report", FieldDef::Computed(Computation::ReportReading)),
            ],
        ),
        TypeDef::new("ReadingProgress", None, vec![int("done"), int_in("of", "total")]),
    ]
}
