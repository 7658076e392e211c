//! The ways from a row to single others: by a relation, or by an id that the client gives.

use apollo_compiler::executable::{Field as Selected, SelectionSet};
use serde_json::Value;

use super::argument::argument;
use super::error::Error;
use super::plan::{At, Planner, add, rows};
use super::shape::{Otherwise, Out, Shape};
use crate::store::ids;
use crate::store::model::{Join, Model, Relation, Scalar, TypeDef};
use crate::store::plan::{Joined, Only, Rows, SelectFrom};
use crate::store::table::Table;

/// At most so many ids in `nodes`.
const MAX_NODES: usize = 100;

impl<'a> Planner<'a> {
    /// At most one row: joined to those above where they hold its id, else fetched by a statement of its own.
    pub(super) fn one(
        &mut self,
        ty: &'static TypeDef,
        relation: &'static Relation,
        field: &'a Selected,
        sets: &[&'a SelectionSet],
        (rows, at): (&mut Rows, At),
    ) -> Result<Out, Error> {
        let otherwise = if field.ty().is_non_null() { Otherwise::Never } else { Otherwise::Null };
        if let Join::To(column) = relation.join {
            let (table, kinds) = target(relation, rows.table);
            if let Some(source) = rows.join(Joined { of: at.source, column, table, kinds }) {
                let key = rows.select(source, SelectFrom::Column(table.key()), Scalar::Uuid, false);
                let at = At { source, key };
                let shape = self.below(1, |planner| planner.shape(relation.to, sets, rows, at))?;
                return Ok(Out::Joined { key, shape, otherwise });
            }
        }
        let (slot, mut child) = self.child(relation, rows, at);
        let otherwise = if ty.name == "Query" {
            // No programme has an empty slug, nor one with U+0000, which PostgreSQL does not take for text.
            let slug = argument(field, "slug", self.variables);
            let slug = slug.as_ref().and_then(Value::as_str).filter(|slug| !slug.contains('\0'));
            child.only = Some(Only::Slug(slug.unwrap_or_default().to_owned()));
            Otherwise::NotFound("There is no programme with this slug for you.".into())
        } else {
            otherwise
        };
        let shape = self.below(1, |planner| planner.shape(relation.to, sets, &mut child, At::ROW))?;
        Ok(Out::One { child: add(rows, slot, child), slot, shape, otherwise })
    }

    /// The plan for a relation's rows, and which value of the rows above is their key.
    pub(super) fn child(&self, relation: &Relation, rows: &mut Rows, at: At) -> (usize, Rows) {
        let (table, kinds) = target(relation, rows.table);
        let child = Rows { kinds, ..self::rows(relation.clone(), table) };
        let slot = match relation.join {
            Join::To(column) => rows.select(at.source, SelectFrom::Column(column), Scalar::Uuid, false),
            _ => at.key,
        };
        (slot, child)
    }

    /// The fields of a row, for each type that it can be of.
    pub(super) fn shape(
        &mut self,
        of: &str,
        sets: &[&'a SelectionSet],
        rows: &mut Rows,
        at: At,
    ) -> Result<Shape, Error> {
        let members = Model::get().members(of);
        let kind = (members.len() > 1)
            .then(|| rows.select(at.source, SelectFrom::Column("kind"), Scalar::Text, false));
        let mut variants = Vec::new();
        for ty in members {
            variants.push((ty.kind.filter(|_| kind.is_some()), self.object(ty, sets, rows, at)?));
        }
        Ok(Shape { kind, variants })
    }

    pub(super) fn node(
        &mut self,
        field: &'a Selected,
        sets: &[&'a SelectionSet],
        rows: &mut Rows,
    ) -> Result<Out, Error> {
        let (ty, id) = self.id(argument(field, "id", self.variables).as_ref(), "id")?;
        let mut child = self.typed(ty, vec![id]);
        let fields = self.below(1, |planner| planner.object(ty, sets, &mut child, At::ROW))?;
        Ok(Out::One {
            child: add(rows, 0, child),
            slot: 0,
            shape: Shape { kind: None, variants: vec![(None, fields)] },
            otherwise: Otherwise::NotFound("There is nothing with this id for you.".into()),
        })
    }

    /// One statement for each type among the ids.
    pub(super) fn nodes(
        &mut self,
        field: &'a Selected,
        sets: &[&'a SelectionSet],
        rows: &mut Rows,
    ) -> Result<Out, Error> {
        let given = argument(field, "ids", self.variables);
        let given = given.as_ref().and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        if given.len() > MAX_NODES {
            let message = format!("ids: {} ids; {MAX_NODES} is the limit.", given.len());
            return Err(self.error(Error::input(message)));
        }
        let ids = given.iter().enumerate().map(|(place, id)| self.id(Some(id), &format!("ids.{place}")));
        let ids = ids.collect::<Result<Vec<_>, _>>()?;
        let mut types: Vec<&'static TypeDef> = Vec::new();
        for (ty, _) in &ids {
            if !types.iter().any(|of| of.name == ty.name) {
                types.push(ty);
            }
        }
        let mut children = Vec::new();
        let mut shapes = Vec::new();
        for (place, ty) in types.iter().enumerate() {
            let of_type: Vec<_> =
                ids.iter().filter(|(of, _)| of.name == ty.name).map(|(_, id)| *id).collect();
            let times = of_type.len().try_into().unwrap_or(u64::MAX);
            let mut child = self.typed(ty, of_type);
            let fields = self.below(times, |planner| planner.object(ty, sets, &mut child, At::ROW))?;
            shapes.push(Shape { kind: None, variants: vec![(None, fields)] });
            children.push((ty.name, (add(rows, 0, child), place)));
        }
        let place = |ty: &TypeDef| children.iter().find(|(name, _)| *name == ty.name).map(|(_, at)| *at);
        Ok(Out::Nodes(ids.iter().map(|(ty, id)| (place(ty), *id)).collect(), shapes))
    }

    /// An empty plan for things of one type by their ids.
    pub(super) fn typed(&self, ty: &'static TypeDef, ids: Vec<uuid::Uuid>) -> Rows {
        let relation = Relation { to: ty.name, join: Join::Root, order: Vec::new(), only: None };
        let mut child = rows(relation, ty.table.unwrap_or(Table::Programme));
        child.kinds = ty.kind.into_iter().collect();
        child.only = Some(Only::Ids(ids));
        child
    }

    pub(super) fn id(
        &self,
        given: Option<&Value>,
        place: &str,
    ) -> Result<(&'static TypeDef, uuid::Uuid), Error> {
        let given = given.unwrap_or(&Value::Null);
        given.as_str().and_then(ids::decode).ok_or_else(|| {
            self.error(Error::input(format!("{place}: {given} is not an id that this API gave.")))
        })
    }
}

/// The table that a relation leads to, and the kinds of rows in it that are meant.
fn target(relation: &Relation, from: Table) -> (Table, Vec<&'static str>) {
    let model = Model::get();
    let kind = model.ty(relation.to).and_then(|ty| ty.kind);
    (model.table(relation.to).unwrap_or(from), kind.into_iter().collect())
}
