//! Documents come in: a plan, or an inspection's report, that was sent and read becomes part of the programme.
//!
//! What was read is understood here once more, with the answers that come with the command: nobody can commit something else than
//! what a dry run of the same document with the same answers shows.

mod document;
mod inspection;
mod plan;
mod refuse;

use super::registry::Registered;

/// The commands of this folder.
pub(super) const COMMANDS: &[Registered] =
    &[Registered::of::<plan::PlanImport>(), Registered::of::<inspection::InspectionImport>()];
