//! What a command works with: the one transaction, who acts, and the ways to find what it is about.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use entity::party;
use sea_orm::{EntityTrait, FromQueryResult};
use uuid::Uuid;

use super::execute::evaluate;
use super::input::{GlobalId, Patch};
use super::refusal::{Refusal, UserError, all_well};
use super::webhook::EndpointRules;
use crate::authz::operation::Operation;
use crate::authz::viewer::{Standing, Viewer};
use crate::files::FileLimits;
use crate::store::ids;
use crate::store::recorded::Recorded;
use crate::store::table::Table;
use crate::store::write::WriteCx;

/// At most so many things are named in one list.
const MOST_NAMED: usize = 100;

/// A command at work.
pub struct Work {
    /// The transaction: to read what the rules ask about, and to write.
    pub cx: WriteCx,
    /// Who acts.
    pub viewer: Viewer,
    /// How much of files may be kept.
    pub file_limits: FileLimits,
    /// What endpoints of webhooks may be and ask for.
    pub webhooks: Arc<dyn EndpointRules>,
    pub(super) programme: Option<Uuid>,
}

impl Work {
    /// The programme in which this is done.
    ///
    /// # Errors
    /// There is none yet: the command begins one.
    pub fn programme(&self) -> Result<Uuid, Refusal> {
        self.programme.ok_or_else(|| UserError::not_found("").into())
    }

    /// The domain's day.
    pub fn today(&self) -> NaiveDate {
        self.cx.today()
    }

    /// The time that every row of this change carries.
    pub fn now(&self) -> DateTime<Utc> {
        self.cx.now()
    }

    /// What is done.
    pub fn operation(&self) -> Operation {
        self.cx.permit().operation()
    }

    /// The membership by which the viewer acts.
    pub fn standing(&self) -> Option<&Standing> {
        self.cx.permit().standing()
    }

    /// Whether who acts speaks for the whole programme. Other officers speak for the actions that they lead.
    pub fn is_office(&self) -> bool {
        self.standing().is_some_and(|standing| standing.is_programme_office)
    }

    /// The party that acts: the post holder, or the organisation of a member who is none.
    pub fn acts_as(&self) -> Option<Uuid> {
        self.standing().and_then(|standing| standing.person_id.or(standing.organisation_id))
    }

    /// The subject that acts.
    pub fn subject(&self) -> String {
        self.cx.permit().subject().to_owned()
    }

    /// The row that an id names, if it exists for the viewer and belongs to this programme, or to none.
    ///
    /// # Errors
    /// It does not, or it is the id of something else: `path` is the field of the input that holds it.
    pub async fn find<M>(&self, id: &GlobalId, path: &str) -> Result<M, Refusal>
    where
        M: Recorded + FromQueryResult,
        M::Entity: EntityTrait<Model = M>,
    {
        let key = self.key(id, M::TABLE, path)?;
        let row: Option<M> = self.cx.visible_row(&self.viewer, key).await?;
        let row = row.ok_or_else(|| UserError::not_found(path))?;
        self.check_programme(&row, path)?;
        Ok(row)
    }

    fn check_programme<M: Recorded>(&self, row: &M, path: &str) -> Result<(), UserError> {
        if row.programme().is_some_and(|programme| Some(programme) != self.programme) {
            return Err(UserError::invalid(path, "This belongs to another programme."));
        }
        Ok(())
    }

    /// As [`Work::find`], for an id that may be left out.
    ///
    /// # Errors
    /// As [`Work::find`].
    pub async fn find_some<M>(&self, id: Option<&GlobalId>, path: &str) -> Result<Option<M>, Refusal>
    where
        M: Recorded + FromQueryResult,
        M::Entity: EntityTrait<Model = M>,
    {
        match id {
            Some(id) => Ok(Some(self.find(id, path).await?)),
            None => Ok(None),
        }
    }

    /// As [`Work::find`], for several ids at once, in their order. `place` gives the field of the input that holds one.
    ///
    /// # Errors
    /// As [`Work::find`], one for each id of which that holds.
    pub async fn find_each<'a, M>(
        &self,
        ids: impl IntoIterator<Item = &'a GlobalId>,
        place: impl Fn(usize) -> String,
    ) -> Result<Vec<M>, Refusal>
    where
        M: Recorded + FromQueryResult + Clone,
        M::Entity: EntityTrait<Model = M>,
    {
        let keys = ids.into_iter().enumerate().map(|(at, id)| self.key(id, M::TABLE, &place(at)));
        let keys: Vec<Result<Uuid, UserError>> = keys.collect();
        let known: Vec<Uuid> = keys.iter().flatten().copied().collect();
        let rows: Vec<M> = self.cx.visible_rows(&self.viewer, &known).await?;
        let rows: HashMap<Uuid, M> = rows.into_iter().map(|row| (row.id(), row)).collect();
        let found = keys.into_iter().enumerate().map(|(at, key)| {
            let row = rows.get(&key?).ok_or_else(|| UserError::not_found(&place(at)))?;
            self.check_programme(row, &place(at)).map(|()| row.clone())
        });
        all_or_errors(found)
    }

    /// As [`Work::find`], of certain types only, where the table holds several.
    ///
    /// # Errors
    /// As [`Work::find`], or it is of another type.
    pub async fn find_of<M>(&self, types: &[&str], id: &GlobalId, path: &str) -> Result<M, Refusal>
    where
        M: Recorded + FromQueryResult,
        M::Entity: EntityTrait<Model = M>,
    {
        let row: M = self.find(id, path).await?;
        if types.contains(&row.type_name()) {
            return Ok(row);
        }
        let message =
            format!("This is the id of a {}; {} is asked for.", row.type_name(), types.join(" or "));
        Err(UserError::invalid(path, message).into())
    }

    /// As [`Work::find_each`], for the list in one field of the input, in which nothing stands twice.
    ///
    /// # Errors
    /// As [`Work::find`], each at its place in the list; or something is named twice, or too much.
    pub async fn find_all<M>(&self, ids: &[GlobalId], path: &str) -> Result<Vec<M>, Refusal>
    where
        M: Recorded + FromQueryResult + Clone,
        M::Entity: EntityTrait<Model = M>,
    {
        if ids.len() > MOST_NAMED {
            return Err(UserError::invalid(path, format!("Name at most {MOST_NAMED} at once.")).into());
        }
        let at = |place: usize| format!("{path}.{place}");
        let is_again = |place: &usize| ids.iter().take(*place).any(|other| Some(other) == ids.get(*place));
        let again = (0..ids.len()).filter(is_again);
        let twice: Vec<UserError> =
            again.map(|place| UserError::invalid(&at(place), "This is named twice.")).collect();
        if twice.is_empty() { self.find_each(ids, at).await } else { Err(twice.into()) }
    }

    /// The organisation that an id names, where one is given.
    ///
    /// # Errors
    /// As [`Work::find_of`].
    pub async fn organisation(&self, id: Option<&GlobalId>, path: &str) -> Result<Option<Uuid>, Refusal> {
        let Some(id) = id else { return Ok(None) };
        let party: party::Model = self.find_of(&["Organisation"], id, path).await?;
        Ok(Some(party.id))
    }

    /// As [`Work::organisation`], for a field of an update.
    ///
    /// # Errors
    /// As [`Work::find_of`].
    pub async fn organisation_over(
        &self,
        patch: &Patch<GlobalId>,
        old: Option<Uuid>,
        path: &str,
    ) -> Result<Option<Uuid>, Refusal> {
        match patch {
            Patch::Keep => Ok(old),
            Patch::Clear => Ok(None),
            Patch::Set(id) => self.organisation(Some(id), path).await,
        }
    }

    /// The row of a table that an id names, whether it is there or not.
    ///
    /// # Errors
    /// It is the id of something else, or none.
    pub(super) fn key(&self, id: &GlobalId, table: Table, path: &str) -> Result<Uuid, UserError> {
        match ids::decode(&id.0) {
            Some((ty, key)) if ty.table == Some(table) => Ok(key),
            Some((ty, _)) => Err(UserError::invalid(
                path,
                format!("This is the id of a {}, which cannot stand here.", ty.name),
            )),
            None => Err(UserError::invalid(path, "This is not an id that this API gave.")),
        }
    }

    /// Whether the viewer may do something to a further thing beside the target.
    ///
    /// # Errors
    /// They may not, or its status does not allow it.
    pub async fn may(&self, operation: Operation, on: (Table, Uuid), path: &str) -> Result<(), Refusal> {
        let judged = self.cx.judge(&self.viewer, operation, on).await?;
        evaluate(judged.as_ref(), None, path).map(|_| ()).map_err(Into::into)
    }

    /// As [`Work::may_each`], for the list in one field of the input.
    ///
    /// # Errors
    /// As [`Work::may`], each at its place in the list.
    pub async fn may_all(
        &self,
        operation: Operation,
        (table, ids): (Table, &[Uuid]),
        path: &str,
    ) -> Result<(), Refusal> {
        self.may_each(operation, table, ids, |at| format!("{path}.{at}")).await
    }

    /// As [`Work::may`], for several rows of one table at once. `place` gives the field of the input that names one.
    ///
    /// # Errors
    /// As [`Work::may`], one for each row of which that holds.
    pub async fn may_each(
        &self,
        operation: Operation,
        table: Table,
        ids: &[Uuid],
        place: impl Fn(usize) -> String,
    ) -> Result<(), Refusal> {
        let judged = self.cx.judge_all(&self.viewer, operation, table, ids).await?;
        let allowed = ids.iter().enumerate().map(|(at, id)| evaluate(judged.get(id), None, &place(at)));
        all_or_errors(allowed).map(|_| ())
    }
}

/// Everything, or everything that is wrong with it.
fn all_or_errors<T>(found: impl Iterator<Item = Result<T, UserError>>) -> Result<Vec<T>, Refusal> {
    let (mut all, mut errors) = (Vec::new(), Vec::new());
    for one in found {
        match one {
            Ok(one) => all.push(one),
            Err(error) => errors.push(error),
        }
    }
    all_well(errors)?;
    Ok(all)
}
