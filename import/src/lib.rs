//! Pure readers of what a council keeps: bytes in, understanding out. No file, no database, no clock, no printing.
//!
//! [`plan`] reads an improvement plan as a table (XLSX, DOCX, CSV or pasted text) and says, cell by cell, what it understood
//! and what it has to ask. How it reads is written for its users in `docs/import.md`. [`programme`] reads a whole programme
//! from TOML; `docs/programme-file.md` describes that format. [`readings`] reads figures of measures from CSV. [`inspection`] reads
//! the report of an Ofsted inspection from a PDF, which [`pdf`] makes lines of.

pub(crate) mod decode;
pub mod inspection;
pub mod pdf;
pub(crate) mod personal;
pub mod plan;
pub mod programme;
pub mod readings;

pub use plan::{AnswerError, Answers, ReadError, Understanding, apply, read, report};
