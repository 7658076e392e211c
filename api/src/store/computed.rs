//! Computed values: fields that no column, expression or relation gives. They are worked out after the rows were
//! fetched, for all rows at once, as JSON, which `graphql::computed` shows by the client's selection.
//!
//! To add one: a variant of [`Computation`] and its arm in each of the three functions; `FieldDef::Computed` where the
//! field is bound; a type of the model whose fields are `FieldDef::Json` for each object in the value; their rules in
//! the policy. The value holds ids as global ids (`store::ids`), and nothing that the viewer may not see.

use futures_util::future::try_join_all;
use sea_orm::DbErr;
use serde_json::{Map, Value};

use super::audit_themes;
use super::file_links;
use super::history;
use super::machine_use;
use super::model::Scalar;
use super::plan::{Cell, SelectFrom};
use super::position;
use super::proof;
use super::read::ReadCx;
use super::understood;
use crate::files::Purpose;

/// What can be computed. This is the one place to add to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Computation {
    /// What an entry of the ledger changed, field by field.
    FieldChanges,
    /// How a programme stood at a moment.
    Position,
    /// What changed in a programme between two moments.
    ChangesBetween,
    /// Which themes a programme's audits were about, year by year.
    AuditThemes,
    /// Where a file of evidence can be fetched.
    Download,
    /// Where a document can be fetched that something was imported from.
    DocumentDownload,
    /// Where the bytes of an upload are to be sent.
    UploadTarget,
    /// How each strand of an action's evidence stands.
    ActionStrands,
    /// What is missing before the board can assure an action.
    ActionMissing,
    /// What shows that a requirement is met.
    RequirementProof,
    /// What a document says that is a plan.
    PlanReading,
    /// What a document says that is the report of an inspection.
    ReportReading,
    /// On which day a machine client, or a secret of one, was last used.
    LastUsed,
}

impl Computation {
    /// The values of its row that it needs. Each row gives them in this order.
    pub fn inputs(self) -> Vec<(SelectFrom, Scalar)> {
        match self {
            Self::FieldChanges => history::inputs(),
            Self::Download | Self::DocumentDownload => file_links::inputs_of_download(),
            Self::UploadTarget => file_links::inputs_of_target(),
            Self::Position | Self::ChangesBetween | Self::AuditThemes => {
                vec![(SelectFrom::Column("id"), Scalar::Uuid)]
            }
            Self::ActionStrands => proof::strand_inputs(),
            Self::ActionMissing => proof::action_inputs(),
            Self::RequirementProof => proof::requirement_inputs(),
            Self::PlanReading | Self::ReportReading => understood::inputs(),
            Self::LastUsed => machine_use::inputs(),
        }
    }

    /// How many objects it counts as, beside those that it holds: what takes long is asked for few rows at once.
    pub fn weight(self) -> u64 {
        match self {
            Self::PlanReading | Self::ReportReading => understood::WEIGHT,
            _ => 0,
        }
    }

    /// Whether its value passes by itself, though nothing changes: an answer that holds it is not to be kept.
    pub fn passes(self) -> bool {
        matches!(
            self,
            Self::Download
                | Self::DocumentDownload
                | Self::UploadTarget
                | Self::PlanReading
                | Self::ReportReading
                | Self::LastUsed
        )
    }

    /// Looks at the arguments before any statement runs: says what is wrong with them, and what would be right.
    pub fn check(self, asked: &Asked) -> Result<(), String> {
        match self {
            Self::FieldChanges | Self::AuditThemes | Self::LastUsed | Self::ReportReading => Ok(()),
            Self::Download | Self::DocumentDownload | Self::UploadTarget => Ok(()),
            Self::ActionStrands | Self::ActionMissing | Self::RequirementProof => Ok(()),
            Self::Position => position::check_position(asked),
            Self::ChangesBetween => position::check_changes(asked),
            Self::PlanReading => understood::check_plan(asked),
        }
    }

    /// The value for each row, in the order of the rows. The number of statements is the same for any rows, for none too.
    async fn run(self, read: &ReadCx, asked: &Asked, rows: &[Vec<Cell>]) -> Result<Vec<Value>, DbErr> {
        match self {
            Self::FieldChanges => history::field_changes(read, rows).await,
            Self::Position => position::position(read, asked, rows).await,
            Self::ChangesBetween => position::changes(read, asked, rows).await,
            Self::AuditThemes => audit_themes::of_programmes(read, rows).await,
            Self::Download => Ok(file_links::downloads(read, Purpose::Download, rows)),
            Self::DocumentDownload => Ok(file_links::downloads(read, Purpose::Document, rows)),
            Self::UploadTarget => Ok(file_links::targets(read, rows)),
            Self::ActionStrands => proof::strands_of_actions(read, asked, rows).await,
            Self::ActionMissing => proof::missing_of_actions(read, rows).await,
            Self::RequirementProof => proof::of_requirements(read, asked, rows).await,
            Self::PlanReading => understood::plans(read, asked, rows).await,
            Self::ReportReading => understood::reports(read, rows).await,
            Self::LastUsed => Ok(machine_use::shown(rows)),
        }
    }
}

/// What the client asks of a computed value: its arguments, and the same of the fields below.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Asked {
    /// The field's name in the schema.
    pub name: String,
    /// The member of the object above in which the value is looked for: the key that the model binds the field to, and
    /// its arguments where it has some, because a selection can hold a field several times with other arguments.
    pub member: String,
    /// Its arguments, the schema's defaults included.
    pub arguments: Map<String, Value>,
    /// What is asked for below.
    pub fields: Vec<Asked>,
}

impl Asked {
    /// What is asked of the field with a name: once for each set of arguments; nothing where it is not asked for.
    pub fn each<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a Asked> {
        self.fields.iter().filter(move |field| field.name == name)
    }

    /// Adds a field; what is asked of the same member comes together.
    pub fn add(&mut self, field: Asked) {
        match self.fields.iter_mut().find(|of| of.member == field.member) {
            Some(same) => field.fields.into_iter().for_each(|below| same.add(below)),
            None => self.fields.push(field),
        }
    }
}

/// A value to compute for each row of a statement.
#[derive(Debug)]
pub struct Computed {
    /// What.
    pub computation: Computation,
    /// Which value is the key of its row. Where it is null there is no row.
    pub key: usize,
    /// Which values are its inputs.
    pub inputs: Vec<usize>,
    /// What the client asks of it.
    pub asked: Asked,
    /// Where it goes.
    pub place: usize,
}

/// Computes what is to be computed for these rows, and puts it into its places.
pub async fn fill(read: &ReadCx, rows: &mut [Vec<Cell>], computed: &[Computed]) -> Result<(), DbErr> {
    let values = try_join_all(computed.iter().map(|of| of_rows(read, rows, of))).await?;
    for (of, values) in computed.iter().zip(values) {
        for (index, value) in values {
            if let Some(cell) = rows.get_mut(index).and_then(|row| row.get_mut(of.place)) {
                *cell = Cell::Json(value);
            }
        }
    }
    Ok(())
}

/// The values for the rows that are there, each with the place of its row.
async fn of_rows(read: &ReadCx, rows: &[Vec<Cell>], of: &Computed) -> Result<Vec<(usize, Value)>, DbErr> {
    let is_there = |row: &Vec<Cell>| row.get(of.key).and_then(Cell::uuid).is_some();
    let there: Vec<usize> =
        rows.iter().enumerate().filter(|(_, row)| is_there(row)).map(|(index, _)| index).collect();
    let input = |row: &Vec<Cell>, slot: &usize| row.get(*slot).cloned().unwrap_or(Cell::Null);
    let inputs: Vec<Vec<Cell>> = there
        .iter()
        .filter_map(|index| rows.get(*index))
        .map(|row| of.inputs.iter().map(|slot| input(row, slot)).collect())
        .collect();
    let values = of.computation.run(read, &of.asked, &inputs).await?;
    Ok(there.into_iter().zip(values).collect())
}
