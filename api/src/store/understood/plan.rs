//! A plan as it was understood, with the answers and links that come with the question: one statement for the requirements that
//! its rows could mean, and none for all else.

use std::collections::HashMap;

use domain::document::DocumentKind;
use import::plan::{
    Answers, Demand, Document, GivenAnswer, GivenLink, Place, Question, Row, Suggestion, Understanding,
    Wrong, apply_given, given, suggest, understand,
};
use sea_orm::DbErr;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{aside, read_of};
use crate::store::computed::Asked;
use crate::store::ids;
use crate::store::model::expression;
use crate::store::page::Page;
use crate::store::plan::Cell;
use crate::store::read::ReadCx;
use crate::store::table::Table;
use crate::store::visibility::visible;

/// The lists that come page by page.
const LISTS: [&str; 4] = ["rows", "questions", "ignored", "suggestions"];

/// Looks at the cursors.
pub fn check_plan(asked: &Asked) -> Result<(), String> {
    let mark = mark(asked);
    LISTS.iter().flat_map(|list| asked.each(list)).try_for_each(|of| page(of, &mark).map(drop))
}

/// What was understood of each plan; null for what is none.
pub async fn plans(read: &ReadCx, asked: &Asked, rows: &[Vec<Cell>]) -> Result<Vec<Value>, DbErr> {
    let uploads: Vec<Uuid> =
        rows.iter().map(|row| row.first().and_then(Cell::uuid).unwrap_or_default()).collect();
    let mut demands = match asked.each("suggestions").next() {
        Some(_) => demands(read, &uploads).await?,
        None => HashMap::new(),
    };
    let asked = asked.clone();
    let given = answers(&asked).map_err(DbErr::Custom)?;
    let documents = read_of(rows, DocumentKind::Plan);
    let documents: Vec<_> = uploads
        .iter()
        .zip(documents)
        .map(|(upload, document)| (document, demands.remove(upload).unwrap_or_default()))
        .collect();
    read.let_go().await;
    aside(move || {
        let of = |(document, demands): &(Option<String>, Vec<Demand>)| match document {
            Some(document) => Understood::new(document, &given, demands)?.json(&asked),
            None => Ok(Value::Null),
        };
        documents.iter().map(of).collect()
    })
    .await
}

/// The requirements of the programme of each upload, as far as the viewer may see them.
async fn demands(read: &ReadCx, uploads: &[Uuid]) -> Result<HashMap<Uuid, Vec<Demand>>, DbErr> {
    let mut sql = read.sql();
    sql.push("SELECT u.id, t.id, t.kind, t.reference, t.is_reference_printed, t.text FROM upload u ");
    sql.push(
        "JOIN requirement t ON t.programme_id = u.programme_id JOIN source s ON s.id = t.source_id WHERE ",
    );
    sql.is_one_of("u", "id", uploads);
    // What a direction asked that was lifted, or replaced by another, nobody answers any more.
    sql.push(" AND (s.kind <> 'DIRECTION' OR (");
    expression::direction_status(&mut sql, "s", &read.cx);
    sql.push(") = 'IN_FORCE') AND ");
    visible(&mut sql, Table::Requirement, "t", &read.cx.viewer);
    sql.push(" ORDER BY t.source_id, t.position, t.id");
    let mut demands: HashMap<Uuid, Vec<Demand>> = HashMap::new();
    for row in read.query("requirement", sql.statement()).await? {
        let kind: String = row.try_get_by_index(2)?;
        let prefix = if kind == "DIRECTION_TERM" { "trm" } else { "rec" };
        let reference: String = row.try_get_by_index(3)?;
        let demand = Demand {
            id: ids::encode(prefix, row.try_get_by_index(1)?),
            reference: Some(reference).filter(|_| row.try_get_by_index(4).unwrap_or(false)),
            text: row.try_get_by_index(5)?,
        };
        demands.entry(row.try_get_by_index(0)?).or_default().push(demand);
    }
    Ok(demands)
}

/// The answers and links that come with the question, or what cannot be read of them.
fn answers(asked: &Asked) -> Result<Result<Answers, Vec<Wrong>>, String> {
    let list = |name: &str| match asked.arguments.get(name) {
        None | Some(Value::Null) => Value::Array(Vec::new()),
        Some(list) => list.clone(),
    };
    // The schema has checked both.
    let fault = |fault: serde_json::Error| format!("answers cannot be read: {fault}");
    let answers: Vec<GivenAnswer> = serde_json::from_value(list("answers")).map_err(fault)?;
    let links: Vec<GivenLink> = serde_json::from_value(list("links")).map_err(fault)?;
    Ok(given(answers, links))
}

/// What tells one list from those that other answers make of the same document.
fn mark(asked: &Asked) -> String {
    let digest = Sha256::digest(Value::Object(asked.arguments.clone()).to_string());
    digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

fn page(of: &Asked, mark: &str) -> Result<Page<usize>, String> {
    let which = of.arguments.get("hasQuestions").and_then(Value::as_bool);
    Page::read(
        of,
        format!("{}{}@{mark}", of.name, which.map(|which| format!(" {which}")).unwrap_or_default()),
    )
}

/// A plan, understood.
struct Understood<'a> {
    understanding: Understanding,
    wrong: Vec<Wrong>,
    suggestions: Vec<Suggestion>,
    demands: &'a [Demand],
}

impl<'a> Understood<'a> {
    fn new(
        document: &str,
        given: &Result<Answers, Vec<Wrong>>,
        demands: &'a [Demand],
    ) -> Result<Self, String> {
        let document: Document = serde_json::from_str(document)
            .map_err(|fault| format!("a stored document cannot be read: {fault}"))?;
        let read = understand(&document);
        let applied = given.as_ref().map_err(Clone::clone).and_then(|answers| apply_given(&read, answers));
        let (understanding, wrong) = match applied {
            Ok(applied) => (applied, Vec::new()),
            Err(wrong) => (read, wrong),
        };
        let suggestions = if demands.is_empty() { Vec::new() } else { suggest(&understanding, demands) };
        Ok(Self { understanding, wrong, suggestions, demands })
    }

    fn json(&self, asked: &Asked) -> Result<Value, String> {
        let Self { understanding, wrong, .. } = self;
        let open = understanding.open_questions();
        let mut value = json!({
            "gaps": understanding.gaps.iter().map(|gap| &gap.reference).collect::<Vec<_>>(),
            "openQuestions": open,
            "isReady": open == 0 && wrong.is_empty(),
            "answerErrors": wrong.iter().map(wrong_json).collect::<Vec<_>>(),
        });
        let mark = mark(asked);
        for list in LISTS {
            for of in asked.each(list) {
                let page = page(of, &mark)?;
                let which = of.arguments.get("hasQuestions").and_then(Value::as_bool);
                value[&of.member] = match list {
                    "rows" => {
                        let is_asked_for = |(_, row): &(usize, &Row)| {
                            which.is_none_or(|which| which != row.questions.is_empty())
                        };
                        let rows: Vec<_> =
                            understanding.rows.iter().enumerate().filter(is_asked_for).collect();
                        page.of(&rows, |(at, _)| *at, |(_, row)| row_json(row))
                    }
                    "questions" => page_of(&page, &understanding.questions, question_json),
                    "ignored" => page_of(
                        &page,
                        &understanding.ignored,
                        |passage| json!({ "text": passage.text, "why": passage.why }),
                    ),
                    _ => page_of(&page, &self.suggestions, |of| self.suggestion_json(of)),
                };
            }
        }
        Ok(value)
    }

    fn suggestion_json(&self, of: &Suggestion) -> Value {
        let demand = self.demands.iter().find(|demand| demand.id == of.requirement);
        json!({
            "place": place_json(&of.place),
            "reference": of.reference,
            "requirementId": of.requirement,
            "requirementReference": of.requirement_reference,
            "requirementText": demand.map(|demand| &demand.text),
            "score": of.score,
            "cell": of.cell.as_str(),
            "words": of.words,
        })
    }
}

fn page_of<T>(page: &Page<usize>, all: &[T], json: impl Fn(&T) -> Value) -> Value {
    let items: Vec<(usize, &T)> = all.iter().enumerate().collect();
    page.of(&items, |(at, _)| *at, |(_, item)| json(item))
}

fn wrong_json(wrong: &Wrong) -> Value {
    json!({ "field": wrong.field.split('.').collect::<Vec<_>>(), "message": format!("{}.", wrong.why) })
}

fn row_json(row: &Row) -> Value {
    let leads = row.leads.iter().map(|lead| json!({ "printed": lead.printed, "kind": lead.kind }));
    let requirements = row.requirements.iter().map(|link| {
        let printed = Some(&link.reference).filter(|reference| !reference.is_empty());
        json!({ "reference": printed, "qualifier": link.qualifier, "requirementId": link.id })
    });
    let updates = row.updates.iter().map(|update| json!({ "on": update.on, "text": update.text }));
    let originals =
        row.originals.iter().map(|original| json!({ "cell": original.cell.as_str(), "text": original.text }));
    json!({
        "reference": row.reference,
        "themes": row.themes,
        "aim": row.aim,
        "steps": row.steps,
        "leads": leads.collect::<Vec<_>>(),
        "requirements": requirements.collect::<Vec<_>>(),
        "unspecifiedDirection": row.unspecified_direction,
        "timeframeAsPrinted": row.timeframe_as_printed,
        "startOn": row.start_on,
        "dueOn": row.due_on,
        "duePrecision": row.due_precision,
        "status": row.status,
        "health": row.health,
        "updates": updates.collect::<Vec<_>>(),
        "paragraphs": row.paragraphs,
        "measures": row.measures,
        "place": place_json(&row.place),
        "questions": row.questions.iter().map(question_json).collect::<Vec<_>>(),
        "originals": originals.collect::<Vec<_>>(),
    })
}

fn place_json(place: &Place) -> Value {
    json!({
        "name": place.name(),
        "page": place.page,
        "sheet": place.sheet,
        "table": place.table,
        "row": place.row,
    })
}

fn question_json(question: &Question) -> Value {
    json!({
        "code": question.code.as_str(),
        "cell": question.cell.as_str(),
        "text": question.text,
        "gap": question.gap,
    })
}
