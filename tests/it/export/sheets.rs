//! CSV: what a parser gets out of it is what the lines of JSON say.

use serde_json::Value;

use super::{CSV, export, lines};
use crate::support::{Persona, on_both, reading_both};

const OFFICE: Persona = Persona::ProgrammeOffice;

/// The names of the columns, and the rows.
fn parsed(text: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let text = text.strip_prefix('\u{feff}').unwrap();
    let mut reader = csv::ReaderBuilder::new().from_reader(text.as_bytes());
    let row = |row: &csv::StringRecord| row.iter().map(str::to_owned).collect::<Vec<_>>();
    let head = row(reader.headers().unwrap());
    (head, reader.records().map(|record| row(&record.unwrap())).collect())
}

#[tokio::test]
async fn whatever_a_text_holds_comes_back_and_nothing_is_a_formula() {
    on_both(async |app| {
        let aims = [
            "Plain",
            "With \"quotes\", and a comma",
            "Two\nlines",
            "Two\r\nlines",
            "=1+1",
            "+44 20 7946 0000",
            "-5",
            "@home",
            "\u{2013} a dash that is none",
            "æøå; ½",
            "'quoted'",
            "a;b\tc",
        ];
        let mut to = app.write().await;
        let council = to.record.party("Northshire Council").clone();
        let plan = to.plan("Texts", "PUBLISHED", &council, |_| {}).await;
        for (number, aim) in aims.iter().enumerate() {
            to.action(&plan, &format!("{number}"), |of| of.aim = (*aim).to_owned()).await;
        }
        to.commit().await;
        let query = format!(
            r#"{{ node(id: "{}") {{ ... on Plan {{ actions {{ nodes {{ aim }} }} }} }} }}"#,
            crate::support::gid("pln", plan.id)
        );
        let answer = export(app, OFFICE, CSV, &query).await;
        assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8; header=present");
        assert!(answer.header("content-disposition").contains("actions 2018-12-10 OFFICIAL.csv"));
        let (head, rows) = parsed(&answer.text);
        assert_eq!(head, ["aim"]);
        let expected: Vec<String> =
            aims.iter()
                .map(|aim| {
                    if aim.starts_with(['=', '+', '-', '@']) { format!("'{aim}") } else { (*aim).to_owned() }
                })
                .collect();
        assert_eq!(rows.concat(), expected);
    })
    .await;
}

#[tokio::test]
async fn columns_are_the_paths_of_what_is_asked_for_and_lists_stand_in_one_cell() {
    reading_both(async |app| {
        let query = r#"{ programme(slug: "northshire") { actions { nodes {
            reference status: status isOverdue dueOn
            plan { title owner { name } }
            ...Led
            requirements(first: 5) { totalCount edges { qualifier node { reference source { title } } } }
            evidence(first: 2) { nodes { title } }
            no: aim @skip(if: true)
            viewerCan
        } } } } fragment Led on Action { leads { __typename ... on Person { post } ... on Group { name } ... on Organisation { name } } }"#;
        for who in [OFFICE, Persona::Police] {
            let (head, rows) = parsed(&export(app, who, CSV, query).await.text);
            assert_eq!(
                head,
                [
                    "reference", "status", "isOverdue", "dueOn", "plan.title", "plan.owner.name", "leads.__typename",
                    "leads.post", "leads.name", "requirements.totalCount", "requirements.edges.qualifier",
                    "requirements.edges.node.reference", "requirements.edges.node.source.title", "evidence.nodes.title",
                    "viewerCan",
                ]
            );
            let lines = lines(app, who, query).await;
            assert_eq!(rows.len(), lines.len());
            for (row, line) in rows.iter().zip(&lines) {
                for (column, cell) in head.iter().zip(row) {
                    let path: Vec<&str> = column.split('.').collect();
                    let text = flat(line, &path);
                    let guarded = if text.starts_with(['=', '+', '-', '@']) { format!("'{text}") } else { text };
                    assert_eq!(*cell, guarded, "{column}");
                }
            }
            assert!(rows.iter().flatten().any(|cell| cell.contains('\n')), "no list has several items");
        }
    })
    .await;
}

/// What stands at a path, as one text.
fn flat(value: &Value, path: &[&str]) -> String {
    match (value, path) {
        (Value::Array(items), path) => {
            items.iter().map(|item| flat(item, path)).collect::<Vec<_>>().join("\n")
        }
        (Value::Null, _) => String::new(),
        (value, [first, rest @ ..]) => flat(value.get(first).unwrap_or(&Value::Null), rest),
        (Value::String(text), []) => text.clone(),
        (other, []) => other.to_string(),
    }
}

#[tokio::test]
async fn an_empty_list_is_a_head_and_a_list_within_a_list_has_no_room() {
    reading_both(async |app| {
        let empty = r#"{ programme(slug: "northshire") { actions(filter: { or: [] }) { nodes { reference aim } } } }"#;
        assert_eq!(export(app, OFFICE, CSV, empty).await.text, "\u{feff}reference,aim\r\n");
        assert_eq!(lines(app, OFFICE, empty).await, [] as [Value; 0]);
        let deep = r#"{ programme(slug: "northshire") { actions { nodes { requirements { nodes { actions { nodes { id } } } } } } } }"#;
        let answer = export(app, OFFICE, CSV, deep).await;
        assert_eq!((answer.status, answer.code().as_str()), (400, "BAD_USER_INPUT"));
        assert!(answer.text.contains("requirements.nodes.actions.nodes"), "{}", answer.text);
        assert!(!lines(app, OFFICE, deep).await.is_empty());
    })
    .await;
}
