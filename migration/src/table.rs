//! A table described once, rendered for both databases.
//!
//! What it adds by itself, so that no migration can forget it: required text is never empty (absent is NULL, never ''),
//! closed sets are CHECKs, and every foreign key has an index that starts with it. Foreign keys refuse the deletion of a row that is
//! still pointed at; they say NO ACTION rather than RESTRICT because a row may point at itself, and only NO ACTION looks
//! at the end of the statement.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

#[derive(Clone, Copy)]
enum Kind {
    Uuid,
    Text,
    Date,
    Timestamp,
    Flag,
    Whole,
    Big,
}

impl Kind {
    /// The names on SQLite are those that SeaORM itself would give.
    fn sql(self, backend: DbBackend) -> &'static str {
        let sqlite = matches!(backend, DbBackend::Sqlite);
        match self {
            Kind::Uuid if sqlite => "uuid_text",
            Kind::Uuid => "uuid",
            Kind::Text if sqlite => "text",
            // Byte order, as on SQLite, so that both databases order and page alike.
            Kind::Text => "text COLLATE \"C\"",
            Kind::Date if sqlite => "date_text",
            Kind::Date => "date",
            Kind::Timestamp if sqlite => "timestamp_with_timezone_text",
            Kind::Timestamp => "timestamptz",
            Kind::Flag => "boolean",
            Kind::Whole => "integer",
            Kind::Big => "bigint",
        }
    }
}

/// Where a foreign key is declared.
#[derive(Clone, Copy, PartialEq)]
enum Target {
    /// In the table itself.
    Existing(&'static str),
    /// To a table that is created later. SQLite allows that in place; on PostgreSQL see [`Table::settle`].
    Later(&'static str),
}

struct Column {
    name: &'static str,
    kind: Kind,
    rest: String,
    target: Option<Target>,
}

struct Index {
    columns: String,
    unique: bool,
    condition: Option<&'static str>,
    name: String,
}

/// A table being described.
pub(crate) struct Table {
    name: &'static str,
    columns: Vec<Column>,
    key: Option<String>,
    checks: Vec<(String, String)>,
    indexes: Vec<Index>,
}

impl Table {
    pub(crate) fn new(name: &'static str) -> Self {
        Self { name, columns: Vec::new(), key: None, checks: Vec::new(), indexes: Vec::new() }
    }

    fn column(mut self, name: &'static str, kind: Kind, rest: impl Into<String>) -> Self {
        self.columns.push(Column { name, kind, rest: rest.into(), target: None });
        self
    }

    fn foreign(mut self, name: &'static str, rest: &str, target: Target) -> Self {
        self.columns.push(Column { name, kind: Kind::Uuid, rest: rest.into(), target: Some(target) });
        self
    }

    /// `id uuid` as the primary key.
    pub(crate) fn id(self) -> Self {
        self.column("id", Kind::Uuid, "NOT NULL PRIMARY KEY")
    }

    /// The programme that the row belongs to.
    pub(crate) fn programme(self) -> Self {
        self.refers("programme_id", "programme")
    }

    /// A primary key over several columns.
    pub(crate) fn key(mut self, columns: &str) -> Self {
        self.key = Some(columns.to_owned());
        self
    }

    /// Required text, never empty.
    pub(crate) fn text(self, name: &'static str) -> Self {
        self.column(name, Kind::Text, "NOT NULL").check(&format!("{name}_filled"), &format!("{name} <> ''"))
    }

    /// Required text that may be empty: a row of a plan may survive as a number alone, a reference may be a mere asterisk that sorts first.
    pub(crate) fn text_even_empty(self, name: &'static str) -> Self {
        self.column(name, Kind::Text, "NOT NULL")
    }

    /// Text or NULL, never empty.
    pub(crate) fn maybe_text(self, name: &'static str) -> Self {
        self.column(name, Kind::Text, "NULL").check(&format!("{name}_filled"), &format!("{name} <> ''"))
    }

    /// One of a closed set.
    pub(crate) fn one_of(self, name: &'static str, values: &[&str]) -> Self {
        self.column(name, Kind::Text, "NOT NULL").closed(name, values)
    }

    /// One of a closed set, or NULL.
    pub(crate) fn maybe_one_of(self, name: &'static str, values: &[&str]) -> Self {
        self.column(name, Kind::Text, "NULL").closed(name, values)
    }

    fn closed(self, name: &'static str, values: &[&str]) -> Self {
        let list = values.iter().map(|value| format!("'{value}'")).collect::<Vec<_>>().join(", ");
        self.check(&format!("{name}_known"), &format!("{name} IN ({list})"))
    }

    pub(crate) fn date(self, name: &'static str) -> Self {
        self.column(name, Kind::Date, "NOT NULL")
    }

    pub(crate) fn maybe_date(self, name: &'static str) -> Self {
        self.column(name, Kind::Date, "NULL")
    }

    /// A point in time, UTC, set by the application.
    pub(crate) fn timestamp(self, name: &'static str) -> Self {
        self.column(name, Kind::Timestamp, "NOT NULL")
    }

    /// As [`Table::timestamp`], or NULL.
    pub(crate) fn maybe_timestamp(self, name: &'static str) -> Self {
        self.column(name, Kind::Timestamp, "NULL")
    }

    pub(crate) fn flag(self, name: &'static str) -> Self {
        self.column(name, Kind::Flag, "NOT NULL")
    }

    pub(crate) fn flag_or(self, name: &'static str, default: bool) -> Self {
        self.column(name, Kind::Flag, format!("NOT NULL DEFAULT {default}"))
    }

    pub(crate) fn whole(self, name: &'static str) -> Self {
        self.column(name, Kind::Whole, "NOT NULL")
    }

    pub(crate) fn whole_or(self, name: &'static str, default: i32) -> Self {
        self.column(name, Kind::Whole, format!("NOT NULL DEFAULT {default}"))
    }

    pub(crate) fn maybe_whole(self, name: &'static str) -> Self {
        self.column(name, Kind::Whole, "NULL")
    }

    pub(crate) fn big(self, name: &'static str) -> Self {
        self.column(name, Kind::Big, "NOT NULL")
    }

    pub(crate) fn maybe_big(self, name: &'static str) -> Self {
        self.column(name, Kind::Big, "NULL")
    }

    /// An id without a foreign key: the only ones are those where a key would close a circle or outlive its row.
    pub(crate) fn loose(self, name: &'static str) -> Self {
        self.column(name, Kind::Uuid, "NOT NULL")
    }

    /// As [`Table::loose`], or NULL.
    pub(crate) fn maybe_loose(self, name: &'static str) -> Self {
        self.column(name, Kind::Uuid, "NULL")
    }

    /// The place in a printed or chosen order; gaps and any start are fine, negative is not.
    pub(crate) fn position(self) -> Self {
        self.whole("position").check("position_natural", "position >= 0")
    }

    pub(crate) fn refers(self, name: &'static str, table: &'static str) -> Self {
        self.foreign(name, "NOT NULL", Target::Existing(table))
    }

    pub(crate) fn may_refer(self, name: &'static str, table: &'static str) -> Self {
        self.foreign(name, "NULL", Target::Existing(table))
    }

    /// Refers to a table that is created later in the same migration; [`Table::settle`] completes it.
    pub(crate) fn will_refer(self, name: &'static str, table: &'static str) -> Self {
        self.foreign(name, "NOT NULL", Target::Later(table))
    }

    /// What every object has that changes: its version and when it came and last changed.
    pub(crate) fn versioned(self) -> Self {
        self.whole_or("version", 1)
            .check("version_positive", "version > 0")
            .timestamp("created_at")
            .timestamp("updated_at")
    }

    pub(crate) fn check(mut self, name: &str, rule: &str) -> Self {
        self.checks.push((format!("ck_{}_{name}", self.name), rule.to_owned()));
        self
    }

    /// An index that is not a constraint.
    pub(crate) fn index(self, columns: &str) -> Self {
        let name = format!("ix_{}_{}", self.name, columns.replace(", ", "_"));
        self.indexed(columns, false, None, name)
    }

    /// No two rows with the same values; rows with a NULL among them are not compared.
    pub(crate) fn unique(self, columns: &str) -> Self {
        let name = format!("uq_{}_{}", self.name, columns.replace(", ", "_"));
        self.indexed(columns, true, None, name)
    }

    /// No two rows with the same values among those that meet `condition`. Expressions are allowed.
    pub(crate) fn unique_where(self, name: &str, columns: &str, condition: &'static str) -> Self {
        let name = format!("uq_{}_{name}", self.name);
        self.indexed(columns, true, Some(condition), name)
    }

    fn indexed(mut self, columns: &str, unique: bool, condition: Option<&'static str>, name: String) -> Self {
        self.indexes.push(Index { columns: columns.to_owned(), unique, condition, name });
        self
    }

    /// Whether some whole index, or the key, starts with the column.
    fn led_by(&self, column: &str) -> bool {
        let first = |columns: &str| columns.split(", ").next() == Some(column);
        self.key.as_deref().is_some_and(first)
            || self.indexes.iter().any(|index| index.condition.is_none() && first(&index.columns))
    }

    fn statements(mut self, backend: DbBackend) -> Vec<String> {
        let uncovered: Vec<_> = self
            .columns
            .iter()
            .filter(|column| {
                column.target.is_some() && !column.rest.contains("KEY") && !self.led_by(column.name)
            })
            .map(|column| column.name)
            .collect();
        for column in uncovered {
            self = self.index(column);
        }
        let mut lines: Vec<String> = self
            .columns
            .iter()
            .map(|column| format!("{} {} {}", column.name, column.kind.sql(backend), column.rest))
            .collect();
        lines.extend(self.key.iter().map(|key| format!("PRIMARY KEY ({key})")));
        lines.extend(self.columns.iter().filter_map(|column| match (column.target?, backend) {
            (Target::Later(_), DbBackend::Postgres) => None,
            (Target::Existing(table) | Target::Later(table), _) => Some(self.foreign_key(column.name, table)),
        }));
        lines.extend(self.checks.iter().map(|(name, rule)| format!("CONSTRAINT {name} CHECK ({rule})")));
        let mut statements = vec![format!("CREATE TABLE {} (\n  {}\n)", self.name, lines.join(",\n  "))];
        statements.extend(self.indexes.iter().map(|index| {
            let unique = if index.unique { "UNIQUE " } else { "" };
            let condition = index.condition.map(|rule| format!(" WHERE {rule}")).unwrap_or_default();
            format!("CREATE {unique}INDEX {} ON {} ({}){condition}", index.name, self.name, index.columns)
        }));
        statements
    }

    fn foreign_key(&self, column: &str, table: &str) -> String {
        format!("CONSTRAINT fk_{}_{column} FOREIGN KEY ({column}) REFERENCES {table} (id)", self.name)
    }

    /// Creates the table with its indexes.
    pub(crate) async fn create(self, manager: &SchemaManager<'_>) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        run(manager, &self.statements(backend)).await
    }

    /// Adds the described columns to a table that there is already, each with its check and, for a foreign key, its index.
    pub(crate) async fn widen(self, manager: &SchemaManager<'_>) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        let mut statements = Vec::new();
        for column in &self.columns {
            let mut line = format!("{} {} {}", column.name, column.kind.sql(backend), column.rest);
            if let Some(Target::Existing(table) | Target::Later(table)) = column.target {
                line += &format!(" CONSTRAINT fk_{}_{} REFERENCES {table} (id)", self.name, column.name);
            }
            let own = |name: &str| {
                [
                    format!("ck_{}_{}_filled", self.name, column.name),
                    format!("ck_{}_{}_known", self.name, column.name),
                ]
                .iter()
                .any(|of| of == name)
            };
            for (name, rule) in self.checks.iter().filter(|(name, _)| own(name)) {
                line += &format!(" CONSTRAINT {name} CHECK ({rule})");
            }
            statements.push(format!("ALTER TABLE {} ADD COLUMN {line}", self.name));
            if column.target.is_some() {
                let index = format!("ix_{}_{}", self.name, column.name);
                statements.push(format!("CREATE INDEX {index} ON {} ({})", self.name, column.name));
            }
        }
        run(manager, &statements).await
    }

    /// Takes the described columns away again.
    pub(crate) async fn narrow(self, manager: &SchemaManager<'_>) -> Result<(), DbErr> {
        let mut statements = Vec::new();
        for column in self.columns.iter().rev() {
            if column.target.is_some() {
                statements.push(format!("DROP INDEX ix_{}_{}", self.name, column.name));
            }
            statements.push(format!("ALTER TABLE {} DROP COLUMN {}", self.name, column.name));
        }
        run(manager, &statements).await
    }

    /// Declares on PostgreSQL the foreign key that [`Table::will_refer`] had to put off.
    pub(crate) async fn settle(
        manager: &SchemaManager<'_>,
        name: &'static str,
        column: &str,
        table: &str,
    ) -> Result<(), DbErr> {
        match manager.get_database_backend() {
            DbBackend::Postgres => {
                let key = Self::new(name).foreign_key(column, table);
                run(manager, &[format!("ALTER TABLE {name} ADD {key}")]).await
            }
            _ => Ok(()),
        }
    }
}

/// Drops tables in the order given.
pub(crate) async fn drop_tables(manager: &SchemaManager<'_>, names: &[&str]) -> Result<(), DbErr> {
    let statements: Vec<_> = names.iter().map(|name| format!("DROP TABLE {name}")).collect();
    run(manager, &statements).await
}

/// Runs statements one after the other.
pub(crate) async fn run(manager: &SchemaManager<'_>, statements: &[String]) -> Result<(), DbErr> {
    for statement in statements {
        manager.get_connection().execute_unprepared(statement).await?;
    }
    Ok(())
}
