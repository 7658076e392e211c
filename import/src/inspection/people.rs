//! A report as a dry run shows it to people.

use super::model::{Part, Report};
use crate::personal::shown;

/// What was read, for people.
pub fn for_people(report: &Report) -> String {
    let mut out = String::new();
    let mut line = |text: String| {
        out.push_str(&shown(text));
        out.push('\n');
    };
    line(format!("{} ({})", report.authority, report.framework));
    let day =
        |day: Option<chrono::NaiveDate>| day.map_or_else(|| "not printed".to_owned(), |day| day.to_string());
    line(format!(
        "  inspected {} to {} (printed: {})",
        day(report.inspection_started),
        day(report.inspection_ended),
        report.inspection_dates_printed.as_deref().unwrap_or("nothing")
    ));
    line(format!("  published {}", day(report.published)));
    line(String::new());
    line(format!("Judgements ({})", report.judgements.len()));
    for judgement in &report.judgements {
        line(format!(
            "  {:<34}{:<22}{}",
            judgement.area.to_string(),
            judgement.grade.to_string(),
            judgement.printed_area
        ));
    }
    line(String::new());
    line(format!("Recommendations ({})", report.recommendations.len()));
    for item in &report.recommendations {
        let number = item.n.map_or_else(|| format!("({})", item.order), |n| format!("{n}."));
        let mut about = vec![format!("page {}", item.page)];
        if item.part == Part::Lscb {
            about.push("safeguarding board".to_owned());
        }
        about.extend(item.urgency_printed.as_ref().map(|words| format!("urgent: {words}")));
        about.extend(item.addressee.as_ref().map(|body| format!("for: {body}")));
        about.extend(item.topic.as_ref().map(|topic| format!("topic: {topic}")));
        line(format!("  {number} {} [{}]", item.text, about.join("; ")));
    }
    if !report.notes.is_empty() {
        line(String::new());
        line("Notes".to_owned());
        for note in &report.notes {
            line(format!("  {note}"));
        }
    }
    out
}
