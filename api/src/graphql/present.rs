//! The thing that an entry of the ledger, or a notice, is about, as it is now: one statement for each table of which the selection asks
//! for more than the id and the name of the type.

use apollo_compiler::executable::SelectionSet;

use super::error::Error;
use super::output::{Writer, Written, below};
use super::plan::{At, Planner, add, rows};
use super::shape::{Field, Out};
use crate::store::fetch::Fetched;
use crate::store::model::{Expression, Join, Model, Relation, Scalar};
use crate::store::plan::{Cell, Rows, SelectFrom};
use crate::store::table::{RECORDED, Table, recorded_types};

/// What is shown of a thing of any type that the ledger records.
#[derive(Debug)]
pub struct Present {
    /// Which value is its id.
    slot: usize,
    /// Which value is the name of its type.
    type_slot: usize,
    /// Which value says whether the viewer may see it.
    sight_slot: usize,
    /// What is shown, by type: which child holds the rows, none where the id is enough; and the fields.
    types: Vec<(&'static str, Option<usize>, Vec<Field>)>,
}

/// What is shown of things of one type.
type OfType = (&'static str, Vec<Field>);

impl<'a> Planner<'a> {
    /// Plans the thing whose id and type stand in two columns of the row.
    pub(super) fn present(
        &mut self,
        (column, type_column, sight): (&'static str, &'static str, Expression),
        sets: &[&'a SelectionSet],
        (above, at): (&mut Rows, At),
    ) -> Result<Out, Error> {
        let slot = above.select(at.source, SelectFrom::Column(column), Scalar::Uuid, false);
        let type_slot = above.select(at.source, SelectFrom::Column(type_column), Scalar::Text, false);
        let sight_slot = above.select(at.source, SelectFrom::Expression(sight), Scalar::Bool, false);
        let types = self.below(1, |planner| {
            let mut types = Vec::new();
            for (_, table) in RECORDED {
                let (rows, shown) = planner.of_table(*table, column, sets)?;
                let child = (!asks_for_ids_only(&rows)).then(|| add(above, slot, rows));
                types.extend(shown.into_iter().map(|(ty, fields)| (ty, child, fields)));
            }
            Ok(types)
        })?;
        Ok(Out::Present(Box::new(Present { slot, type_slot, sight_slot, types })))
    }

    fn of_table(
        &mut self,
        table: Table,
        column: &'static str,
        sets: &[&'a SelectionSet],
    ) -> Result<(Rows, Vec<OfType>), Error> {
        let relation = Relation { to: "Node", join: Join::To(column), order: Vec::new(), only: None };
        let mut rows = rows(relation, table);
        let mut shown = Vec::new();
        for (name, _) in recorded_types().filter(|(_, of)| *of == table) {
            if let Some(ty) = Model::get().ty(name) {
                shown.push((name, self.object(ty, sets, &mut rows, At::ROW)?));
            }
        }
        Ok((rows, shown))
    }
}

/// The first value is always the key.
fn asks_for_ids_only(rows: &Rows) -> bool {
    rows.selects.len() == 1 && rows.joined.is_empty() && rows.children.is_empty()
}

impl<'a> Writer<'a> {
    /// Writes what is shown of the thing; null where it is gone, or not for the viewer.
    pub(super) fn present(&mut self, present: &'a Present, row: &[Cell], fetched: &Fetched) -> Written {
        let shown = match row.get(present.type_slot) {
            Some(Cell::Text(name)) => present.types.iter().find(|(ty, ..)| ty == name),
            _ => None,
        };
        match shown {
            Some((_, Some(child), fields)) => {
                let found = below(fetched, *child, row, present.slot);
                let found =
                    found.and_then(|(below, group)| Some((below, below.rows.get(*group.rows.first()?)?)));
                if let Some((below, row)) = found {
                    return self.object(fields, row, below);
                }
            }
            Some((_, None, fields)) if row.get(present.sight_slot) == Some(&Cell::Bool(true)) => {
                let id = row.get(present.slot).cloned().unwrap_or(Cell::Null);
                return self.object(fields, &[id], &Fetched::default());
            }
            _ => {}
        }
        self.json.push_str("null");
        Ok(())
    }
}
