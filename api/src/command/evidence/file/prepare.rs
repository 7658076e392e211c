//! A file is announced.

use domain::file::{FileType, Scan, check_name, check_sha256};
use entity::{evidence, upload};
use serde::Deserialize;
use uuid::Uuid;

use crate::authz::operation::Operation;
use crate::command::input::GlobalId;
use crate::command::refusal::{Refusal, UserError, all_well};
use crate::command::{Command, Done, Target, Work};
use crate::store::uploads::KEPT;

/// At most so many files one person has on their way in a programme: what is only announced takes its room all the same.
const MOST_ON_THEIR_WAY: usize = 20;

/// A file is announced.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::command::evidence) struct EvidenceFilePrepare {
    evidence_id: GlobalId,
    name: String,
    media_type: String,
    size: i64,
    sha256: String,
}

impl Command for EvidenceFilePrepare {
    const OPERATION: Operation = Operation::EvidenceFilePrepare;
    const ABOUT: &'static str = "Announces a file for evidence, and says where its bytes are to be sent. Nothing changes until it is attached.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("upload", "Upload")];

    fn target(&self) -> Target {
        Target::whole(&["Evidence"], "evidenceId", &self.evidence_id)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let evidence: evidence::Model = work.find(&self.evidence_id, "evidenceId").await?;
        let Announced { of, size, sha256 } = self.check(work.file_limits.largest)?;
        has_room(work, size).await?;
        let now = work.now();
        let row = upload::Model {
            id: Uuid::now_v7(),
            programme_id: evidence.programme_id,
            evidence_id: evidence.id,
            subject: work.subject(),
            name: self.name,
            media_type: of.media_type().to_owned(),
            size_bytes: size,
            sha256,
            scan: Scan::Unscanned.as_str().to_owned(),
            prepared_at: now,
            expires_at: now + KEPT,
            received_at: None,
            is_attached: false,
        };
        let id = row.id;
        work.cx.announce(row).await?;
        Ok(Done::with("upload", id))
    }
}

/// What is announced, checked.
struct Announced {
    of: FileType,
    size: i64,
    sha256: String,
}

impl EvidenceFilePrepare {
    /// What can be said of a file before its bytes are there; everything that is wrong with it at once.
    fn check(&self, largest: u64) -> Result<Announced, Vec<UserError>> {
        let mut errors = Vec::new();
        let of = FileType::of_media_type(&self.media_type);
        match of {
            Some(of) => {
                errors.extend(check_name(&self.name, of).err().map(|why| UserError::invalid("name", why)));
            }
            None => errors.push(UserError::invalid("mediaType", which_types())),
        }
        if self.size < 1 {
            errors.push(UserError::invalid(
                "size",
                "A file has at least one byte: an empty one shows nothing.",
            ));
        } else if self.size.unsigned_abs() > largest {
            let message = format!(
                "A file has {largest} bytes at most here, and this one {}: make it smaller, or share it in parts.",
                self.size
            );
            errors.push(UserError::invalid("size", message));
        }
        let sha256 = check_sha256(&self.sha256);
        if sha256.is_none() {
            let message = "This is no SHA-256: give that of the file's bytes as 64 hexadecimal digits.";
            errors.push(UserError::invalid("sha256", message));
        }
        all_well(errors)?;
        let announced = of.zip(sha256).map(|(of, sha256)| Announced { of, size: self.size, sha256 });
        announced.ok_or_else(Vec::new)
    }
}

fn which_types() -> String {
    let types: Vec<&str> = FileType::ALL.iter().map(|of| of.media_type()).collect();
    format!("Files of this type are not taken. These are: {}.", types.join(", "))
}

/// Whether there is room for so many bytes more, in the programme and among what this person has on its way.
async fn has_room(work: &Work, size: i64) -> Result<(), Refusal> {
    let programme = work.programme()?;
    let own = work.cx.on_their_way(programme, &work.subject()).await?;
    if own >= MOST_ON_THEIR_WAY {
        let message = format!(
            "You have {own} files on their way, which is the limit: attach them first, or wait until they are forgotten."
        );
        return Err(UserError::invalid("", message).into());
    }
    let limit = work.file_limits.in_programme;
    let kept = work.cx.bytes_kept(programme).await?;
    if kept.saturating_add(size.unsigned_abs()) > limit {
        let left = limit.saturating_sub(kept);
        let message = format!(
            "The files of this programme would have over {limit} bytes together, which is the limit; {left} are left. \
             Ask who runs the service for more, or remove what is no longer needed."
        );
        return Err(UserError::invalid("size", message).into());
    }
    Ok(())
}
