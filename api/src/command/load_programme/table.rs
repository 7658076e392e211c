//! A plan's own table: what was understood of it becomes actions. Printed words find the people and the requirements.

use domain::document::Imported;
use entity::{party, progress_update};
use import::plan::{DuePrecision, Lead, LeadKind, RequirementKind, Row, Status};
use import::programme::Plan;
use uuid::Uuid;

use super::build::{At, Build, SourceKey, called};
use super::bundle::Table;
use super::done::Tree;
use super::draft::{Draft, StepDraft};
use crate::store::documents::Place;
use crate::store::ids;

impl Build<'_> {
    pub(super) fn table(&mut self, plan: &Plan, plan_id: Uuid, table: &Table) {
        let rows = &table.understanding.rows;
        self.rows.places.push((Imported::Plan, plan_id, Place::default()));
        let answers_to = self.answers_to(plan, rows);
        let mut tree = Tree::new();
        let places: Vec<Option<usize>> = rows.iter().map(|row| place(&mut tree, &row.themes)).collect();
        let themes = self.themes(plan_id, &tree);
        for (index, (row, place)) in rows.iter().zip(places).enumerate() {
            let sheet =
                row.place.sheet.as_ref().map(|sheet| format!("sheet {sheet:?}, ")).unwrap_or_default();
            let printed = format!("{sheet}table {}, row {}", row.place.table, row.place.row);
            let Some(reference) = &row.reference else {
                self.problem(
                    At("plan", &plan.key, &printed),
                    "the row has no number",
                    "answer the question for its number",
                );
                continue;
            };
            let entry = format!("{} / {reference}", plan.key);
            if self.actions.contains_key(&(plan_id, reference.clone())) {
                self.problem(
                    At("plan", &entry, &printed),
                    "another row has this number",
                    "answer the question for its number",
                );
                continue;
            }
            let mut draft = Draft::new(&plan.key, plan_id, reference, index);
            draft.theme = place.and_then(|place| themes.get(place).copied());
            draft.place = Some(Place::from(&row.place));
            self.fill(&mut draft, row, &entry, &answers_to);
            self.actions.insert((plan_id, reference.clone()), draft.id);
            self.reports(&draft, row, plan);
            self.drafts.push(draft);
        }
    }

    fn fill(&mut self, draft: &mut Draft, row: &Row, entry: &str, answers_to: &[SourceKey]) {
        draft.aim = row.aim.clone().unwrap_or_default();
        draft.steps =
            row.steps.iter().map(|text| StepDraft { text: text.clone(), ..StepDraft::default() }).collect();
        draft.leads = row.leads.iter().map(|lead| self.lead(lead)).collect();
        draft.start_on = row.start_on;
        draft.due_on = row.due_on;
        draft.due_precision = row.due_on.and(row.due_precision).map(DuePrecision::as_str);
        if row.due_on.is_some() && draft.due_precision.is_none() {
            draft.due_precision = Some("DAY");
        }
        draft.timeframe_as_printed.clone_from(&row.timeframe_as_printed);
        draft.status = row.status.map_or("NOT_STARTED", status);
        for link in &row.requirements {
            if let Some(id) = &link.id {
                match self.decided(id) {
                    Some(requirement) => draft.link(requirement, link.qualifier.clone()),
                    None => self.problem(
                        At("plan", entry, "requirements"),
                        format!("the programme has no requirement {id}"),
                        "take the link out of the answers, or give the id of a requirement of this programme",
                    ),
                }
                continue;
            }
            let is_term = link.kind == RequirementKind::DirectionTerm;
            let found: Vec<Uuid> = answers_to
                .iter()
                .filter(|source| source.is_direction == is_term)
                .filter_map(|source| self.requirements.get(&(source.id, link.reference.clone())).copied())
                .collect();
            let at = At("plan", entry, "requirements");
            match found.as_slice() {
                [one] => draft.link(*one, link.qualifier.clone()),
                [] => {
                    let what = if is_term { "term" } else { "recommendation" };
                    let wrong =
                        format!("no {what} {:?} in the sources that the plan answers", link.reference);
                    self.problem(
                        at,
                        wrong,
                        "correct the number by an answer, record its source first, or name the source in a programme file's answers_to",
                    );
                }
                _ => {
                    let wrong = format!(
                        "{:?} stands in several of the sources that the plan answers",
                        link.reference
                    );
                    self.problem(at, wrong, "name one source in a programme file's answers_to");
                }
            }
        }
        if row.unspecified_direction {
            match answers_to.iter().filter(|source| source.is_direction).max_by_key(|source| source.issued_on)
            {
                Some(direction) => {
                    let printed =
                        row.direction_as_printed.as_deref().map(str::trim).filter(|words| !words.is_empty());
                    draft.name_direction(direction.id, printed.unwrap_or("direction"));
                }
                None => {
                    let at = At("plan", entry, "requirements");
                    self.problem(
                        at,
                        "the row names a direction, and the plan answers none",
                        "record the direction first, or name it in a programme file's answers_to",
                    );
                }
            }
        }
    }

    /// The requirement that an answer links a row to by its id: of whichever source, but of this programme.
    fn decided(&self, id: &str) -> Option<Uuid> {
        let (ty, id) = ids::decode(id)?;
        let kind = ty.kind?;
        self.known.requirements.iter().find(|row| row.id == id && row.kind == kind).map(|row| row.id)
    }

    /// The sources whose requirements the table means: those that the file names; else the newest inspection that has all
    /// the recommendations, and the newest direction that has all the terms, that the table points at.
    fn answers_to(&mut self, plan: &Plan, rows: &[Row]) -> Vec<SourceKey> {
        if !plan.answers_to.is_empty() {
            let at = At("plan", &plan.key, "answers_to");
            return plan.answers_to.iter().filter_map(|key| self.source(at, key)).collect();
        }
        let newest = |is_one: fn(&SourceKey) -> bool, kind: RequirementKind| {
            // What is decided by its id needs no source to be found in.
            let links = rows.iter().flat_map(|row| &row.requirements);
            let links = links.filter(|link| link.kind == kind && link.id.is_none());
            let named: Vec<&str> = links.map(|link| link.reference.as_str()).collect();
            let has_all = |source: &SourceKey| {
                named.iter().all(|name| self.requirements.contains_key(&(source.id, (*name).to_owned())))
            };
            let all = self.all_sources.iter().filter(|source| is_one(source));
            all.max_by_key(|source| (has_all(source), source.issued_on)).cloned()
        };
        let both = [
            newest(|source| source.is_inspection, RequirementKind::Recommendation),
            newest(|source| source.is_direction, RequirementKind::DirectionTerm),
        ];
        both.into_iter().flatten().collect()
    }

    /// Who is meant by the words of a table. Words that fit nobody become somebody new, kept as printed: the reading has asked
    /// about them, and was answered.
    fn lead(&mut self, lead: &Lead) -> Uuid {
        let words = called(&lead.printed);
        if let Some(id) = self.called.get(&words) {
            return *id;
        }
        let id = Uuid::now_v7();
        let printed = Some(lead.printed.clone());
        let row = match lead.kind {
            LeadKind::Person => party::Model { name: printed, ..self.blank(id, "PERSON") },
            LeadKind::Post | LeadKind::Unknown => party::Model { post: printed, ..self.blank(id, "PERSON") },
            LeadKind::Group => {
                party::Model { name: printed, group_kind: Some("TEAM".to_owned()), ..self.blank(id, "GROUP") }
            }
            LeadKind::Organisation => party::Model {
                name: printed,
                organisation_kind: Some("OTHER".to_owned()),
                organisation_id: Some(id),
                ..self.blank(id, "ORGANISATION")
            },
        };
        let rows = &mut self.rows;
        let list =
            if row.programme_id.is_none() { &mut rows.organisations } else { &mut rows.people_and_groups };
        list.push(row);
        self.called.insert(words, id);
        id
    }

    /// Progress and rating that stand in the table. What has no day counts from the day on which the plan was published or
    /// agreed, or from today; the reading has asked for it.
    fn reports(&mut self, draft: &Draft, row: &Row, plan: &Plan) {
        let undated = plan.published_on.or(plan.agreed_on).unwrap_or(self.when.today);
        let mut updates: Vec<progress_update::Model> = row
            .updates
            .iter()
            .map(|update| self.update(draft.id, update.on.unwrap_or(undated), &update.text))
            .collect();
        if let Some(health) = row.health {
            if updates.is_empty() {
                updates.push(self.update(
                    draft.id,
                    undated,
                    "Rated in the plan's own table, without a word.",
                ));
            }
            // The rating that a table shows is the one it had last.
            let last = updates.iter_mut().max_by_key(|update| (update.reported_on, update.id));
            if let Some(last) = last {
                last.declared_health = Some(health.to_string());
            }
        }
        let place = Place::from(&row.place);
        let places = updates.iter().map(|update| (Imported::ProgressUpdate, update.id, place.clone()));
        self.rows.places.extend(places);
        self.rows.updates.extend(updates);
    }
}

/// The place of a path of headings in the tree, which grows by what is new.
fn place(tree: &mut Tree, path: &[String]) -> Option<usize> {
    let mut parent = None;
    for name in path {
        let known = tree.iter().position(|(known, under)| known == name && *under == parent);
        parent = Some(known.unwrap_or_else(|| {
            tree.push((name.clone(), parent));
            tree.len() - 1
        }));
    }
    parent
}

fn status(status: Status) -> &'static str {
    match status {
        Status::NotStarted => "NOT_STARTED",
        Status::InProgress => "IN_PROGRESS",
        Status::Complete => "COMPLETE",
        Status::Withdrawn => "WITHDRAWN",
    }
}
