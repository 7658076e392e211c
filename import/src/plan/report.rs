//! The dry run for people: per row and cell the text, what was understood, and the questions that remain.

use std::fmt::Write;

use super::model::{Measure, Row, Understanding};
use super::question::{Cell, Question};

/// Writes the report.
pub fn report(understanding: &Understanding) -> String {
    let mut out = String::new();
    let open = understanding.open_questions();
    let asked = understanding.rows.iter().filter(|row| !row.questions.is_empty()).count();
    line(
        &mut out,
        0,
        &format!(
            "{} rows understood, {open} questions open ({asked} rows have some).",
            understanding.rows.len()
        ),
    );
    let gaps: Vec<&str> = understanding.gaps.iter().map(|gap| gap.reference.as_str()).collect();
    line(
        &mut out,
        0,
        &format!(
            "Gaps in the numbering: {}.",
            if gaps.is_empty() { "none".to_owned() } else { gaps.join(", ") }
        ),
    );
    if !understanding.questions.is_empty() {
        line(&mut out, 0, "\nThe file");
        understanding.questions.iter().for_each(|question| ask(&mut out, question));
    }
    understanding.rows.iter().for_each(|row| write_row(&mut out, row));
    if !understanding.ignored.is_empty() {
        line(&mut out, 0, "\nRead and not used");
        for ignored in &understanding.ignored {
            line(&mut out, 1, &format!("\"{}\": {}", ignored.text, ignored.why));
        }
    }
    out
}

/// Writes the questions that are still open, one a line, each with its row.
pub fn open_questions(understanding: &Understanding) -> String {
    let mut out = String::new();
    understanding.questions.iter().for_each(|question| ask(&mut out, question));
    for row in &understanding.rows {
        for question in &row.questions {
            let reference = row.reference.as_deref().unwrap_or("(no number)");
            line(&mut out, 1, &format!("{reference} ? {}: {}", question.code.as_str(), question.text));
        }
    }
    out
}

fn line(out: &mut String, depth: usize, text: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{}{text}", "  ".repeat(depth));
}

fn ask(out: &mut String, question: &Question) {
    line(out, 2, &format!("? {}: {}", question.code.as_str(), question.text));
}

fn write_row(out: &mut String, row: &Row) {
    let place = &row.place;
    let page = place.page.map(|page| format!("page {page}, ")).unwrap_or_default();
    let sheet = place.sheet.as_ref().map(|sheet| format!("sheet \"{sheet}\", ")).unwrap_or_default();
    let reference = row.reference.as_deref().unwrap_or("(no number)");
    line(out, 0, &format!("\n{reference}  ({page}{sheet}table {}, row {})", place.table, place.row));
    for (cell, name, understood) in cells(row) {
        let texts: Vec<&str> = row
            .originals
            .iter()
            .filter(|original| original.cell == cell)
            .map(|original| original.text.as_str())
            .collect();
        let questions: Vec<&Question> =
            row.questions.iter().filter(|question| question.cell == cell).collect();
        if texts.is_empty() && understood.is_empty() && questions.is_empty() {
            continue;
        }
        line(out, 1, name);
        for text in texts {
            for (nth, part) in text.lines().enumerate() {
                line(out, 2, &format!("{} {part}", if nth == 0 { "text:" } else { "     " }));
            }
        }
        if understood.is_empty() && cell != Cell::Row {
            line(out, 2, "read: (nothing)");
        }
        for (nth, value) in understood.iter().enumerate() {
            line(out, 2, &format!("{} {value}", if nth == 0 { "read:" } else { "     " }));
        }
        questions.into_iter().for_each(|question| ask(out, question));
    }
}

/// Every cell in the order of the page, with what was understood of it.
fn cells(row: &Row) -> [(Cell, &'static str, Vec<String>); 12] {
    let text = |value: &Option<String>| value.iter().cloned().collect::<Vec<_>>();
    let code = |value: Option<serde_json::Value>| -> Vec<String> {
        value.as_ref().and_then(|value| value.as_str()).map(str::to_owned).into_iter().collect()
    };
    let mut requirements: Vec<String> = row
        .requirements
        .iter()
        .map(|link| {
            let name = link.id.as_ref().unwrap_or(&link.reference);
            match &link.qualifier {
                Some(qualifier) => format!("{name} ({qualifier})"),
                None => name.clone(),
            }
        })
        .collect();
    if row.unspecified_direction {
        requirements.push("the direction, no clause named".to_owned());
    }
    if !row.paragraphs.is_empty() {
        requirements.push(format!("paragraphs {} of a report, not linked", row.paragraphs.join(", ")));
    }
    let mut timeframe: Vec<String> = Vec::new();
    timeframe.extend(row.start_on.map(|start| format!("starts on {start}")));
    timeframe.extend(row.due_on.map(|due| {
        let precision =
            code(row.due_precision.and_then(|precision| serde_json::to_value(precision).ok())).concat();
        format!("due on {due} ({precision})")
    }));
    let leads = row
        .leads
        .iter()
        .map(|lead| format!("{} ({})", lead.printed, format!("{:?}", lead.kind).to_lowercase()))
        .collect();
    let updates = row.updates.iter().map(|update| match update.on {
        Some(on) => format!("{on}: {}", update.text),
        None => format!("(no date): {}", update.text),
    });
    [
        (Cell::Row, "row", Vec::new()),
        (
            Cell::Themes,
            "themes",
            if row.themes.is_empty() { Vec::new() } else { vec![row.themes.join(" > ")] },
        ),
        (Cell::Reference, "reference", text(&row.reference)),
        (Cell::Requirements, "requirements", requirements),
        (Cell::Aim, "aim", text(&row.aim)),
        (Cell::Steps, "steps", row.steps.iter().map(|step| format!("- {step}")).collect()),
        (Cell::Leads, "leads", leads),
        (Cell::Timeframe, "timeframe", timeframe),
        (Cell::Status, "status", code(row.status.and_then(|status| serde_json::to_value(status).ok()))),
        (Cell::Health, "health", code(row.health.and_then(|health| serde_json::to_value(health).ok()))),
        (Cell::Updates, "updates", updates.collect()),
        (Cell::Measures, "measures", row.measures.iter().map(measure).collect()),
    ]
}

fn measure(measure: &Measure) -> String {
    match (measure.target, measure.unit.as_deref()) {
        (Some(target), Some("%")) => format!("{} (target {target}%)", measure.text),
        (Some(target), unit) => format!("{} (target {target} {})", measure.text, unit.unwrap_or_default()),
        (None, _) => measure.text.clone(),
    }
}
