//! The report of an inspection as it was understood, and whether it fits the programme: one statement for any number of documents.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::document::DocumentKind;
use domain::personal;
use import::inspection::{Judgement, Recommendation, Recorded, Report, authority_key};
use sea_orm::DbErr;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{aside, read_of};
use crate::store::plan::Cell;
use crate::store::read::ReadCx;
use crate::store::table::Table;
use crate::store::visibility::visible;

/// What was understood of each report; null for what is none.
pub async fn reports(read: &ReadCx, rows: &[Vec<Cell>]) -> Result<Vec<Value>, DbErr> {
    let uploads: Vec<Uuid> =
        rows.iter().map(|row| row.first().and_then(Cell::uuid).unwrap_or_default()).collect();
    let mut there = there(read, &uploads).await?;
    let documents = read_of(rows, DocumentKind::InspectionReport);
    let documents: Vec<_> = uploads
        .iter()
        .zip(documents)
        .map(|(upload, document)| (document, there.remove(upload).unwrap_or_default()))
        .collect();
    read.let_go().await;
    aside(move || {
        let of = |(document, there): &(Option<String>, There)| match document {
            Some(document) => {
                let report: Report = serde_json::from_str(document)
                    .map_err(|fault| format!("a stored report cannot be read: {fault}"))?;
                Ok(report_json(&report, there))
            }
            None => Ok(Value::Null),
        };
        documents.iter().map(of).collect()
    })
    .await
}

/// What a programme has that a report has to fit.
#[derive(Debug, Default)]
struct There {
    /// What its authority is called.
    authority: String,
    sources: Vec<Source>,
}

/// A source that the viewer sees.
#[derive(Debug)]
struct Source {
    title: String,
    /// Of an inspection.
    framework: Option<String>,
    started_on: Option<NaiveDate>,
    ended_on: Option<NaiveDate>,
    issued_on: Option<NaiveDate>,
    published_on: Option<NaiveDate>,
}

impl Source {
    fn recorded(&self) -> Recorded<'_> {
        Recorded {
            title: &self.title,
            framework: self.framework.as_deref(),
            started_on: self.started_on,
            ended_on: self.ended_on,
            issued_on: self.issued_on,
            published_on: self.published_on,
        }
    }
}

async fn there(read: &ReadCx, uploads: &[Uuid]) -> Result<HashMap<Uuid, There>, DbErr> {
    let mut sql = read.sql();
    sql.push(
        "SELECT u.id, p.name, t.title, t.framework, t.started_on, t.ended_on, t.issued_on, t.published_on ",
    );
    sql.push(
        "FROM upload u JOIN programme g ON g.id = u.programme_id JOIN party p ON p.id = g.authority_id ",
    );
    sql.push("LEFT JOIN source t ON t.programme_id = g.id AND ");
    visible(&mut sql, Table::Source, "t", &read.cx.viewer);
    sql.push(" WHERE ").is_one_of("u", "id", uploads);
    let mut there: HashMap<Uuid, There> = HashMap::new();
    for row in read.query("source", sql.statement()).await? {
        let of = there.entry(row.try_get_by_index(0)?).or_default();
        of.authority = row.try_get_by_index::<Option<String>>(1)?.unwrap_or_default();
        let Some(title) = row.try_get_by_index(2)? else { continue };
        of.sources.push(Source {
            title,
            framework: row.try_get_by_index(3)?,
            started_on: row.try_get_by_index(4)?,
            ended_on: row.try_get_by_index(5)?,
            issued_on: row.try_get_by_index(6)?,
            published_on: row.try_get_by_index(7)?,
        });
    }
    Ok(there)
}

fn report_json(report: &Report, there: &There) -> Value {
    json!({
        "authority": shown(&report.authority),
        "framework": report.framework,
        "startedOn": report.inspection_started,
        "endedOn": report.inspection_ended,
        "datesPrinted": report.inspection_dates_printed.as_deref().map(shown),
        "publishedOn": report.published,
        "pages": report.pages,
        "judgements": report.judgements.iter().map(judgement_json).collect::<Vec<_>>(),
        "recommendations": report.recommendations.iter().map(recommendation_json).collect::<Vec<_>>(),
        "notes": report.notes.iter().map(|note| shown(note)).collect::<Vec<_>>(),
        "problems": problems(report, there),
    })
}

fn judgement_json(of: &Judgement) -> Value {
    json!({
        "area": of.area,
        "grade": of.grade,
        "printedArea": shown(&of.printed_area),
        "printedGrade": shown(&of.printed_grade),
    })
}

fn recommendation_json(of: &Recommendation) -> Value {
    json!({
        "number": of.n,
        "order": of.order,
        "text": shown(&of.text),
        "subItems": of.sub_items.iter().map(|item| shown(item)).collect::<Vec<_>>(),
        "page": of.page,
        "spansPages": of.spans_pages,
        "isImmediate": of.immediate,
        "urgencyPrinted": of.urgency_printed.as_deref().map(shown),
        "part": of.part,
        "addressee": of.addressee.as_deref().map(shown),
        "section": of.section.as_deref().map(shown),
        "sectionParent": of.section_parent.as_deref().map(shown),
        "topic": of.topic.as_deref().map(shown),
        "paragraphs": of.paragraph_refs,
    })
}

/// A text of the report, unless it holds a number that identifies a person.
fn shown(text: &str) -> String {
    personal::find(text)
        .map_or_else(|| text.to_owned(), |kind| format!("(not shown: it holds {})", kind.name()))
}

/// What stands in the way of the import. `command::load_report` refuses for the same.
fn problems(report: &Report, there: &There) -> Vec<Value> {
    let mut problems = Vec::new();
    let mut problem =
        |code: &str, message: String| problems.push(json!({ "code": code, "message": message }));
    let missing = report.missing();
    if !missing.is_empty() {
        let message = format!(
            "It cannot be imported, because these could not be read: {}. Record the inspection through the API.",
            missing.join(", ")
        );
        problem("INCOMPLETE", message);
    }
    if report.has_no_section() {
        let message =
            "No list of recommendations was found. If the report really has none, say so as you import it.";
        problem("NO_RECOMMENDATIONS", message.to_owned());
    }
    if authority_key(&there.authority) != report.authority_key {
        let message = format!(
            "It is about {}, and this is the programme of {}. If that is one authority under two names, say so as you import it.",
            shown(&report.authority),
            there.authority
        );
        problem("OTHER_AUTHORITY", message);
    }
    if let Some(same) = there.sources.iter().find(|source| report.is_about(&source.recorded())) {
        let message =
            format!("The programme has this inspection already, as \"{}\": correct that one.", same.title);
        problem("ALREADY_THERE", message);
    }
    if let Some((page, kind)) = report.personal() {
        let message = format!(
            "Page {page} seems to hold {}. Nobody may be identifiable in a programme: record the inspection through the API without it.",
            kind.name()
        );
        problem("PERSONAL_DATA_SUSPECTED", message);
    }
    problems
}
