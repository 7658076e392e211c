//! Errors of the database as the log may have them: what kind, with code and names, never with what somebody wrote.

use std::fmt;

use sea_orm::DbErr;

use super::trouble::{Trouble, driver_error};

/// An error without the values that its own text can hold: PostgreSQL repeats them (`Key (name)=(…) already exists`,
/// `invalid input syntax …`). It shows as its kind, the code (SQLSTATE; SQLite's result code), and the constraint and
/// table that the database names.
pub(crate) fn described(error: &DbErr) -> Described<'_> {
    Described(error)
}

/// What [`described`] gives.
pub(crate) struct Described<'a>(&'a DbErr);

impl fmt::Display for Described<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(kind(self.0))?;
        match driver_error(self.0) {
            Some(sqlx::Error::Database(refusal)) => {
                write!(f, ", {}", why(self.0).unwrap_or_else(|| what(&refusal.kind())))?;
                let code = refusal.code();
                let named = [
                    ("code", code.as_deref()),
                    ("constraint", refusal.constraint()),
                    ("table", refusal.table()),
                ];
                named
                    .iter()
                    .filter_map(|(name, value)| Some((name, (*value)?)))
                    .try_for_each(|(name, value)| write!(f, ", {name} {value}"))
            }
            Some(sqlx::Error::Io(error)) => write!(f, ", {}", error.kind()),
            Some(sqlx::Error::ColumnDecode { index, .. }) => write!(f, ", column {index} cannot be read"),
            Some(sqlx::Error::ColumnNotFound(column)) => write!(f, ", there is no column {column}"),
            Some(error) => write!(f, ", {}", of_driver(error)),
            None => Ok(()),
        }
    }
}

fn kind(error: &DbErr) -> &'static str {
    match error {
        DbErr::ConnectionAcquire(_) => "no connection could be had",
        DbErr::Conn(_) => "no connection could be made",
        DbErr::Exec(_) => "a statement failed",
        DbErr::Query(_) => "a query failed",
        DbErr::Type(_) | DbErr::Json(_) | DbErr::TryIntoErr { .. } | DbErr::ConvertFromU64(_) => {
            "a value is not of the type that is expected"
        }
        DbErr::RecordNotFound(_) | DbErr::RecordNotUpdated => "a row is not there",
        DbErr::RecordNotInserted => "a row was not inserted",
        DbErr::Migration(_) => "a migration failed",
        _ => "it failed otherwise",
    }
}

/// What whoever runs the service can mend.
fn why(error: &DbErr) -> Option<&'static str> {
    match Trouble::of(error) {
        Trouble::NoRoom => Some("the disk is full or fails"),
        Trouble::ReadOnly => Some("the database is read-only"),
        _ => None,
    }
}

fn what(kind: &sqlx::error::ErrorKind) -> &'static str {
    use sqlx::error::ErrorKind;
    match kind {
        ErrorKind::UniqueViolation => "there is one already",
        ErrorKind::ForeignKeyViolation => "what it refers to is not there, or is still referred to",
        ErrorKind::NotNullViolation => "a value is missing",
        ErrorKind::CheckViolation => "a value breaks a rule",
        _ => "refused",
    }
}

fn of_driver(error: &sqlx::Error) -> &'static str {
    match error {
        sqlx::Error::PoolTimedOut => "all are in use",
        sqlx::Error::PoolClosed => "the pool is closed",
        sqlx::Error::Tls(_) => "TLS failed",
        sqlx::Error::Protocol(_) => "the answer does not follow the protocol",
        sqlx::Error::RowNotFound => "there is no row",
        sqlx::Error::Decode(_) | sqlx::Error::Encode(_) => "a value cannot be read or written",
        sqlx::Error::WorkerCrashed => "the worker is gone",
        _ => "in the driver",
    }
}
