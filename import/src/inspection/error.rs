//! Why a file is not read as a report.

use crate::pdf::PdfError;

/// Why a file was refused. Each text says what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// It is no PDF file with text.
    #[error(transparent)]
    Pdf(#[from] PdfError),
    /// A report of Ofsted's that is not about an inspection with judgements.
    #[error(
        "this is {kind}, which is not read (its title begins: {title}); read are the reports of inspections under the single \
         inspection framework (2013 to 2017, re-inspections too), under ILACS (since 2018), and of reviews of safeguarding children boards"
    )]
    OtherKind {
        /// What it is.
        kind: &'static str,
        /// How it begins.
        title: String,
    },
    /// Something else.
    #[error(
        "this is no report of an Ofsted inspection of children's services as far as its first page tells (it begins: {title}); read \
         are reports of inspections under the single inspection framework (2013 to 2017, re-inspections too), under ILACS (since 2018), \
         and of reviews of safeguarding children boards"
    )]
    UnknownKind {
        /// How it begins.
        title: String,
    },
    /// A report of a known kind that does not say whom it is about.
    #[error(
        "this seems to be the report of an inspection ({framework}), and its first page names no authority; give the report as it \
         was published"
    )]
    NoAuthority {
        /// The kind.
        framework: crate::programme::Framework,
    },
}
