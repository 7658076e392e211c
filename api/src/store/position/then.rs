//! A programme as the ledger has it at a moment: the newest state of each thing, read leniently. What an old entry does not
//! say is unknown, and a thing of which too little is said is left out; nothing here can fail.

use std::collections::HashMap;
use std::str::FromStr;

use chrono::NaiveDate;
use domain::coverage::Reach;
use domain::standing::Step;
use domain::{ActionStatus, Health, PlanStatus};
use serde_json::{Map, Value};
use uuid::Uuid;

/// A programme at a moment.
#[derive(Debug, Default)]
pub struct Then {
    /// Its plans.
    pub plans: HashMap<Uuid, Plan>,
    /// Their actions, in order of plan and position.
    pub actions: Vec<Action>,
    /// The steps of each action.
    pub steps: HashMap<Uuid, Vec<Step>>,
    /// The reports on each action, the latest last.
    pub updates: HashMap<Uuid, Vec<Update>>,
    /// What was demanded.
    pub requirements: Vec<Requirement>,
    /// The day on which each source was published.
    pub published: HashMap<Uuid, Option<NaiveDate>>,
    /// The organisation that each person and group belonged to.
    pub organisations: HashMap<Uuid, Uuid>,
    /// The programme's words and colours.
    pub scheme: HashMap<Health, Scheme>,
}

/// A plan at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    pub id: Uuid,
    pub title: String,
    pub status: PlanStatus,
    pub agreed_on: Option<NaiveDate>,
    pub published_on: Option<NaiveDate>,
    pub update_every_days: u32,
}

/// An action at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    pub id: Uuid,
    pub plan_id: Uuid,
    pub position: i64,
    pub reference: String,
    pub aim: String,
    pub organisation_id: Option<Uuid>,
    pub start_on: Option<NaiveDate>,
    pub due_on: Option<NaiveDate>,
    pub due_precision: Option<String>,
    pub status: ActionStatus,
    pub status_on: Option<NaiveDate>,
    /// Those who led it or contributed to it.
    pub parties: Vec<Uuid>,
    /// The actions it waited for.
    pub depends_on: Vec<Uuid>,
    /// The requirements it addressed, and how far.
    pub requirements: Vec<(Uuid, Reach)>,
}

/// A report at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    pub id: Uuid,
    pub reported_on: NaiveDate,
    pub declared: Option<Health>,
}

/// A recommendation or a term at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    pub id: Uuid,
    pub source_id: Uuid,
    pub parent_id: Option<Uuid>,
}

/// The programme's word and colour for a health.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheme {
    pub label: String,
    pub colour: String,
}

/// The types of things that a position is made of, as SQL text.
pub const TYPES: &str = "'Programme', 'Person', 'Group', 'Inspection', 'Direction', 'Review', 'Recommendation', \
     'DirectionTerm', 'Plan', 'Action', 'Step', 'ProgressUpdate'";

impl Then {
    /// Takes in the newest state of one thing.
    pub fn add(&mut self, entity_type: &str, id: Uuid, state: &str) {
        // What was removed has an empty state, or none.
        let Ok(Value::Object(state)) = serde_json::from_str(state) else { return };
        let _ = self.take(entity_type, id, &State(&state));
    }

    /// None where the state says too little.
    fn take(&mut self, entity_type: &str, id: Uuid, state: &State<'_>) -> Option<()> {
        match entity_type {
            "Programme" => self.scheme = state.scheme(),
            "Person" | "Group" => {
                self.organisations.insert(id, state.id("organisation_id")?);
            }
            "Inspection" | "Direction" | "Review" => {
                state.text("kind")?;
                self.published.insert(id, state.day("published_on"));
            }
            "Recommendation" | "DirectionTerm" => {
                let (source_id, parent_id) = (state.id("source_id")?, state.id("parent_id"));
                self.requirements.push(Requirement { id, source_id, parent_id });
            }
            "Plan" => {
                self.plans.insert(id, state.plan(id)?);
            }
            "Action" => self.actions.push(state.action(id)?),
            "Step" => {
                let is_settled = state.day("done_on").or(state.day("struck_out_on")).is_some();
                let step = Step { due_on: state.day("due_on"), is_settled };
                self.steps.entry(state.id("action_id")?).or_default().push(step);
            }
            "ProgressUpdate" => {
                let update = Update {
                    id,
                    reported_on: state.day("reported_on")?,
                    declared: state.word("declared_health"),
                };
                self.updates.entry(state.id("action_id")?).or_default().push(update);
            }
            _ => {}
        }
        Some(())
    }

    /// Puts everything in order, once all is taken in.
    pub fn sorted(mut self) -> Self {
        self.actions.sort_by_key(Action::order);
        self.updates.values_mut().for_each(|of| of.sort_by_key(|update| (update.reported_on, update.id)));
        self
    }
}

impl Action {
    /// The order of lists of actions: by plan and position, and never by chance.
    pub fn order(&self) -> (Uuid, i64, Uuid) {
        (self.plan_id, self.position, self.id)
    }
}

/// What the state of an action says about its due date.
#[derive(Debug, PartialEq, Eq)]
pub struct Due {
    /// When it is due.
    pub on: Option<NaiveDate>,
    /// Each move that it remembers: from when, to when, and why.
    moves: Vec<(Option<NaiveDate>, Option<NaiveDate>, String)>,
}

impl Due {
    /// Reads the state of an action; none where it is no action's.
    pub fn read(state: &str) -> Option<Self> {
        let state: Map<String, Value> = serde_json::from_str(state).ok()?;
        let state = State(&state);
        state.id("plan_id")?;
        let moves = state.list("due_date_moves", |of| {
            Some((of.day("from_on"), of.day("to_on"), of.text("reason")?.to_owned()))
        });
        Some(Self { on: state.day("due_on"), moves })
    }

    /// Why it was moved here from a day, where the action itself remembers that.
    pub fn reason(&self, from: Option<NaiveDate>) -> Option<&str> {
        let this = self.moves.iter().rev().find(|(of, to, _)| (*of, *to) == (from, self.on));
        this.map(|(.., reason)| reason.as_str())
    }
}

/// The columns of a row, and the lists of its parts, as an entry has them.
struct State<'a>(&'a Map<String, Value>);

impl<'a> State<'a> {
    fn text(&self, column: &str) -> Option<&'a str> {
        self.0.get(column)?.as_str()
    }

    fn id(&self, column: &str) -> Option<Uuid> {
        Uuid::try_parse(self.text(column)?).ok()
    }

    fn day(&self, column: &str) -> Option<NaiveDate> {
        self.text(column)?.parse().ok()
    }

    fn word<T: FromStr>(&self, column: &str) -> Option<T> {
        self.text(column)?.parse().ok()
    }

    fn number(&self, column: &str) -> Option<i64> {
        self.0.get(column)?.as_i64()
    }

    fn list<T>(&self, name: &str, item: impl Fn(&State<'a>) -> Option<T>) -> Vec<T> {
        let items = self.0.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        items.iter().filter_map(|of| item(&State(of.as_object()?))).collect()
    }

    fn plan(&self, id: Uuid) -> Option<Plan> {
        Some(Plan {
            id,
            title: self.text("title").unwrap_or_default().to_owned(),
            status: self.word("status")?,
            agreed_on: self.day("agreed_on"),
            published_on: self.day("published_on"),
            update_every_days: self
                .number("update_every_days")
                .and_then(|days| u32::try_from(days).ok())
                .unwrap_or_default(),
        })
    }

    fn action(&self, id: Uuid) -> Option<Action> {
        let reach = |link: &State<'_>| match link.text("qualifier") {
            Some(_) => Reach::Qualified,
            None => Reach::Whole,
        };
        Some(Action {
            id,
            plan_id: self.id("plan_id")?,
            position: self.number("position").unwrap_or_default(),
            reference: self.text("reference").unwrap_or_default().to_owned(),
            aim: self.text("aim").unwrap_or_default().to_owned(),
            organisation_id: self.id("organisation_id"),
            start_on: self.day("start_on"),
            due_on: self.day("due_on"),
            due_precision: self.text("due_precision").map(str::to_owned),
            status: self.word("status")?,
            status_on: self.day("status_on"),
            parties: self.list("parties", |of| of.id("party_id")),
            depends_on: self.list("depends_on", |of| of.id("depends_on_id")),
            requirements: self.list("requirements", |of| Some((of.id("requirement_id")?, reach(of)))),
        })
    }

    fn scheme(&self) -> HashMap<Health, Scheme> {
        let ratings = self.list("ratings", |of| {
            let (label, colour) = (of.text("label")?.to_owned(), of.text("colour")?.to_owned());
            Some((of.word("health")?, Scheme { label, colour }))
        });
        ratings.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    #[test]
    fn what_an_old_entry_does_not_say_is_unknown() {
        let mut then = Then::default();

        then.add(
            "Action",
            id(1),
            &json!({ "plan_id": id(9), "status": "IN_PROGRESS", "due_on": 7 }).to_string(),
        );

        let action = &then.actions[0];
        assert_eq!((action.due_on, action.depends_on.len(), action.aim.as_str()), (None, 0, ""));
    }

    #[test]
    fn what_was_removed_is_not_there() {
        let mut then = Then::default();

        for state in ["{}", "null", "", "[]", "{\"status\":\"IN_PROGRESS\"}"] {
            for ty in ["Action", "Plan", "Step", "ProgressUpdate", "Recommendation", "Inspection", "Group"] {
                then.add(ty, id(1), state);
            }
        }

        assert!(then.actions.is_empty() && then.requirements.is_empty() && then.steps.is_empty());
        assert!(then.published.is_empty() && then.organisations.is_empty() && then.updates.is_empty());
        assert!(then.plans.len() <= 1);
    }

    #[test]
    fn actions_come_in_order_of_plan_and_position_and_reports_by_day() {
        let mut then = Then::default();
        for (action, plan, position) in [(1, 8, 2), (2, 8, 1), (3, 7, 5)] {
            let state = json!({ "plan_id": id(plan), "status": "COMPLETE", "position": position });
            then.add("Action", id(action), &state.to_string());
        }
        for (update, on) in [(5, "2018-10-02"), (4, "2018-10-02"), (6, "2018-10-01")] {
            let state = json!({ "action_id": id(1), "reported_on": on });
            then.add("ProgressUpdate", id(update), &state.to_string());
        }

        let then = then.sorted();

        let order: Vec<_> = then.actions.iter().map(|action| action.id).collect();
        assert_eq!(order, [id(3), id(2), id(1)]);
        let reports: Vec<_> = then.updates[&id(1)].iter().map(|update| update.id).collect();
        assert_eq!(reports, [id(6), id(4), id(5)]);
    }

    proptest! {
        #[test]
        fn no_state_panics(text: String, plan: Option<String>, list in "[\\[\\]{}\",:a-z0-9]{0,30}") {
            let odd = json!({ "plan_id": plan, "status": text, "position": list, "parties": text }).to_string();
            for state in [&text, &list, &odd] {
                for ty in ["Action", "Plan", "Programme", "Step", "ProgressUpdate", "Direction", "nonsense"] {
                    Then::default().add(ty, Uuid::nil(), state);
                }
                Due::read(state);
            }
        }
    }
}
