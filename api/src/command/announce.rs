//! Files that are announced before they are sent: what can be said of them then.

use chrono::TimeDelta;
use domain::document::UploadPurpose;
use domain::file::{FileType, Scan, check_name, check_sha256};
use entity::upload;
use uuid::Uuid;

use super::Work;
use super::refusal::{Refusal, UserError, all_well};

/// At most so many files one person has on their way in a programme for one purpose: what is only announced takes its room all the
/// same.
const MOST_ON_THEIR_WAY: usize = 20;

/// What is said of a file that is going to be sent.
pub(super) struct Announcement<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its media type.
    pub media_type: &'a str,
    /// How many bytes.
    pub size: i64,
    /// Their hash.
    pub sha256: &'a str,
}

/// The same, found to be well.
pub(super) struct Announced {
    of: FileType,
    size: i64,
    /// The hash as it is kept.
    sha256: String,
}

/// What can be said of a file before its bytes are there; everything that is wrong with it at once.
///
/// # Errors
/// It is not of these types, larger than this, or not whole.
pub(super) fn check(
    given: &Announcement<'_>,
    types: &[FileType],
    largest: u64,
) -> Result<Announced, Vec<UserError>> {
    let mut errors = Vec::new();
    let of = FileType::of_media_type(given.media_type).filter(|of| types.contains(of));
    match of {
        Some(of) => {
            errors.extend(check_name(given.name, of).err().map(|why| UserError::invalid("name", why)));
        }
        None => errors.push(UserError::invalid("mediaType", which(types))),
    }
    if given.size < 1 {
        errors.push(UserError::invalid("size", "A file has at least one byte: an empty one shows nothing."));
    } else if given.size.unsigned_abs() > largest {
        let message = format!(
            "A file has {largest} bytes at most here, and this one {}: make it smaller, or share it in parts.",
            given.size
        );
        errors.push(UserError::invalid("size", message));
    }
    let sha256 = check_sha256(given.sha256);
    if sha256.is_none() {
        let message = "This is no SHA-256: give that of the file's bytes as 64 hexadecimal digits.";
        errors.push(UserError::invalid("sha256", message));
    }
    all_well(errors)?;
    let announced = of.zip(sha256).map(|(of, sha256)| Announced { of, size: given.size, sha256 });
    announced.ok_or_else(Vec::new)
}

impl Announced {
    /// The upload that waits for the bytes, for so long.
    pub(super) fn upload(
        self,
        work: &Work,
        name: String,
        purpose: UploadPurpose,
        kept: TimeDelta,
    ) -> Result<upload::Model, Refusal> {
        let now = work.now();
        Ok(upload::Model {
            id: Uuid::now_v7(),
            programme_id: work.programme()?,
            purpose: purpose.as_str().to_owned(),
            evidence_id: None,
            subject: work.subject(),
            name,
            media_type: self.of.media_type().to_owned(),
            size_bytes: self.size,
            sha256: self.sha256,
            scan: Scan::Unscanned.as_str().to_owned(),
            prepared_at: now,
            expires_at: now + kept,
            received_at: None,
            is_attached: false,
        })
    }
}

fn which(types: &[FileType]) -> String {
    let types: Vec<&str> = types.iter().map(|of| of.media_type()).collect();
    format!("Files of this type are not taken. These are: {}.", types.join(", "))
}

/// Whether there is room for so many bytes more, in the programme and among what this person has on its way.
///
/// # Errors
/// There is none.
pub(super) async fn has_room(work: &Work, purpose: UploadPurpose, size: i64) -> Result<(), Refusal> {
    let programme = work.programme()?;
    let own = work.cx.on_their_way(programme, &work.subject(), purpose).await?;
    if own >= MOST_ON_THEIR_WAY {
        let done = match purpose {
            UploadPurpose::Evidence => "attach",
            UploadPurpose::Import => "import",
        };
        let message = format!(
            "You have {own} files on their way, which is the limit: {done} them first, or wait until they are forgotten."
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
