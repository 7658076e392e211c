//! Organisations: public bodies, which belong to no programme.

use std::collections::HashMap;

use entity::{organisation_identifier, party};
use import::programme::OrganisationKind;
use sea_orm::{ColumnTrait, Condition};
use serde::Deserialize;
use uuid::Uuid;

use super::{blank, to_programme};
use crate::authz::operation::Operation;
use crate::command::input::GlobalId;
use crate::command::refusal::{Refusal, UserError, all_well};
use crate::command::{Command, Done, Target, Work};

/// What is known of a new organisation.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Particulars {
    name: String,
    kind: OrganisationKind,
    #[serde(default)]
    identifiers: Option<Vec<Identifier>>,
}

/// A number in a public register.
#[derive(Deserialize, Clone, PartialEq)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Identifier {
    scheme: String,
    value: String,
}

impl Identifier {
    pub(super) fn of(&self, organisation_id: Uuid) -> organisation_identifier::Model {
        let (scheme, value) = (self.scheme.clone(), self.value.clone());
        organisation_identifier::Model { organisation_id, scheme, value }
    }
}

/// An organisation is added.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct OrganisationCreate {
    programme_id: GlobalId,
    name: String,
    kind: OrganisationKind,
    #[serde(default)]
    identifiers: Option<Vec<Identifier>>,
}

impl Command for OrganisationCreate {
    const OPERATION: Operation = Operation::OrganisationCreate;
    const ABOUT: &'static str = "Adds an organisation, for all programmes of the service; recorded in the programme where it is added.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("organisation", "Organisation")];

    fn target(&self) -> Target {
        to_programme(&self.programme_id)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let new = Particulars { name: self.name, kind: self.kind, identifiers: self.identifiers };
        Ok(Done::with("organisation", add(work, new, "").await?))
    }
}

/// Adds an organisation that there is not yet. `path` is where its particulars stand in the input.
pub(super) async fn add(work: &mut Work, new: Particulars, path: &str) -> Result<Uuid, Refusal> {
    let id = Uuid::now_v7();
    let identifiers = new.identifiers.unwrap_or_default();
    is_new(work, id, &new.name, path).await?;
    are_free(work, id, &identifiers, path).await?;
    let row = party::Model {
        name: Some(new.name),
        organisation_kind: Some(new.kind.as_str().to_owned()),
        organisation_id: Some(id),
        ..blank(id, None, "ORGANISATION", work.now())
    };
    work.cx.create(row).await?;
    work.cx.attach_all(identifiers.iter().map(|identifier| identifier.of(id)).collect()).await?;
    Ok(id)
}

/// Whether no other organisation has this name.
pub(super) async fn is_new(work: &Work, id: Uuid, name: &str, path: &str) -> Result<(), Refusal> {
    let same = Condition::all()
        .add(party::Column::ProgrammeId.is_null())
        .add(party::Column::Name.eq(name))
        .add(party::Column::Id.ne(id));
    if work.cx.rows::<party::Entity>(same).await?.is_empty() {
        return Ok(());
    }
    let message = "There is an organisation of this name already: use it, or tell the two apart by name.";
    Err(UserError::invalid(&format!("{path}.name"), message).into())
}

/// Whether no other organisation has one of these numbers, and none is given twice.
pub(super) async fn are_free(
    work: &Work,
    id: Uuid,
    identifiers: &[Identifier],
    path: &str,
) -> Result<(), Refusal> {
    let path = format!("{path}.identifiers");
    if identifiers.is_empty() {
        return Ok(());
    }
    if identifiers.len() > MOST_IDENTIFIERS {
        let message = format!("Give at most {MOST_IDENTIFIERS} numbers.");
        return Err(UserError::invalid(&path, message).into());
    }
    let same = identifiers.iter().fold(Condition::any(), |any, identifier| {
        let scheme = organisation_identifier::Column::Scheme.eq(&identifier.scheme);
        let value = organisation_identifier::Column::Value.eq(&identifier.value);
        any.add(Condition::all().add(scheme).add(value))
    });
    let others = Condition::all().add(same).add(organisation_identifier::Column::OrganisationId.ne(id));
    let taken = work.cx.rows::<organisation_identifier::Entity>(others).await?;
    let holders = party::Column::Id.is_in(taken.iter().map(|row| row.organisation_id));
    let holders = work.cx.rows::<party::Entity>(holders).await?;
    let names: HashMap<Uuid, String> =
        holders.into_iter().filter_map(|row| row.name.map(|name| (row.id, name))).collect();
    let mut errors = Vec::new();
    for (place, identifier) in identifiers.iter().enumerate() {
        let at = format!("{path}.{place}.value");
        let holder = taken.iter().find(|row| **row == identifier.of(row.organisation_id));
        if let Some(name) = holder.and_then(|row| names.get(&row.organisation_id)) {
            let message =
                format!("This number belongs to {name}: use that organisation, or give another number.");
            errors.push(UserError::invalid(&at, message));
        } else if identifiers.iter().take(place).any(|other| other == identifier) {
            errors.push(UserError::invalid(&at, "This number is given twice."));
        }
    }
    Ok(all_well(errors)?)
}

/// At most so many numbers of one organisation.
const MOST_IDENTIFIERS: usize = 20;
