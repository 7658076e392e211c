//! What is demanded, and how it is answered: inspections, directions, reviews and all that they ask for.

use super::registry::Registered;

/// The commands of this folder.
pub(super) const COMMANDS: &[Registered] = &[];
