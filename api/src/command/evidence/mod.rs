//! What is done to evidence.

use super::registry::Registered;

/// The commands of this folder.
pub(super) const COMMANDS: &[Registered] = &[];
