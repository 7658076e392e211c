//! What an error of the database means: whether the same may go through later, and why.

use sea_orm::{DbErr, RuntimeErr};

/// What an error of the database means for whoever ran the statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// There is no connection to be had: the database does not answer, has no room, or was closed.
    Away,
    /// It takes no changes: there is no room for them, or the disk fails. What is there can be read.
    NoRoom,
    /// It takes no changes: it follows another, or was told so. What is there can be read.
    ReadOnly,
    /// The connection died under the statement: another may carry it.
    Lost,
    /// It came in the way of another: the same transaction, begun again, may go through.
    Contended,
    /// It ran longer than a statement may, and was stopped.
    TooLong,
    /// The statement is at fault, or what it found: again would be no better.
    Fault,
}

impl Trouble {
    /// What an error means.
    pub fn of(error: &DbErr) -> Self {
        match driver_error(error) {
            // Whatever is wrong for one who wants to connect, there is no connection.
            _ if matches!(error, DbErr::ConnectionAcquire(_) | DbErr::Conn(_)) => Self::Away,
            Some(sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed) => Self::Away,
            Some(sqlx::Error::Io(_) | sqlx::Error::WorkerCrashed) => Self::Lost,
            Some(sqlx::Error::Database(refusal)) => refusal.code().as_deref().map_or(Self::Fault, by_code),
            _ => Self::Fault,
        }
    }

    /// Whether the same request may go through later.
    pub fn passes(self) -> bool {
        self != Self::Fault
    }
}

/// What a code means, of either database: PostgreSQL's have five characters, SQLite's are numbers of up to four.
fn by_code(code: &str) -> Trouble {
    match code.parse::<u16>() {
        Ok(number) if code.len() < 5 => by_number(number),
        _ => by_state(code),
    }
}

/// What a SQLSTATE of PostgreSQL's means.
fn by_state(code: &str) -> Trouble {
    match code {
        // The server shuts down, has crashed or is starting; the session was idle for too long, or in a transaction.
        "57P01" | "57P02" | "57P03" | "57P05" | "25P03" => Trouble::Lost,
        // Too many connections; out of memory.
        "53300" | "53200" => Trouble::Away,
        // Out of disk; the disk fails.
        "53100" | "58030" => Trouble::NoRoom,
        "25006" => Trouble::ReadOnly,
        // Serialization failure, deadlock, lock time-out.
        "40001" | "40P01" | "55P03" => Trouble::Contended,
        // Cancelled by the statement's time-out.
        "57014" => Trouble::TooLong,
        _ => Trouble::Fault,
    }
}

/// What a result code of SQLite's means. Its last eight bits are the kind; those before tell kinds of that apart.
fn by_number(code: u16) -> Trouble {
    match code & 0xff {
        // Busy and locked.
        5 | 6 => Trouble::Contended,
        // Interrupted.
        9 => Trouble::TooLong,
        8 => Trouble::ReadOnly,
        // The disk fails, as it does beyond a quota; it is full.
        10 | 13 => Trouble::NoRoom,
        // The file cannot be opened.
        14 => Trouble::Away,
        _ => Trouble::Fault,
    }
}

/// The error of the driver in one of SeaORM's.
pub(super) fn driver_error(error: &DbErr) -> Option<&sqlx::Error> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => Some(error),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_connection_is_another_thing_than_a_lost_one() {
        let gone = || RuntimeErr::SqlxError(sqlx::Error::Io(std::io::ErrorKind::BrokenPipe.into()).into());
        assert_eq!(Trouble::of(&DbErr::Conn(gone())), Trouble::Away);
        assert_eq!(Trouble::of(&DbErr::Query(gone())), Trouble::Lost);
        assert_eq!(Trouble::of(&DbErr::Exec(gone())), Trouble::Lost);
        let closed = RuntimeErr::SqlxError(sqlx::Error::PoolClosed.into());
        assert_eq!(Trouble::of(&DbErr::Query(closed)), Trouble::Away);
        assert_eq!(Trouble::of(&DbErr::Type("a word".to_owned())), Trouble::Fault);
    }

    #[test]
    fn only_a_fault_is_for_ever() {
        for (code, trouble) in [
            ("57014", Trouble::TooLong),
            ("9", Trouble::TooLong),
            ("42P01", Trouble::Fault),
            ("1", Trouble::Fault),
            ("2067", Trouble::Fault),
            ("517", Trouble::Contended),
            ("53100", Trouble::NoRoom),
            ("13", Trouble::NoRoom),
            ("4874", Trouble::NoRoom),
            ("25006", Trouble::ReadOnly),
            ("1032", Trouble::ReadOnly),
            ("57P03", Trouble::Lost),
            ("53300", Trouble::Away),
        ] {
            assert_eq!(by_code(code), trouble);
            assert_eq!(by_code(code).passes(), trouble != Trouble::Fault);
        }
    }
}
