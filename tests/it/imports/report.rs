//! `DocumentReading.report` and `inspectionImport`: a report becomes an inspection.

use serde_json::{Value, json};

use super::{OFFICE, programme};
use crate::support::{Persona, imports, on_both};

const SHOWS: &str = "inspection { id title framework startedOn endedOn judgements { area grade printedGrade }
    recommendations { nodes { text importedFrom { page document { name } } } } importedFrom { document { name } } }
    sourceDocument { id kind }";

#[tokio::test]
async fn a_report_is_shown_and_becomes_an_inspection_once() {
    on_both(async |app| {
        let upload = imports::report(app).await;
        let document = "query($id: ID!) { node(id: $id) { ...on Upload { reading { report { authority startedOn
            judgements { area grade } recommendations { order text page part } problems { code } } } } } }";
        let data = app.data(OFFICE, document, json!({ "id": upload })).await;
        assert_eq!(
            data["node"]["reading"]["report"],
            json!({
                "authority": "Northshire", "startedOn": "2018-11-19",
                "judgements": [{ "area": "OVERALL_EFFECTIVENESS", "grade": "GOOD" }],
                "recommendations": [{
                    "order": 1, "text": "The time that children wait for a visit.", "page": 2, "part": "LOCAL_AUTHORITY",
                }],
                "problems": [],
            })
        );

        let input = json!({ "programmeId": programme(app), "uploadId": upload });
        let first = app.done(OFFICE, "inspectionImport", input.clone(), SHOWS).await;
        let inspection = &first["inspection"];
        assert_eq!(
            inspection["recommendations"]["nodes"],
            json!([{
                "text": "The time that children wait for a visit.",
                "importedFrom": { "page": 2, "document": { "name": "report.pdf" } },
            }])
        );
        assert_eq!(first["sourceDocument"]["kind"], "INSPECTION_REPORT");
        let again = app.done(OFFICE, "inspectionImport", input.clone(), SHOWS).await;
        assert_eq!(again, first, "the same report again");

        for who in [Persona::Lead, Persona::BoardMember, Persona::Police, Persona::Scrutiny] {
            let (code, _) = app.refused(who, "inspectionImport", input.clone()).await;
            assert!(matches!(code.as_str(), "FORBIDDEN" | "NOT_FOUND"), "{who:?}: {code}");
        }
        let wrong = json!({ "programmeId": programme(app), "uploadId": upload, "title": "A plan" });
        let payload = app.mutate(OFFICE, "planImport", wrong, "plan { id }").await;
        assert_eq!(payload["plan"], Value::Null);
    })
    .await;
}
