//! Which fields a selection asks for: fragments laid out, fields of one key merged, and what is left out left out.

use std::collections::{HashMap, HashSet};

use apollo_compiler::executable::{Selection, SelectionSet};

use super::argument::is_included;
use super::error::Error;
use super::limits::Limits;
use super::plan::{Merged, Planner};

impl<'a> Planner<'a> {
    /// The fields selected for an object of a concrete type, merged by key, in the order of the selection.
    pub(super) fn collect(&mut self, ty: &str, sets: &[&'a SelectionSet]) -> Result<Vec<Merged<'a>>, Error> {
        let mut collected: Vec<Merged<'a>> = Vec::new();
        let mut seen = HashSet::new();
        for set in sets {
            self.collect_into(ty, set, &mut collected, &mut seen)?;
        }
        self.check_repeats(&collected)?;
        Ok(collected)
    }

    /// Refuses one field that is asked for too often in one place: each time costs what the first did.
    fn check_repeats(&self, collected: &[Merged<'a>]) -> Result<(), Error> {
        let limit = self.rules.limits.repeats;
        let all: usize = collected.iter().map(|(_, fields)| fields.len()).sum();
        if all <= limit {
            return Ok(());
        }
        let mut times: HashMap<&str, usize> = HashMap::new();
        for field in collected.iter().flat_map(|(_, fields)| fields) {
            let count = times.entry(field.name.as_str()).or_default();
            *count += 1;
            if *count > limit {
                let what =
                    format_args!("The field {} is asked for over {limit} times in one place", field.name);
                return Err(self.error(Limits::over(what, limit)));
            }
        }
        Ok(())
    }

    fn collect_into(
        &mut self,
        ty: &str,
        set: &'a SelectionSet,
        collected: &mut Vec<Merged<'a>>,
        seen: &mut HashSet<&'a str>,
    ) -> Result<(), Error> {
        for selection in &set.selections {
            if !is_included(selection.directives(), self.variables) {
                continue;
            }
            match selection {
                Selection::Field(field) => {
                    self.fields += 1;
                    let limits = &self.rules.limits;
                    if self.fields > limits.fields {
                        let what = format_args!("The query has over {} fields", limits.fields);
                        return Err(self.error(Limits::over(what, limits.fields)));
                    }
                    let key = field.response_key().as_str();
                    match collected.iter_mut().find(|(of, _)| of == key) {
                        Some((_, fields)) => fields.push(field),
                        None => collected.push((key.to_owned(), vec![field])),
                    }
                }
                Selection::InlineFragment(fragment) => {
                    if fragment.type_condition.as_ref().is_none_or(|condition| self.applies(condition, ty)) {
                        self.collect_into(ty, &fragment.selection_set, collected, seen)?;
                    }
                }
                Selection::FragmentSpread(spread) => {
                    let Some(fragment) = spread.fragment_def(self.document) else { continue };
                    if seen.insert(spread.fragment_name.as_str())
                        && self.applies(fragment.type_condition(), ty)
                    {
                        self.collect_into(ty, &fragment.selection_set, collected, seen)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn applies(&self, condition: &str, ty: &str) -> bool {
        condition == ty || self.schema.is_subtype(condition, ty)
    }
}
