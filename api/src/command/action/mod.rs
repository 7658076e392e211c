//! What is done to actions.

mod progress;

use super::registry::Registered;

/// The commands of this folder.
pub(super) const COMMANDS: &[Registered] =
    &[Registered::of::<progress::ActionStart>(), Registered::of::<progress::ProgressUpdateAdd>()];
