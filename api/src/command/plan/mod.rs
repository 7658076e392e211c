//! What is done to plans and their themes.

mod close;
mod life;
mod particulars;
mod roll_over;
mod theme;

use super::registry::Registered;

/// The commands of this folder.
pub(super) const COMMANDS: &[Registered] = &[
    Registered::of::<particulars::PlanCreate>(),
    Registered::of::<particulars::PlanAmend>(),
    Registered::of::<life::PlanConsider>(),
    Registered::of::<life::PlanAgree>(),
    Registered::of::<life::PlanPublish>(),
    Registered::of::<close::PlanClose>(),
    Registered::of::<theme::ThemeCreate>(),
    Registered::of::<theme::ThemeUpdate>(),
    Registered::of::<theme::ThemesReorder>(),
];
