//! What is done with documents for import.

mod prepare;

use super::registry::Registered;

/// The commands of this folder.
pub(super) const COMMANDS: &[Registered] = &[Registered::of::<prepare::DocumentPrepare>()];
