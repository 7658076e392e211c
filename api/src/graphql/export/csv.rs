//! Lines as CSV (RFC 4180), for people with a spreadsheet: a column for each value that is asked for.

use apollo_compiler::executable::{Field, Selection, SelectionSet};
use csv::{Terminator, WriterBuilder};
use serde_json::Value;

use super::super::argument::is_included;
use super::super::error::Error;
use super::super::plan::Planner;

/// Tells a spreadsheet that the text is UTF-8.
const UTF8: &str = "\u{feff}";

/// A column: the keys that lead to its value.
pub(super) type Column = Vec<String>;

/// The columns of what is asked of the items of a list, in its order.
pub(super) fn columns(planner: &Planner<'_>, list: &[&SelectionSet]) -> Result<Vec<Column>, Error> {
    let mut columns = Columns { planner, path: Vec::new(), found: Vec::new() };
    let mut parts = Vec::new();
    list.iter().for_each(|set| columns.collect(set, &mut parts));
    // Nodes or edges, and nothing else.
    for (_, items) in parts {
        let sets: Vec<&SelectionSet> = items.iter().map(|field| &field.selection_set).collect();
        columns.of(&sets, false)?;
    }
    Ok(columns.found)
}

struct Columns<'p, 'a> {
    planner: &'p Planner<'a>,
    path: Column,
    found: Vec<Column>,
}

impl Columns<'_, '_> {
    fn of(&mut self, sets: &[&SelectionSet], is_in_list: bool) -> Result<(), Error> {
        let mut fields: Vec<(&str, Vec<&Field>)> = Vec::new();
        sets.iter().for_each(|set| self.collect(set, &mut fields));
        for (key, fields) in fields {
            let Some(field) = fields.first() else { continue };
            self.path.push(key.to_owned());
            let sets: Vec<&SelectionSet> = fields.iter().map(|field| &field.selection_set).collect();
            let is_value = field.selection_set.is_empty();
            let is_list = field.ty().is_list();
            if is_list && is_in_list {
                let place = self.path.join(".");
                return Err(Error::input(format!(
                    "{place}: CSV has room for a list in a row, and for none in that list. Ask for less, or for application/jsonl."
                )));
            }
            if is_value {
                self.found.push(self.path.clone());
            } else {
                self.of(&sets, is_in_list || is_list)?;
            }
            self.path.pop();
        }
        Ok(())
    }

    /// The fields under each key, whatever type of thing they are asked of.
    fn collect<'s>(&self, set: &'s SelectionSet, fields: &mut Vec<(&'s str, Vec<&'s Field>)>)
    where
        Self: 's,
    {
        for selection in &set.selections {
            if !is_included(selection.directives(), self.planner.variables) {
                continue;
            }
            match selection {
                Selection::Field(field) => {
                    let key = field.response_key().as_str();
                    match fields.iter_mut().find(|(of, _)| *of == key) {
                        Some((_, fields)) => fields.push(field),
                        None => fields.push((key, vec![field])),
                    }
                }
                Selection::InlineFragment(fragment) => self.collect(&fragment.selection_set, fields),
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = spread.fragment_def(self.planner.document) {
                        self.collect(&fragment.selection_set, fields);
                    }
                }
            }
        }
    }
}

/// The line with the names of the columns.
pub(super) fn head(columns: &[Column]) -> String {
    format!("{UTF8}{}", line(columns.iter().map(|path| path.join("."))))
}

/// The line of an item.
pub(super) fn row(columns: &[Column], item: &Value) -> String {
    line(columns.iter().map(|path| cell(item, path)))
}

fn line(cells: impl Iterator<Item = String>) -> String {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    // Writing to memory does not fail, and the text is UTF-8.
    let _ = writer.write_record(cells);
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

fn cell(value: &Value, path: &[String]) -> String {
    let mut text = text(value, path);
    // A spreadsheet would take it for a formula, and run it.
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        text.insert(0, '\'');
    }
    text
}

/// A value as text; of a list each item on a line of its own.
fn text(value: &Value, path: &[String]) -> String {
    match (value, path) {
        (Value::Array(items), _) => items.iter().map(|item| text(item, path)).collect::<Vec<_>>().join("\n"),
        (Value::Object(members), [key, rest @ ..]) => {
            members.get(key).map_or_else(String::new, |value| text(value, rest))
        }
        (Value::Null, _) => String::new(),
        (Value::String(text), _) => text.clone(),
        (other, _) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn column(path: &str) -> Column {
        path.split('.').map(str::to_owned).collect()
    }

    #[test]
    fn a_row_has_a_cell_for_each_column_whatever_the_item_lacks() {
        let columns = ["aim", "leads.name", "leads.post", "plan.title", "done"].map(column);
        let item = json!({
            "aim": "Say \"no\",\nthen go", "leads": [{ "name": "A" }, { "post": "Head" }], "plan": null, "done": true
        });
        assert_eq!(row(&columns, &item), "\"Say \"\"no\"\",\nthen go\",\"A\n\",\"\nHead\",,true\r\n");
        assert_eq!(head(&columns), "\u{feff}aim,leads.name,leads.post,plan.title,done\r\n");
    }

    #[test]
    fn no_cell_begins_as_a_formula_does() {
        for begins in ["=1+1", "+1", "-1", "@sum", "\tx", "\rx"] {
            let written = cell(&json!({ "a": begins }), &column("a"));
            assert_eq!(written, format!("'{begins}"));
        }
        assert_eq!(cell(&json!({ "a": "1.1 = one" }), &column("a")), "1.1 = one");
        assert_eq!(cell(&json!({ "a": ["=x", "y"] }), &column("a")), "'=x\ny");
    }

    #[test]
    fn one_empty_cell_is_still_a_line() {
        assert_eq!(row(&[column("a")], &json!({ "a": null })), "\"\"\r\n");
    }
}
