//! `readingsImport`: readings of several measures from a table.

use serde_json::{Value, json};

use super::{SEEN, begun, error, measure, programme, shown};
use crate::support::{Persona, on_both};

const OFFICE: Persona = Persona::ProgrammeOffice;

#[tokio::test]
async fn a_table_brings_readings_of_several_measures() {
    on_both(async |app| {
        let id = begun(app, json!({ "code": "V-1" })).await;
        let csv = "Measure;Period;Numerator;Denominator;Value;Dimension;Category;Caveat\n\
                   v-1;Sep 2018;348;588;;;;\n\
                   V-1;2018-10;;;59,5%;;;Not checked\n";
        let wrong = json!({ "programmeId": programme(app), "csv": csv });
        assert_eq!(app.refused(OFFICE, "readingsImport", wrong).await, error("VALIDATION_FAILED", "csv.3"));

        let csv = "Measure;Period;Numerator;Denominator;Value;Dimension;Category;Caveat\n\
                   v-1;Sep 2018;348;588;;;;\n\
                   V-1;2018-10;;;59.5%;;;Not checked\n\
                   Assessments in time;2018-11;30;40;;;;\n\
                   Assessments in time;2018-11;25;30;;District;North;\n";
        let input = |dry_run: bool| json!({ "programmeId": programme(app), "csv": csv, "dryRun": dry_run });
        let shows = "measures { title } readings { value category }";
        let payload = app.done(OFFICE, "readingsImport", input(true), shows).await;
        assert_eq!(payload["readings"], json!([]));
        assert_eq!(shown(app, OFFICE, &id, "latestReading { value }").await["latestReading"], Value::Null);

        let payload = app.done(OFFICE, "readingsImport", input(false), shows).await;
        assert_eq!(payload["measures"], json!([{ "title": "Visits in time" }, { "title": SEEN }]));
        let values: Vec<_> =
            payload["readings"].as_array().unwrap().iter().map(|of| of["value"].clone()).collect();
        assert_eq!(values, [json!(59.184), json!(59.5), json!(75), json!(83.333)]);
        let latest = shown(app, OFFICE, &id, "latestReading { value caveat }").await;
        assert_eq!(latest["latestReading"], json!({ "value": 59.5, "caveat": "Not checked" }));
    })
    .await;
}

#[tokio::test]
async fn all_of_a_table_is_taken_or_nothing_and_each_line_says_what_is_wrong() {
    on_both(async |app| {
        let csv = "measure,period,numerator,denominator\n\
                   Assessments in time,2018-11,30,40\n\
                   Nobody's measure,2018-11,30,40\n\
                   A mere wish,2018-11,30,40\n";
        let input = json!({ "programmeId": programme(app), "csv": csv });
        assert_eq!(app.refused(OFFICE, "readingsImport", input).await, error("VALIDATION_FAILED", "csv.3"));
        let csv = "measure,period,numerator,denominator\n\
                   Assessments in time,2018-11,30,40\n\
                   Assessments in time,2018-Q3,30,40\n\
                   Assessments in time,2018-12,50,40\n";
        let input = json!({ "programmeId": programme(app), "csv": csv });
        let payload = app.mutate(OFFICE, "readingsImport", input, "readings { id }").await;
        let places: Vec<_> =
            payload["userErrors"].as_array().unwrap().iter().map(|of| of["field"].clone()).collect();
        assert_eq!(places, [json!(["csv", "3", "periodEnd"]), json!(["csv", "4", "numerator"])]);
        let node = shown(app, OFFICE, &measure(app, SEEN), "latestReading { periodEnd }").await;
        assert_eq!(node["latestReading"]["periodEnd"], "2018-10-31");

        let headings = json!({ "programmeId": programme(app), "csv": "what,when\n1,2\n" });
        assert_eq!(app.refused(OFFICE, "readingsImport", headings).await, error("VALIDATION_FAILED", "csv"));
        let secret = "measure,period,value,caveat\nAssessments in time,2018-11,50,Seen with 999 000 0018\n";
        let secret = json!({ "programmeId": programme(app), "csv": secret });
        assert_eq!(
            app.refused(OFFICE, "readingsImport", secret).await,
            error("PERSONAL_DATA_SUSPECTED", "csv")
        );
        let long = json!({ "programmeId": programme(app), "csv": "x".repeat(200_001) });
        assert_eq!(app.refused(OFFICE, "readingsImport", long).await, error("VALIDATION_FAILED", "csv"));
    })
    .await;
}

#[tokio::test]
async fn an_officer_brings_readings_of_what_they_own_alone() {
    on_both(async |app| {
        let row = |title: &str| {
            let csv = format!("measure,period,value\n{title},2018-11,50\n");
            json!({ "programmeId": programme(app), "csv": csv })
        };
        app.done(Persona::Lead, "readingsImport", row(SEEN), "measures { title }").await;
        let other = row("Children missing for a week");
        assert_eq!(
            app.refused(Persona::Lead, "readingsImport", other.clone()).await,
            error("FORBIDDEN", "csv.2")
        );
        for who in [Persona::Police, Persona::Scrutiny, Persona::Chair, Persona::Admin] {
            let refused = app.refused(who, "readingsImport", other.clone()).await;
            assert_eq!(refused, error("FORBIDDEN", "programmeId"), "{who:?}");
        }
    })
    .await;
}
