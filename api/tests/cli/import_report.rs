//! The report of an inspection: looked at, loaded, and seen through the API.

use serde_json::{Value, json};

use crate::support::{on_both, printed, ready, run, serve, verify};

const PROGRAMME: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/src/command/load_programme/fixtures/small.toml");

fn report(name: &str) -> String {
    format!("{}/../fuzz/corpus/report_pdf/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn refused(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}");
    assert!(output.stdout.is_empty(), "nothing but what was asked for goes to stdout");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn a_dry_run_needs_no_database_and_prints_what_was_read() {
    let dry: Value = serde_json::from_str(&printed(&[
        "import-report",
        &report("sif"),
        "--programme",
        "westshire",
        "--dry-run",
        "--json",
    ]))
    .unwrap();
    assert_eq!(dry["framework"], "SIF");
    assert_eq!(dry["inspection_started"], "2017-03-06");
    assert_eq!(dry["judgements"][0]["grade"], "INADEQUATE");
    assert_eq!(dry["recommendations"][0]["immediate_from"], "text");
    assert_eq!(dry["recommendations"][2]["part"], "LSCB");
    let shown = printed(&["import-report", &report("ilacs"), "--dry-run"]);
    assert!(shown.contains("Westshire (ILACS)") && shown.contains("The keeping of lamps"), "{shown}");
}

#[tokio::test]
async fn a_report_is_loaded_once_and_seen_through_the_api() {
    on_both(PROGRAMME, async |url| {
        let (ilacs, sif) = (report("ilacs"), report("sif"));
        let to = ["--programme", "westshire", "--database-url", url];
        let first = printed(&[&["import-report", &ilacs], &to[..]].concat());
        let second = printed(&[&["import-report", &ilacs], &to[..]].concat());
        assert!(first.contains("an inspection with 5 judgements and 2 recommendations"), "{first}");
        assert!(second.contains("nothing was changed"), "{second}");
        let other = refused(&[&["import-report", &sif], &to[..]].concat());
        assert!(other.contains("\"Harbourshire County Council\"") && other.contains("--authority-is-ours"), "{other}");
        let own = printed(&[&["import-report", &sif, "--authority-is-ours"], &to[..]].concat());
        assert!(own.contains("3 recommendations"), "{own}");
        // The same inspection from another file: a byte more at the end.
        let folder = tempfile::tempdir().unwrap();
        let again = folder.path().join("again.pdf");
        std::fs::write(&again, [std::fs::read(&ilacs).unwrap(), b"\n".to_vec()].concat()).unwrap();
        let again = refused(&[&["import-report", again.to_str().unwrap()], &to[..]].concat());
        assert!(again.contains("has this inspection already") && again.contains("nothing was changed"), "{again}");
        assert_eq!(verify(url, &[]).0, Some(0), "the ledger holds");

        let (_process, address) = serve(url, &[]);
        let client = reqwest::Client::new();
        ready(&client, &address).await;
        let token = printed(&["token", "head", "--database-url", url]);
        let document = "{ programmes(first: 1) { nodes { sources(first: 9) { nodes { title publishedOn ... on Inspection { framework startedOn endedOn \
            judgements { area grade printedGrade } \
            importedFrom { document { name } page } \
            recommendations(first: 9) { nodes { importedFrom { document { kind } page row } reference isReferencePrinted text isImmediate urgency part addressee page } } } } } \
            sourceDocuments(first: 9) { nodes { name kind importedBy { __typename } } } } } }";
        let request = client.post(format!("{address}/graphql")).bearer_auth(token.trim()).json(&json!({ "query": document }));
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        assert_eq!(
            answer["data"]["programmes"]["nodes"][0]["sourceDocuments"]["nodes"],
            json!([
                { "name": "report.pdf", "kind": "INSPECTION_REPORT", "importedBy": null },
                { "name": "report.pdf", "kind": "INSPECTION_REPORT", "importedBy": null },
            ]),
            "each report stays: {answer}"
        );
        let sources = answer["data"]["programmes"]["nodes"][0]["sources"]["nodes"].as_array().unwrap_or_else(|| unreachable!("{answer}"));
        let of = |framework: &str| sources.iter().find(|source| source["framework"] == framework && source["endedOn"] != Value::Null).unwrap();
        let sif = of("SIF");
        assert_eq!((&sif["startedOn"], &sif["endedOn"], &sif["publishedOn"]), (&json!("2017-03-06"), &json!("2017-03-30"), &json!("2017-06-13")));
        assert_eq!(
            sif["recommendations"]["nodes"],
            json!([
                { "importedFrom": { "document": { "kind": "INSPECTION_REPORT" }, "page": 2, "row": null },
                  "reference": "1", "isReferencePrinted": true, "text": "Take immediate action to mend the lamp (paragraph 33).",
                  "isImmediate": true, "urgency": "Take immediate action", "part": "LOCAL_AUTHORITY", "addressee": null, "page": 2 },
                { "importedFrom": { "document": { "kind": "INSPECTION_REPORT" }, "page": 2, "row": null },
                  "reference": "2", "isReferencePrinted": true, "text": "Do what was left: sweep the quay.",
                  "isImmediate": false, "urgency": null, "part": "LOCAL_AUTHORITY", "addressee": null, "page": 2 },
                { "importedFrom": { "document": { "kind": "INSPECTION_REPORT" }, "page": 3, "row": null },
                  "reference": "LSCB 1", "isReferencePrinted": true, "text": "WSCB should count its lamps.",
                  "isImmediate": false, "urgency": null, "part": "LSCB", "addressee": "WSCB", "page": 3 },
            ])
        );
        assert_eq!(sif["importedFrom"], json!({ "document": { "name": "report.pdf" }, "page": null }));
        let ilacs = of("ILACS");
        assert_eq!(ilacs["judgements"][0], json!({ "area": "LEADERS_IMPACT", "grade": "REQUIRES_IMPROVEMENT", "printedGrade": "Requires improvement to be good" }));
        assert_eq!(ilacs["recommendations"]["nodes"][0]["reference"], "(1)");
        assert_eq!(ilacs["recommendations"]["nodes"][0]["part"], Value::Null);
    })
    .await;
}

#[test]
fn what_cannot_be_loaded_is_refused_with_what_would_be_right() {
    let said = refused(&["import-report", PROGRAMME, "--dry-run"]);
    assert!(said.contains("this is no PDF file but a text file"), "{said}");
    let output = run(&["import-report", &report("ilacs")]);
    assert_eq!(output.status.code(), Some(2), "a load needs its programme");
    let folder = tempfile::tempdir().unwrap();
    let url = crate::support::sqlite(folder.path());
    printed(&["migrate", "--database-url", &url]);
    let said =
        refused(&["import-report", &report("ilacs"), "--programme", "nowhere", "--database-url", &url]);
    assert!(said.contains("there is no programme \"nowhere\""), "{said}");
}
