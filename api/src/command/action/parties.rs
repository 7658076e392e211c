//! Who leads an action and who contributes to it, as its commands name them.

use std::collections::HashSet;

use entity::{action, action_party, party, step};
use sea_orm::ColumnTrait;
use uuid::Uuid;

use crate::command::Work;
use crate::command::input::GlobalId;
use crate::command::refusal::{Refusal, UserError, all_well};

/// At most so many leads, or contributors, has one action.
const MOST_PARTIES: usize = 50;
const LEAD: &str = "LEAD";
const CONTRIBUTOR: &str = "CONTRIBUTOR";

/// The parties that the ids name, in this order.
///
/// # Errors
/// One is not there for the viewer, or stands twice, or there are too many.
async fn named(work: &Work, ids: &[GlobalId], path: &str) -> Result<Vec<party::Model>, Refusal> {
    if ids.len() > MOST_PARTIES {
        let message = format!("These are {}; {MOST_PARTIES} is the limit.", ids.len());
        return Err(UserError::invalid(path, message).into());
    }
    let parties: Vec<party::Model> = work.find_each(ids, |place| format!("{path}.{place}")).await?;
    let mut seen = HashSet::new();
    let twice = parties.iter().enumerate().filter(|(_, party)| !seen.insert(party.id));
    let twice = twice.map(|(place, _)| {
        UserError::invalid(&format!("{path}.{place}"), "This one is named before: name each once.")
    });
    let errors: Vec<UserError> = twice.collect();
    all_well(errors)?;
    Ok(parties)
}

/// Who is to lead, in this order. A post that has ended has nobody who could.
///
/// # Errors
/// As the ids have it, or a post has ended.
pub(super) async fn leads(work: &Work, ids: &[GlobalId], path: &str) -> Result<Vec<Uuid>, Refusal> {
    let parties = named(work, ids, path).await?;
    let today = work.today();
    let mut errors = Vec::new();
    for (place, party) in parties.iter().enumerate() {
        if let Some(until) = party.until_on.filter(|until| *until < today) {
            let message = format!("This post ended on {until}: name who holds it now.");
            errors.push(UserError::invalid(&format!("{path}.{place}"), message));
        }
    }
    all_well(errors)?;
    Ok(ids_of(&parties))
}

/// Who is to contribute, in this order.
///
/// # Errors
/// As the ids have it.
pub(super) async fn contributors(work: &Work, ids: &[GlobalId], path: &str) -> Result<Vec<Uuid>, Refusal> {
    named(work, ids, path).await.map(|parties| ids_of(&parties))
}

/// The one who leads a step.
///
/// # Errors
/// As [`leads`].
pub(super) async fn step_lead(
    work: &Work,
    id: Option<&GlobalId>,
    path: &str,
) -> Result<Option<Uuid>, Refusal> {
    let Some(party) = work.find_some::<party::Model>(id, path).await? else { return Ok(None) };
    match party.until_on.filter(|until| *until < work.today()) {
        Some(until) => {
            let message = format!("This post ended on {until}: name who holds it now.");
            Err(UserError::invalid(path, message).into())
        }
        None => Ok(Some(party.id)),
    }
}

fn ids_of(parties: &[party::Model]) -> Vec<Uuid> {
    parties.iter().map(|party| party.id).collect()
}

/// Everyone of an action, in order. Who leads one of its steps contributes to it.
pub(super) struct Parties {
    leads: Vec<Uuid>,
    contributors: Vec<Uuid>,
    rows: Vec<action_party::Model>,
}

impl Parties {
    /// Those of an action now.
    pub(super) async fn of(work: &Work, action: Uuid) -> Result<Self, Refusal> {
        let mut rows =
            work.cx.rows::<action_party::Entity>(action_party::Column::ActionId.eq(action)).await?;
        rows.sort_by_key(|row| row.position);
        let with = |role: &str| rows.iter().filter(|row| row.role == role).map(|row| row.party_id).collect();
        Ok(Self { leads: with(LEAD), contributors: with(CONTRIBUTOR), rows })
    }

    /// With other leads.
    pub(super) fn led_by(mut self, leads: Vec<Uuid>) -> Self {
        self.leads = leads;
        self
    }

    /// With other contributors. Who leads a step goes on contributing.
    pub(super) async fn with_contributors(
        mut self,
        work: &Work,
        action: Uuid,
        contributors: Vec<Uuid>,
    ) -> Result<Self, Refusal> {
        let steps = work.cx.rows::<step::Entity>(step::Column::ActionId.eq(action)).await?;
        self.contributors = contributors;
        self.contributors.extend(steps.iter().filter_map(|step| step.lead_id));
        Ok(self)
    }

    /// With one contributor more.
    pub(super) fn and(mut self, contributor: Option<Uuid>) -> Self {
        self.contributors.extend(contributor);
        self
    }

    /// Writes what differs from what there was. Answers with the action as it is then.
    pub(super) async fn write(
        self,
        work: &mut Work,
        action: action::Model,
    ) -> Result<action::Model, Refusal> {
        let new = rows_of(&action, &self.leads, &self.contributors);
        let gone: Vec<_> = self.rows.iter().filter(|row| !new.contains(row)).collect();
        let come: Vec<_> = new.iter().filter(|row| !self.rows.contains(row)).cloned().collect();
        if gone.is_empty() && come.is_empty() {
            return Ok(action);
        }
        let action = work.cx.touch(&action).await?;
        for row in gone {
            work.cx.detach(row).await?;
        }
        work.cx.attach_all(come).await?;
        Ok(action)
    }
}

/// The rows that say so. Nobody has two parts: who leads does not contribute besides.
pub(super) fn rows_of(
    action: &action::Model,
    leads: &[Uuid],
    contributors: &[Uuid],
) -> Vec<action_party::Model> {
    let mut seen = HashSet::new();
    let all = leads.iter().map(|id| (id, LEAD)).chain(contributors.iter().map(|id| (id, CONTRIBUTOR)));
    let all = all.filter(|(id, _)| seen.insert(**id));
    let row = |(position, (party_id, role)): (i32, (&Uuid, &str))| action_party::Model {
        programme_id: action.programme_id,
        action_id: action.id,
        party_id: *party_id,
        role: role.to_owned(),
        position,
    };
    (1..).zip(all).map(row).collect()
}
