//! The demonstration programme: its files are part of the binary, and are loaded as anybody's are.

use chrono::NaiveDate;

use super::load_programme::{Bundle, BundleError, LoadError, Loaded, load_programme};
use super::notices::tell_due;
use crate::authz::permit::Actor;
use crate::config::Clock;
use crate::store::db::Db;
use crate::store::write::{Origin, WriteError};

/// The files in `demo/buckinghamshire`; the first takes in the others.
const FILES: &[(&str, &[u8])] = &[
    ("programme.toml", include_bytes!("../../../demo/buckinghamshire/programme.toml")),
    ("sources.toml", include_bytes!("../../../demo/buckinghamshire/sources.toml")),
    ("peer-review-2015.toml", include_bytes!("../../../demo/buckinghamshire/peer-review-2015.toml")),
    ("plans.toml", include_bytes!("../../../demo/buckinghamshire/plans.toml")),
    ("phase-2.csv", include_bytes!("../../../demo/buckinghamshire/phase-2.csv")),
    ("phase-2.answers.toml", include_bytes!("../../../demo/buckinghamshire/phase-2.answers.toml")),
    ("progress.toml", include_bytes!("../../../demo/buckinghamshire/progress.toml")),
    ("evidence.toml", include_bytes!("../../../demo/buckinghamshire/evidence.toml")),
    ("audits.toml", include_bytes!("../../../demo/buckinghamshire/audits.toml")),
    ("measures.toml", include_bytes!("../../../demo/buckinghamshire/measures.toml")),
    ("voice.toml", include_bytes!("../../../demo/buckinghamshire/voice.toml")),
    ("challenges.toml", include_bytes!("../../../demo/buckinghamshire/challenges.toml")),
    (
        "educational-psychology-2018.csv",
        include_bytes!("../../../demo/buckinghamshire/educational-psychology-2018.csv"),
    ),
    (
        "assessment-protocol-2018.pdf",
        include_bytes!("../../../demo/buckinghamshire/assessment-protocol-2018.pdf"),
    ),
    (
        "dip-sample-october-2018.txt",
        include_bytes!("../../../demo/buckinghamshire/dip-sample-october-2018.txt"),
    ),
    ("hub-decisions-2018.csv", include_bytes!("../../../demo/buckinghamshire/hub-decisions-2018.csv")),
    (
        "missing-review-autumn-2018.pdf",
        include_bytes!("../../../demo/buckinghamshire/missing-review-autumn-2018.pdf"),
    ),
    (
        "check-without-notice-2018.txt",
        include_bytes!("../../../demo/buckinghamshire/check-without-notice-2018.txt"),
    ),
];

/// Why the demonstration was not loaded.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// Its files do not fit together.
    #[error(transparent)]
    Files(#[from] BundleError),
    /// It could not be loaded.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// Nobody could be told what is due in it.
    #[error("what is due cannot be told: {0}")]
    Tell(#[from] WriteError),
}

/// Loads the demonstration programme, unless it is there already, and tells what has fallen due in it by its day.
///
/// # Errors
/// [`DemoError`].
pub async fn load(db: &Db, today: NaiveDate) -> Result<Loaded, DemoError> {
    let loaded = load_programme(db, &Actor::System("demo"), &bundle()?, Origin::of_command(today)).await?;
    tell_due(db, &Clock::new(Some(today))).await?;
    Ok(loaded)
}

/// What is loaded.
///
/// # Errors
/// Its files do not fit together.
pub fn bundle() -> Result<Bundle, BundleError> {
    Bundle::read("programme.toml", |name| {
        let file = FILES.iter().find(|(file, _)| *file == name);
        file.map(|(_, bytes)| bytes.to_vec()).ok_or_else(|| "the demonstration has no such file".to_owned())
    })
}
