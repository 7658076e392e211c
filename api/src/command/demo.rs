//! The demonstration programme: its files are part of the binary, and are loaded as anybody's are.

use chrono::NaiveDate;

use super::load_programme::{Bundle, BundleError, LoadError, Loaded, load_programme};
use crate::authz::permit::Actor;
use crate::store::db::Db;
use crate::store::write::Origin;

/// The files in `demo/buckinghamshire`; the first takes in the others.
const FILES: &[(&str, &str)] = &[
    ("programme.toml", include_str!("../../../demo/buckinghamshire/programme.toml")),
    ("sources.toml", include_str!("../../../demo/buckinghamshire/sources.toml")),
    ("peer-review-2015.toml", include_str!("../../../demo/buckinghamshire/peer-review-2015.toml")),
    ("plans.toml", include_str!("../../../demo/buckinghamshire/plans.toml")),
    ("phase-2.csv", include_str!("../../../demo/buckinghamshire/phase-2.csv")),
    ("phase-2.answers.toml", include_str!("../../../demo/buckinghamshire/phase-2.answers.toml")),
    ("progress.toml", include_str!("../../../demo/buckinghamshire/progress.toml")),
    ("evidence.toml", include_str!("../../../demo/buckinghamshire/evidence.toml")),
    ("audits.toml", include_str!("../../../demo/buckinghamshire/audits.toml")),
    ("measures.toml", include_str!("../../../demo/buckinghamshire/measures.toml")),
    ("voice.toml", include_str!("../../../demo/buckinghamshire/voice.toml")),
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
}

/// Loads the demonstration programme, unless it is there already.
///
/// # Errors
/// [`DemoError`]; nothing is changed then.
pub async fn load(db: &Db, today: NaiveDate) -> Result<Loaded, DemoError> {
    let bundle = Bundle::read("programme.toml", |name| {
        let file = FILES.iter().find(|(file, _)| *file == name);
        file.map(|(_, text)| text.as_bytes().to_vec())
            .ok_or_else(|| "the demonstration has no such file".to_owned())
    })?;
    Ok(load_programme(db, &Actor::System("demo"), &bundle, Origin::of_command(today)).await?)
}
