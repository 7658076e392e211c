//! What a command ends with when it cannot do what it was asked.

use std::fmt;

use crate::config::ConfigError;

/// One line for a person, and an exit code for a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CliError {
    message: String,
    exit_code: u8,
}

impl CliError {
    /// The command line or the configuration is at fault.
    pub fn usage(message: impl Into<String>) -> CliError {
        CliError { message: message.into(), exit_code: 2 }
    }

    /// Something else is.
    pub fn failed(message: impl Into<String>) -> CliError {
        CliError { message: message.into(), exit_code: 1 }
    }

    /// What was looked for was found, and it is bad.
    pub fn broken(message: impl Into<String>) -> CliError {
        CliError { message: message.into(), exit_code: 3 }
    }

    /// What the process ends with.
    pub fn exit_code(&self) -> u8 {
        self.exit_code
    }
}

impl fmt::Display for CliError {
    /// One line, whatever the cause wrote.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut words = self.message.split_whitespace();
        if let Some(first) = words.next() {
            f.write_str(first)?;
        }
        words.try_for_each(|word| write!(f, " {word}"))
    }
}

impl std::error::Error for CliError {}

impl From<ConfigError> for CliError {
    fn from(error: ConfigError) -> CliError {
        CliError::usage(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_one_line() {
        let error = CliError::failed("a\n  caused by:\n\tb\u{2028}c");
        assert_eq!(error.to_string(), "a caused by: b c");
        assert_eq!((error.exit_code(), CliError::usage("x").exit_code()), (1, 2));
    }
}
