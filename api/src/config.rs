//! Configuration, validated as a whole at start: where it listens, which database it uses, what day it takes for today.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use chrono::{DateTime, NaiveDate, SubsecRound, Utc};

/// The address used where none is given.
pub const DEFAULT_BIND: &str = "127.0.0.1:8080";
/// The environment variable for the address.
pub const BIND_ENV: &str = "GOLDEN_THREAD_BIND";
/// The environment variable for the address of the metrics.
pub const METRICS_BIND_ENV: &str = "GOLDEN_THREAD_METRICS_BIND";
/// The environment variable for the database.
pub const DATABASE_URL_ENV: &str = "GOLDEN_THREAD_DATABASE_URL";

/// What day the rules take for today. System times (ledger, tokens, logs) are always real.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Today {
    /// The day it is, in UTC.
    Real,
    /// A fixed day, for the demonstration and for tests.
    Fixed(NaiveDate),
}

/// The real time in UTC, cut to microseconds: PostgreSQL keeps no more, and both databases must keep the same. The edges
/// of the program ask for it (command line, tokens, HTTP) and hand it down; nothing else may.
#[expect(clippy::disallowed_methods, reason = "the one place that asks the system's clock")]
pub fn now() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(6)
}

/// The two times that the service works with: the domain's day and the system's instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    /// Where the domain's day comes from.
    pub today: Today,
}

impl Clock {
    /// A clock that takes `day` for today, or the real day where none is given.
    pub fn new(day: Option<NaiveDate>) -> Clock {
        Clock { today: day.map_or(Today::Real, Today::Fixed) }
    }

    /// The day that due dates, overdue updates and coverage are judged by.
    pub fn today(&self) -> NaiveDate {
        match self.today {
            Today::Real => self.now().date_naive(),
            Today::Fixed(day) => day,
        }
    }

    /// The day that was today at a moment of the record. Where today stands still it always did.
    pub fn day_of(&self, at: DateTime<Utc>) -> NaiveDate {
        match self.today {
            Today::Real => at.date_naive(),
            Today::Fixed(day) => day,
        }
    }

    /// The real time in UTC, cut to microseconds: PostgreSQL keeps no more, and both databases must keep the same.
    pub fn now(&self) -> DateTime<Utc> {
        now()
    }
}

/// A value of the configuration that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The scheme of the database address is none that the service knows.
    #[error(
        "the database address must start with sqlite:// or postgres:// (for example sqlite://golden-thread.sqlite)"
    )]
    DatabaseScheme,
    /// Nothing follows `sqlite://`.
    #[error(
        "the database address names no file: write sqlite:// and the path, for example sqlite://golden-thread.sqlite"
    )]
    DatabasePath,
    /// The address to listen on cannot be read.
    #[error(
        "the address to listen on must be an IP address and a port, for example 127.0.0.1:8080, not '{0}'"
    )]
    Bind(String),
}

/// Whether an SQLite file may be made where there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// Make it: `migrate`, `demo`.
    Create,
    /// Say that it is not there: everything else, so that a slip of the pen does not start an empty database.
    Refuse,
}

/// A database address that has been checked. It may hold a password, so it has no `Debug` or `Display` of the whole;
/// [`DatabaseUrl::shown`] is what logs and messages use.
#[derive(Clone)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    /// Reads an address.
    pub fn parse(text: &str) -> Result<DatabaseUrl, ConfigError> {
        let text = text.trim();
        if let Some(rest) = text.strip_prefix("sqlite:") {
            let path = rest.trim_start_matches("//");
            if path.is_empty() || path.starts_with('?') {
                return Err(ConfigError::DatabasePath);
            }
            return Ok(DatabaseUrl(text.to_owned()));
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(DatabaseUrl(text.to_owned()));
        }
        Err(ConfigError::DatabaseScheme)
    }

    /// Whether it is one of PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        !self.0.starts_with("sqlite:")
    }

    /// The address of an SQLite file. The driver decodes addresses, so what has a meaning in them is encoded.
    pub fn of_file(path: &Path) -> DatabaseUrl {
        let path = path.display().to_string().replace('%', "%25").replace('?', "%3F").replace('#', "%23");
        DatabaseUrl(format!("sqlite://{path}"))
    }

    /// The SQLite file behind this address; `None` for PostgreSQL and for a database in memory.
    pub fn file(&self) -> Option<PathBuf> {
        let rest = self.0.strip_prefix("sqlite:")?;
        let path = rest.strip_prefix("//").unwrap_or(rest);
        let path = path.split('?').next().unwrap_or(path);
        let decoded = path.replace("%3F", "?").replace("%23", "#").replace("%20", " ").replace("%25", "%");
        (!path.contains(":memory:")).then(|| PathBuf::from(decoded))
    }

    /// The address to connect with. An SQLite file is opened for reading and writing, and made only if asked for.
    pub fn connect_url(&self, missing: Missing) -> String {
        let states_its_mode = self.0.contains("mode=");
        if self.file().is_none() || states_its_mode {
            return self.0.clone();
        }
        let mode = match missing {
            Missing::Create => "rwc",
            Missing::Refuse => "rw",
        };
        let joint = if self.0.contains('?') { '&' } else { '?' };
        format!("{}{joint}mode={mode}", self.0)
    }

    /// The address without user, password and parameters, for messages.
    pub fn shown(&self) -> String {
        let (scheme, rest) = self.0.split_once("://").unwrap_or(("sqlite", &self.0));
        // A password may hold any character when nobody encoded it, so everything before the last @ goes first.
        let rest =
            if scheme == "sqlite" { rest } else { rest.rsplit_once('@').map_or(rest, |(_, host)| host) };
        let bare = rest.split('?').next().unwrap_or(rest);
        if bare.starts_with("sqlite:") { bare.to_owned() } else { format!("{scheme}://{bare}") }
    }
}

/// Reads the address to listen on; `localhost` stands for the IPv4 loopback address.
pub fn parse_bind(text: &str) -> Result<SocketAddr, ConfigError> {
    let text = text.trim();
    let named = text.strip_prefix("localhost:").map(|port| format!("127.0.0.1:{port}"));
    named.as_deref().unwrap_or(text).parse().map_err(|_| ConfigError::Bind(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_day_is_today_and_the_instant_stays_real() {
        let day = NaiveDate::from_ymd_opt(2018, 12, 10).unwrap();
        let clock = Clock::new(Some(day));
        assert_eq!(clock.today(), day);
        assert!(clock.now().date_naive() > day);
        assert_eq!(clock.now().timestamp_subsec_nanos() % 1000, 0);
    }

    #[test]
    fn a_moment_lies_on_its_day_unless_the_day_stands_still() {
        let at = "2018-12-10T23:59:59.999999Z".parse().unwrap();
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(Clock::new(None).day_of(at), day("2018-12-10"));
        assert_eq!(Clock::new(Some(day("2018-11-01"))).day_of(at), day("2018-11-01"));
    }

    #[test]
    fn passwords_are_never_shown() {
        for secret in ["pass", "p/ss", "p?ss", "p@ss", "p%40ss"] {
            let url = DatabaseUrl::parse(&format!("postgres://gt:{secret}@db.example:5432/golden")).unwrap();
            assert_eq!(url.shown(), "postgres://db.example:5432/golden");
        }
        let url = DatabaseUrl::parse("postgres://db.example/golden?user=gt&password=x").unwrap();
        assert_eq!(url.shown(), "postgres://db.example/golden");
    }

    #[test]
    fn only_migrate_and_demo_make_a_file() {
        let url = DatabaseUrl::parse("sqlite://a.sqlite").unwrap();
        assert_eq!(url.connect_url(Missing::Create), "sqlite://a.sqlite?mode=rwc");
        assert_eq!(url.connect_url(Missing::Refuse), "sqlite://a.sqlite?mode=rw");
        assert_eq!(url.file(), Some(PathBuf::from("a.sqlite")));
        let own = DatabaseUrl::parse("sqlite:///srv/a.sqlite?mode=ro").unwrap();
        assert_eq!(own.connect_url(Missing::Create), "sqlite:///srv/a.sqlite?mode=ro");
        assert_eq!(own.file(), Some(PathBuf::from("/srv/a.sqlite")));
        assert_eq!(DatabaseUrl::parse("sqlite::memory:").unwrap().file(), None);
    }

    #[test]
    fn a_path_with_odd_characters_survives() {
        let path = PathBuf::from("/srv/50% done?/plan #2 %25/a.sqlite");
        assert_eq!(DatabaseUrl::of_file(&path).file(), Some(path));
    }

    #[test]
    fn what_is_no_database_address_is_refused() {
        assert_eq!(DatabaseUrl::parse("mysql://x/y").err(), Some(ConfigError::DatabaseScheme));
        assert_eq!(DatabaseUrl::parse("a.sqlite").err(), Some(ConfigError::DatabaseScheme));
        assert_eq!(DatabaseUrl::parse("sqlite://").err(), Some(ConfigError::DatabasePath));
        assert_eq!(DatabaseUrl::parse("sqlite://?mode=rwc").err(), Some(ConfigError::DatabasePath));
    }

    #[test]
    fn addresses_to_listen_on() {
        assert_eq!(parse_bind("localhost:9000").unwrap(), "127.0.0.1:9000".parse().unwrap());
        assert_eq!(parse_bind("[::1]:80").unwrap(), "[::1]:80".parse().unwrap());
        assert_eq!(parse_bind("8080"), Err(ConfigError::Bind("8080".into())));
    }
}
