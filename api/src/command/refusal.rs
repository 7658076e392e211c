//! Why a command was not done, as the user is told. The codes are the schema's `ErrorCode`.

use domain::UnknownWord;
use sea_orm::DbErr;

use crate::store::write::WriteError;

domain::vocabulary! {
    /// What a user can mend: the closed set of `userErrors.code`. `docs/api.md` lists them.
    ErrorCode {
        /// A value cannot be taken, or something that the rules ask for is missing.
        ValidationFailed = "VALIDATION_FAILED",
        /// There is no such thing for the viewer.
        NotFound = "NOT_FOUND",
        /// The viewer may see it but not do this to it.
        Forbidden = "FORBIDDEN",
        /// It was changed since the version that the viewer saw.
        VersionConflict = "VERSION_CONFLICT",
        /// Its status, or its plan's, does not allow this.
        IllegalTransition = "ILLEGAL_TRANSITION",
        /// The key was used for another request.
        IdempotencyMismatch = "IDEMPOTENCY_MISMATCH",
        /// A text seems to hold a number that identifies a person.
        PersonalDataSuspected = "PERSONAL_DATA_SUSPECTED",
    }
}

/// One thing that a user can mend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserError {
    /// What is wrong.
    pub code: ErrorCode,
    /// For people: what was wrong, and what would be right. Never repeats what was suspected to be personal.
    pub message: String,
    /// The path into the input; empty where it is about the whole.
    pub field: Vec<String>,
    /// The version that the thing has now, for a conflict.
    pub current_version: Option<i32>,
}

impl UserError {
    /// An error at a place of the input, its parts separated by points: `updates.3.narrative`.
    pub fn new(code: ErrorCode, path: &str, message: impl Into<String>) -> Self {
        let field = path.split('.').filter(|part| !part.is_empty()).map(Into::into).collect();
        Self { code, message: message.into(), field, current_version: None }
    }

    /// A value that cannot be taken, or a need that is not met.
    pub fn invalid(path: &str, message: impl Into<String>) -> Self {
        Self::new(ErrorCode::ValidationFailed, path, message)
    }

    /// Nothing there, or nothing for the viewer: the same words for both.
    pub fn not_found(path: &str) -> Self {
        Self::new(ErrorCode::NotFound, path, "There is nothing with this id for you.")
    }

    /// The policy does not let the viewer do this.
    pub fn forbidden(path: &str) -> Self {
        Self::new(ErrorCode::Forbidden, path, "Your role does not allow this; viewerCan says what it allows.")
    }

    /// The state of things does not allow this.
    pub fn illegal(path: &str, message: impl Into<String>) -> Self {
        Self::new(ErrorCode::IllegalTransition, path, message)
    }
}

/// Whether nothing was found wrong.
///
/// # Errors
/// Everything that was.
pub fn all_well(errors: Vec<UserError>) -> Result<(), Vec<UserError>> {
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

/// Why a command was not done.
#[derive(Debug)]
pub enum Refusal {
    /// What the user can mend.
    User(Vec<UserError>),
    /// It could not be written.
    Write(WriteError),
}

impl From<UserError> for Refusal {
    fn from(error: UserError) -> Self {
        Self::User(vec![error])
    }
}

impl From<Vec<UserError>> for Refusal {
    fn from(errors: Vec<UserError>) -> Self {
        Self::User(errors)
    }
}

impl From<WriteError> for Refusal {
    /// A second of what there can be only one of is the user's to mend: most commands say so better beforehand.
    fn from(fault: WriteError) -> Self {
        if fault.is_duplicate() {
            return UserError::invalid("", "There is one like this already.").into();
        }
        Self::Write(fault)
    }
}

impl From<UnknownWord> for Refusal {
    /// The database holds a word that this version does not know: a fault of ours, not the user's.
    fn from(word: UnknownWord) -> Self {
        Self::Write(DbErr::Type(word.to_string()).into())
    }
}
