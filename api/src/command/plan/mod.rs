//! What is done to plans and their themes.

use super::registry::Registered;

/// The commands of this folder.
pub(super) const COMMANDS: &[Registered] = &[];
