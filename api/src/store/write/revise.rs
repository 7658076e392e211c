//! Changing what there is already: the next version of an object, its parts, its end.

use std::collections::BTreeMap;

use entity::{requirement, requirement_leaf};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, ColumnTrait, Condition, EntityTrait, Iterable, PrimaryKeyToColumn,
    QueryFilter, QuerySelect, QueryTrait, Value,
};
use uuid::Uuid;

use super::{Change, WriteCx, WriteError};
use crate::store::recorded::{ActiveOf, Attached, State, Versioned, column_of, state_of};
use crate::store::sight;

/// The columns in which an object differs from what was read.
fn changes<M: Versioned>(before: &M, after: &M) -> ActiveOf<M>
where
    ActiveOf<M>: ActiveModelBehavior + Send,
{
    let (old, mut new) = (before.clone().into_active_model(), after.clone().into_active_model());
    for column in <M::Entity as EntityTrait>::Column::iter() {
        let value = new.get(column).into_value();
        match value {
            Some(value) if old.get(column).into_value().as_ref() != Some(&value) => new.set(column, value),
            _ => new.not_set(column),
        }
    }
    new
}

impl WriteCx {
    /// Changes an object from what was read to what it shall be, as its next version, and records it. Where nothing differs,
    /// nothing is written. Answers with the object as it is now.
    pub async fn update<M: Versioned>(&mut self, before: &M, after: M) -> Result<M, WriteError>
    where
        ActiveOf<M>: ActiveModelBehavior + Send,
    {
        if *before == after { Ok(after) } else { self.renew(before, after).await }
    }

    /// As [`WriteCx::update`], for many objects of one kind that this change has not touched before, each from what was read to
    /// what it shall be. Those that change in the same way are changed by one statement.
    pub async fn update_all<M: Versioned>(&mut self, rows: Vec<(M, M)>) -> Result<(), WriteError>
    where
        ActiveOf<M>: ActiveModelBehavior + Send,
    {
        let id: <M::Entity as EntityTrait>::Column = column_of("id")?;
        let version: <M::Entity as EntityTrait>::Column = column_of("version")?;
        let mut alike: BTreeMap<String, (ActiveOf<M>, Vec<M>)> = BTreeMap::new();
        for (before, after) in rows.into_iter().filter(|(before, after)| before != after) {
            if let Some(programme) = before.programme() {
                self.hold(programme).await?;
            }
            if sight::is_moved(M::TABLE, &state_of(&before)?, &state_of(&after)?) {
                self.watch_around(before.programme(), before.type_name(), before.id()).await?;
            }
            let mut renewed = after;
            renewed.renew(before.version() + 1, self.now());
            let mut change = changes(&before, &renewed);
            change.not_set(version);
            let key = format!("{change:?}");
            alike.entry(key).or_insert_with(|| (change, Vec::new())).1.push(renewed);
        }
        for (change, rows) in alike.into_values() {
            // Whoever writes holds the programme, so that each still has the version that was read: the next is one more.
            let update = M::Entity::update_many().set(change);
            let update = update.col_expr(version, Expr::col(version).add(1));
            let update = update.filter(id.is_in(rows.iter().map(M::id)));
            if update.exec(&self.through).await?.rows_affected != rows.len() as u64 {
                return Err(WriteError::Stale(rows.first().map_or("row", |row| row.type_name())));
            }
            for row in rows {
                self.note(Change {
                    programme: row.programme(),
                    entity_type: row.type_name(),
                    entity_id: row.id(),
                    version: row.version(),
                    state: state_of(&row)?,
                    lists_anew: true,
                    also_in: Vec::new(),
                });
            }
        }
        Ok(())
    }

    /// Makes the next version of an object whose parts change, and records it.
    pub async fn touch<M: Versioned>(&mut self, row: &M) -> Result<M, WriteError>
    where
        ActiveOf<M>: ActiveModelBehavior + Send,
    {
        self.renew(row, row.clone()).await
    }

    async fn renew<M: Versioned>(&mut self, before: &M, mut after: M) -> Result<M, WriteError>
    where
        ActiveOf<M>: ActiveModelBehavior + Send,
    {
        if let Some(programme) = before.programme() {
            self.hold(programme).await?;
        }
        // Several changes of one object in one command make one version and one entry.
        let noted = self.noted(before.id());
        let is_noted = noted.is_some();
        if let Some(change) = noted {
            change.lists_anew = true;
        }
        after.renew(before.version() + i32::from(!is_noted), self.now());
        if *before == after {
            return Ok(after);
        }
        let state = state_of(&after)?;
        if sight::is_moved(M::TABLE, &state_of(before)?, &state) {
            self.watch_around(before.programme(), before.type_name(), before.id()).await?;
        }
        let new = changes(before, &after);
        let id: <M::Entity as EntityTrait>::Column = column_of("id")?;
        let version: <M::Entity as EntityTrait>::Column = column_of("version")?;
        let update = M::Entity::update_many().set(new);
        let update = update.filter(id.eq(before.id())).filter(version.eq(before.version()));
        if update.exec(&self.through).await?.rows_affected != 1 {
            return Err(WriteError::Stale(before.type_name()));
        }
        match self.noted(before.id()) {
            Some(change) => (change.state, change.lists_anew) = (state, true),
            None => self.note(Change {
                programme: after.programme(),
                entity_type: after.type_name(),
                entity_id: after.id(),
                version: after.version(),
                state,
                lists_anew: true,
                also_in: Vec::new(),
            }),
        }
        Ok(after)
    }

    /// Removes an object, and records that it is gone: an entry with an empty state.
    pub async fn remove<M: Versioned>(&mut self, row: &M) -> Result<(), WriteError> {
        if let Some(programme) = row.programme() {
            self.hold(programme).await?;
        }
        self.watch_around(row.programme(), row.type_name(), row.id()).await?;
        let id: <M::Entity as EntityTrait>::Column = column_of("id")?;
        let version: <M::Entity as EntityTrait>::Column = column_of("version")?;
        let delete = M::Entity::delete_many().filter(id.eq(row.id())).filter(version.eq(row.version()));
        if delete.exec(&self.through).await?.rows_affected != 1 {
            return Err(WriteError::Stale(row.type_name()));
        }
        self.forget_origin(row.id()).await?;
        self.note(Change {
            programme: row.programme(),
            entity_type: row.type_name(),
            entity_id: row.id(),
            version: row.version() + 1,
            state: State::new(),
            lists_anew: false,
            also_in: Vec::new(),
        });
        Ok(())
    }

    /// Records a change that belongs to no programme in these programmes' ledgers too. Takes their turns in order of their
    /// ids, so that two such changes cannot wait for each other.
    pub async fn record_in(&mut self, id: Uuid, mut programmes: Vec<Uuid>) -> Result<(), WriteError> {
        programmes.sort_unstable();
        programmes.dedup();
        for programme in &programmes {
            self.hold(*programme).await?;
        }
        let change = self.noted(id).ok_or(WriteError::OwnerNotRecorded(id))?;
        change.also_in = programmes;
        Ok(())
    }

    /// Removes a part of an object that this change has recorded.
    pub async fn detach<A: Attached>(&mut self, row: &A) -> Result<(), WriteError> {
        if sight::is_moved_by(A::LIST) {
            self.watch_owner(row.owner()).await?;
        }
        let change = self.noted(row.owner()).ok_or(WriteError::OwnerNotRecorded(row.owner()))?;
        change.lists_anew = true;
        change.state.remove(A::LIST);
        let mut this = Condition::all();
        for key in <A::Entity as EntityTrait>::PrimaryKey::iter() {
            let column = key.into_column();
            let value = row.get(column);
            if let Value::Uuid(Some(id)) = &value
                && <A::Entity as EntityTrait>::PrimaryKey::iter().count() == 1
            {
                self.forget_origin(*id).await?;
            }
            this = this.add(column.eq(value));
        }
        A::Entity::delete_many().filter(this).exec(&self.through).await?;
        Ok(())
    }

    /// Puts parts in the place of those that an object has; what stays is left alone.
    pub async fn replace<A: Attached + PartialEq>(&mut self, old: &[A], new: Vec<A>) -> Result<(), WriteError>
    where
        ActiveOf<A>: ActiveModelBehavior + Send,
    {
        for gone in old.iter().filter(|row| !new.contains(row)) {
            self.detach(gone).await?;
        }
        self.attach_all(new.into_iter().filter(|row| !old.contains(row)).collect()).await
    }

    /// Takes away what was derived from a tree of requirements, to derive it again.
    pub async fn forget_leaves(&mut self, source: Uuid) -> Result<(), WriteError> {
        let of_source = requirement::Entity::find()
            .select_only()
            .column(requirement::Column::Id)
            .filter(requirement::Column::SourceId.eq(source))
            .into_query();
        let leaves = requirement_leaf::Entity::delete_many()
            .filter(requirement_leaf::Column::AncestorId.in_subquery(of_source));
        leaves.exec(&self.through).await?;
        Ok(())
    }
}
