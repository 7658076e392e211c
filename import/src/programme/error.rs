//! What is wrong with a programme file: where, what, and what would be right.

use std::fmt;

/// Why a programme file was not taken. Nothing of it is used: a file is good as a whole or not at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProgrammeFileError {
    /// The text is not TOML, or has a table, key or word that the format does not know.
    #[error("{file}: {message}")]
    Unreadable {
        /// The file's name, as given.
        file: String,
        /// What TOML's reader says, with line and column.
        message: String,
    },
    /// A file that another one includes could not be had.
    #[error("{file}: include of {included:?}: {message}")]
    Include {
        /// The file that includes.
        file: String,
        /// The name it includes.
        included: String,
        /// Why it could not be had.
        message: String,
    },
    /// The text can be read, but does not make sense as a whole. All problems at once, so that one round mends them.
    #[error("{}", list(.0))]
    Invalid(Vec<Problem>),
}

fn list(problems: &[Problem]) -> String {
    problems.iter().map(Problem::to_string).collect::<Vec<_>>().join("\n")
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The table, e.g. `plan.action`.
    pub table: &'static str,
    /// Which entry of it, by its keys, e.g. `phase-2 / 1.1`.
    pub entry: String,
    /// The key in the entry.
    pub field: String,
    /// What was wrong.
    pub wrong: String,
    /// What would be right.
    pub right: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "[{}]", self.table)?;
        if !self.entry.is_empty() {
            write!(out, " {}", self.entry)?;
        }
        if !self.field.is_empty() {
            write!(out, ", {}", self.field)?;
        }
        write!(out, ": {}; {}", self.wrong, self.right)
    }
}
