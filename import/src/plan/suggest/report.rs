//! The suggestions for people: what is alike, and the lines that make a link of it.

use std::fmt::Write;

use super::{Demand, Suggestion, excerpt};
use crate::plan::model::Understanding;

/// Writes the suggestions, each with the lines to put into the answers file. Nothing is linked by it.
pub fn report_suggestions(
    understanding: &Understanding,
    suggestions: &[Suggestion],
    demands: &[Demand],
) -> String {
    let mut out = String::from("\nLinks suggested\n");
    if suggestions.is_empty() {
        out.push_str("  None: no row quotes a requirement that it is not linked to.\n");
        return out;
    }
    out.push_str(
        "  These rows seem to quote requirements that they are not linked to. No link is made: where one is right, put its lines\n  \
         into the answers file. 1.00 is word by word, about 0.50 a paraphrase or a part.\n",
    );
    for suggestion in suggestions {
        // Writing to a string cannot fail.
        let _ = write(&mut out, understanding, suggestion, demands);
    }
    out
}

fn write(
    out: &mut String,
    understanding: &Understanding,
    suggestion: &Suggestion,
    demands: &[Demand],
) -> std::fmt::Result {
    let place = format!("{}/{}", suggestion.place.table, suggestion.place.row);
    let reference = suggestion.reference.as_deref();
    let cell = serde_json::to_value(suggestion.cell).unwrap_or_default();
    let (row, cell) = (reference.unwrap_or("(no number)"), cell.as_str().unwrap_or_default().to_owned());
    writeln!(out, "\n  {row}  {:.2}  {cell}: \"{}\"", suggestion.score, suggestion.words)?;
    let text = demands.iter().find(|demand| demand.id == suggestion.requirement).map(|demand| &demand.text);
    let number = suggestion.requirement_reference.as_deref().unwrap_or("(no number)");
    writeln!(out, "    is like {number}: \"{}\"", excerpt(text.map_or("", String::as_str)))?;
    writeln!(out, "    [[link]]")?;
    if let Some(reference) = reference {
        writeln!(out, "    row = {}", toml::Value::from(reference))?;
    }
    let has_number = |row: &&crate::plan::model::Row| row.reference.as_deref() == reference;
    if reference.is_none() || understanding.rows.iter().filter(has_number).count() > 1 {
        writeln!(out, "    place = \"{place}\"")?;
    }
    writeln!(out, "    requirement = \"{}\"", suggestion.requirement)
}
