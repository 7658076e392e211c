//! Writing what there is not yet: new objects, and parts of those that the change has recorded.

use std::collections::BTreeSet;

use entity::{ledger_head, requirement_leaf};
use sea_orm::ActiveModelBehavior;
use serde_json::Value;
use uuid::Uuid;

use super::{Change, WriteCx, WriteError};
use crate::store::batch::Batch;
use crate::store::ledger::GENESIS;
use crate::store::recorded::{ActiveOf, Attached, Recorded, Row, item_of, state_of};
use crate::store::sight;

impl WriteCx {
    /// Writes a new object and records it.
    pub async fn create<M: Recorded>(&mut self, row: M) -> Result<(), WriteError>
    where
        ActiveOf<M>: ActiveModelBehavior + Send,
    {
        self.create_all(vec![row]).await
    }

    /// Writes new objects of one kind, in few statements, and records each.
    pub async fn create_all<M: Recorded>(&mut self, rows: Vec<M>) -> Result<(), WriteError>
    where
        ActiveOf<M>: ActiveModelBehavior + Send,
    {
        let (changes, begun) = self.begin(&rows).await?;
        self.insert(rows).await?;
        for programme_id in begun {
            let head = ledger_head::Model { programme_id, sequence: 0, hash: GENESIS.to_owned() };
            self.insert(vec![head.clone()]).await?;
            self.holds(head);
        }
        for change in changes {
            self.note(change);
        }
        Ok(())
    }

    /// As [`WriteCx::create`], for what nothing reads again before the commit, and no ledger begins with: it is written with the
    /// last.
    pub(in crate::store) async fn create_last<M: Recorded>(&mut self, row: M) -> Result<(), WriteError>
    where
        ActiveOf<M>: ActiveModelBehavior + Send,
    {
        let rows = vec![row];
        let (changes, _) = self.begin(&rows).await?;
        self.last.insert(rows);
        for change in changes {
            self.note(change);
        }
        Ok(())
    }

    /// What is recorded of new objects, and the programmes whose ledgers begin with them; the others are held.
    async fn begin<M: Recorded>(&mut self, rows: &[M]) -> Result<(Vec<Change>, Vec<Uuid>), WriteError> {
        let mut changes = Vec::with_capacity(rows.len());
        let (mut begun, mut plans) = (Vec::new(), BTreeSet::new());
        for row in rows {
            match row.programme() {
                Some(programme) if row.begins_ledger() => begun.push(programme),
                Some(programme) => self.hold(programme).await?,
                None => {}
            }
            let state = state_of(row)?;
            plans.extend(row.programme().zip(sight::plan_of_new(M::TABLE, &state)));
            changes.push(Change {
                programme: row.programme(),
                entity_type: row.type_name(),
                entity_id: row.id(),
                version: row.version(),
                state,
                lists_anew: false,
                also_in: Vec::new(),
            });
        }
        for (programme, plan) in plans {
            self.watch_around(Some(programme), "Plan", plan).await?;
        }
        Ok((changes, begun))
    }

    /// Writes a part of an object that this change has recorded, and records it as part of that object's state.
    pub async fn attach<A: Attached>(&mut self, row: A) -> Result<(), WriteError>
    where
        ActiveOf<A>: ActiveModelBehavior + Send,
    {
        self.attach_all(vec![row]).await
    }

    /// As [`WriteCx::attach`], for many parts of one kind.
    pub async fn attach_all<A: Attached>(&mut self, rows: Vec<A>) -> Result<(), WriteError>
    where
        ActiveOf<A>: ActiveModelBehavior + Send,
    {
        for row in &rows {
            let owner = row.owner();
            if sight::is_moved_by(A::LIST) {
                self.watch_owner(owner).await?;
            }
            let change = self.noted(owner).ok_or(WriteError::OwnerNotRecorded(owner))?;
            if change.lists_anew {
                continue;
            }
            let state = &mut change.state;
            if let Value::Array(list) = state.entry(A::LIST).or_insert_with(|| Value::Array(Vec::new())) {
                list.push(item_of(row)?);
            }
        }
        self.insert(rows).await
    }

    /// Writes what follows from the tree of requirements. Not recorded: it can be worked out again from what is.
    pub async fn derive_leaves(&mut self, rows: Vec<requirement_leaf::Model>) -> Result<(), WriteError> {
        self.insert(rows).await
    }

    pub(in crate::store) async fn insert<M: Row>(&self, rows: Vec<M>) -> Result<(), WriteError>
    where
        ActiveOf<M>: ActiveModelBehavior + Send,
    {
        let mut batch = Batch::default();
        batch.insert(rows);
        Ok(batch.run(&self.through).await?)
    }
}
