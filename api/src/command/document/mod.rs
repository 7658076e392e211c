//! What is done with documents for import.

mod prepare;
mod remove;

use super::registry::Registered;

/// The commands of this folder.
pub(super) const COMMANDS: &[Registered] =
    &[Registered::of::<prepare::DocumentPrepare>(), Registered::of::<remove::SourceDocumentRemove>()];
