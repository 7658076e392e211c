//! What is done to the files of evidence: announced and attached, and removed. Their bytes are sent in between, to an address of
//! their own (`crate::files`).

pub(super) mod attach;
pub(super) mod prepare;
pub(super) mod remove;

use entity::evidence;

use super::review::to_be_reviewed;
use crate::command::Work;
use crate::command::refusal::Refusal;

/// Evidence whose files have changed is another version of itself, and what was found of it was found of other files.
async fn renew(work: &mut Work, evidence: &evidence::Model) -> Result<(), Refusal> {
    let anew = to_be_reviewed(evidence.clone());
    if anew == *evidence {
        work.cx.touch(evidence).await?;
    } else {
        work.cx.update(evidence, anew).await?;
    }
    Ok(())
}
