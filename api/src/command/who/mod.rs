//! Who takes part: the programme, organisations, post holders, groups, members.

use super::registry::Registered;

/// The commands of this folder.
pub(super) const COMMANDS: &[Registered] = &[];
