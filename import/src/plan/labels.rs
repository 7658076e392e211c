//! Labels inside cells: "Lead: Head of Rotas" among the actions, "By when: ongoing" in the column of that name.

use std::sync::LazyLock;

use regex::Regex;

use super::headings::{self, Column};
use super::text::pattern;
use super::texts::Texts;

const LABELS: &str = r"by when|when|timescales?|time ?frames?|deadline|target date|due(?: date)?|completion date|start date|leads?(?: officer)?|action lead|owner|who|by whom|responsible(?: officer| person)?|actions?|steps?|aim|outcome|objective|progress(?: update)?|update|b?rag(?: rating)?|status|success (?:measures?|criteria)|measures?(?: of success)?|impact|(?:ofsted )?recommendations?";

static LABEL: LazyLock<Regex> =
    LazyLock::new(|| pattern(&format!(r"(?i)^\s*(?:[•·▪–-]\s*)?({LABELS})\s*:\s*(.*)$")));
static INSIDE: LazyLock<Regex> = LazyLock::new(|| pattern(&format!(r"(?i)[;,.|]\s*((?:{LABELS})\s*:\s)")));

/// The columns in whose cells labels are looked for. Progress is told in any words, "Update:" among them.
const LOOKED_THROUGH: [Column; 7] = [
    Column::Aim,
    Column::Action,
    Column::Lead,
    Column::Start,
    Column::Timeframe,
    Column::Rating,
    Column::Done,
];

/// Takes labels off, and what they stand before to where it belongs.
pub(crate) fn apply(texts: &mut Texts) {
    for own in LOOKED_THROUGH {
        let text = texts.get(own);
        if !text.contains(':') {
            continue;
        }
        let text = INSIDE.replace_all(text, "\n$1").into_owned();
        if !text.lines().any(|line| LABEL.is_match(line)) {
            continue;
        }
        let mut kept = String::new();
        let mut moved: Vec<(Column, String)> = Vec::new();
        let mut to = own;
        for line in text.lines() {
            let mut rest = line.to_owned();
            if let Some(found) = LABEL.captures(line) {
                to = match headings::recognise(&found[1]) {
                    column if column.is_used() || column == Column::Measure => column,
                    _ => own,
                };
                // "Recommendation: 3" is read by its word.
                if to != Column::Requirement {
                    rest = found[2].to_owned();
                }
            }
            if rest.trim().is_empty() {
                continue;
            }
            if to == own {
                add(&mut kept, &rest);
            } else {
                match moved.last_mut().filter(|(column, _)| *column == to) {
                    Some((_, text)) => add(text, &rest),
                    None => moved.push((to, rest)),
                }
            }
        }
        texts.set(own, kept);
        for (column, text) in moved {
            let mut known = texts.get(column).to_owned();
            add(&mut known, &text);
            texts.set(column, known);
        }
    }
}

fn add(text: &mut String, line: &str) {
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str(line);
}
