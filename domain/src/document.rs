//! Documents for import: what they can be, how large, and how far their reading has come.

use chrono::TimeDelta;

use crate::file::FileType;

/// For how long a document waits to be imported.
pub const KEPT: TimeDelta = TimeDelta::days(30);

crate::vocabulary! {
    /// What a file is sent for.
    UploadPurpose {
        /// To be attached to evidence.
        Evidence = "EVIDENCE",
        /// To be read, and imported.
        Import = "IMPORT",
    }
}

crate::vocabulary! {
    /// What a document for import is.
    DocumentKind {
        /// An improvement plan, as a table.
        Plan = "PLAN",
        /// An inspection report by Ofsted.
        InspectionReport = "INSPECTION_REPORT",
    }
}

crate::vocabulary! {
    /// How far the reading of a document has come.
    ReadingState {
        /// Its bytes have not come.
        Awaited = "AWAITED",
        /// They are there, and wait to be looked at by the scanner, or to be read.
        Waiting = "WAITING",
        /// It is being read.
        Reading = "READING",
        /// It was read.
        Read = "READ",
        /// It cannot be read.
        Refused = "REFUSED",
    }
}

crate::vocabulary! {
    /// The types of things that are imported from documents, by their names in the schema.
    Imported {
        /// A plan.
        Plan = "Plan",
        /// An action of it.
        Action = "Action",
        /// A step of an action.
        Step = "Step",
        /// What was reported on an action.
        ProgressUpdate = "ProgressUpdate",
        /// An inspection.
        Inspection = "Inspection",
        /// A grade of it.
        Judgement = "Judgement",
        /// What it recommends.
        Recommendation = "Recommendation",
    }
}

impl DocumentKind {
    /// The kinds of files that such a document can be.
    pub const fn types(self) -> &'static [FileType] {
        match self {
            Self::Plan => &[FileType::Csv, FileType::Text, FileType::Xlsx, FileType::Docx],
            Self::InspectionReport => &[FileType::Pdf],
        }
    }

    /// The largest that such a document can be, in bytes.
    pub const fn largest(self) -> u64 {
        match self {
            Self::Plan => 10 << 20,
            Self::InspectionReport => 30 << 20,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_is_a_table_and_a_report_is_a_print() {
        assert!(DocumentKind::Plan.types().contains(&FileType::Xlsx));
        assert!(!DocumentKind::Plan.types().contains(&FileType::Pdf));
        assert_eq!(DocumentKind::InspectionReport.types(), [FileType::Pdf]);
    }
}
