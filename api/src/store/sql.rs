//! A statement under construction: its text and the values bound to it, the same on both databases.

use std::fmt::Write as _;

use sea_orm::sea_query::ArrayType;
use sea_orm::{DbBackend, EntityTrait, IdenStatic, Iterable, Statement, Value};
use uuid::Uuid;

/// SQL text with numbered parameters. Both databases read `$1`; where they differ, the difference is a method here.
#[derive(Debug)]
pub struct Sql {
    text: String,
    values: Vec<Value>,
    backend: DbBackend,
    aliases: u32,
}

impl Sql {
    /// An empty statement for one of the two databases.
    pub fn new(backend: DbBackend) -> Self {
        Self { text: String::with_capacity(512), values: Vec::new(), backend, aliases: 0 }
    }

    /// Which database the statement is for.
    pub fn is_postgres(&self) -> bool {
        self.backend == DbBackend::Postgres
    }

    /// Adds text that is ours. Nothing that a client sent ever comes this way: that is bound.
    pub fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Adds `alias.column`.
    pub fn column(&mut self, alias: &str, column: &str) -> &mut Self {
        self.text.push_str(alias);
        self.text.push('.');
        self.text.push_str(column);
        self
    }

    /// Adds the columns of an entity, each by its name. A newer schema may have more of them, and a statement that is kept must give
    /// what it gave before.
    pub fn columns_of<E: EntityTrait>(&mut self, alias: &str) -> &mut Self {
        for (place, column) in E::Column::iter().enumerate() {
            if place > 0 {
                self.push(", ");
            }
            self.column(alias, column.as_str());
        }
        self
    }

    /// Adds a number that is ours, such as a limit.
    pub fn number(&mut self, number: usize) -> &mut Self {
        // Writing to a String cannot fail.
        let _ = write!(self.text, "{number}");
        self
    }

    /// Adds a parameter with its value.
    pub fn bind(&mut self, value: impl Into<Value>) -> &mut Self {
        self.values.push(value.into());
        let _ = write!(self.text, "${}", self.values.len());
        self
    }

    /// A name for a table that no other table of this statement has.
    pub fn alias(&mut self) -> String {
        self.aliases += 1;
        format!("x{}", self.aliases)
    }

    /// Adds `alias.column is one of ids`, with one text for any number of ids above one.
    pub fn is_one_of(&mut self, alias: &str, column: &str, ids: &[Uuid]) -> &mut Self {
        if let [id] = ids {
            return self.column(alias, column).push(" = ").bind(*id);
        }
        self.column(alias, column);
        if self.is_postgres() {
            self.push(" = ANY(").bind_uuids(ids).push(")")
        } else {
            self.push(" IN (SELECT unhex(value) FROM json_each(").bind_uuids(ids).push("))")
        }
    }

    /// Binds a list of ids: an array on PostgreSQL, JSON text of hexadecimal on SQLite.
    pub fn bind_uuids(&mut self, ids: &[Uuid]) -> &mut Self {
        if self.is_postgres() {
            let items = ids.iter().map(|id| Value::Uuid(Some(*id))).collect();
            return self.bind(Value::Array(ArrayType::Uuid, Some(Box::new(items))));
        }
        let mut json = String::with_capacity(ids.len() * 35 + 2);
        json.push('[');
        for (index, id) in ids.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            let _ = write!(json, "{comma}\"{}\"", id.simple());
        }
        json.push(']');
        self.bind(json)
    }

    /// Adds `alias.column is one of texts`, with one text for any number of them above one.
    pub fn is_one_of_texts(&mut self, alias: &str, column: &str, texts: &[&str]) -> &mut Self {
        if let [text] = texts {
            return self.column(alias, column).push(" = ").bind(*text);
        }
        self.column(alias, column);
        if self.is_postgres() {
            let items = texts.iter().map(|text| Value::from(*text)).collect();
            let array = Value::Array(ArrayType::String, Some(Box::new(items)));
            return self.push(" = ANY(").bind(array).push(")");
        }
        let json = serde_json::Value::from(texts).to_string();
        self.push(" IN (SELECT value FROM json_each(").bind(json).push("))")
    }

    /// Ends a query in brackets that is to be looked up row by row. PostgreSQL might otherwise read all that any row could ask for,
    /// once for each statement: for a page of few rows out of a large table that is most of the work.
    pub fn end_of_look(&mut self) -> &mut Self {
        self.push(if self.is_postgres() { " OFFSET 0)" } else { ")" })
    }

    /// Adds a disjunction. Without a term it is false: what no rule allows does not exist.
    pub fn any(&mut self, terms: impl FnOnce(&mut Any<'_>)) -> &mut Self {
        let mut any = Any { sql: self, started: false };
        terms(&mut any);
        let end = if any.started { ")" } else { "FALSE" };
        self.push(end)
    }

    /// The finished statement.
    pub fn statement(self) -> Statement {
        Statement::from_sql_and_values(self.backend, self.text, self.values)
    }
}

/// The terms of a disjunction, see [`Sql::any`].
pub struct Any<'a> {
    sql: &'a mut Sql,
    started: bool,
}

impl Any<'_> {
    /// Begins the next term.
    pub fn or(&mut self) -> &mut Sql {
        self.sql.push(if self.started { " OR " } else { "(" });
        self.started = true;
        self.sql
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disjunction_without_a_term_is_false() {
        let mut sql = Sql::new(DbBackend::Sqlite);

        sql.push("SELECT 1 WHERE ").any(|_| {});

        assert_eq!(sql.statement().sql, "SELECT 1 WHERE FALSE");
    }

    #[test]
    fn a_list_of_ids_has_one_text_whatever_its_length() {
        let text = |count: usize| {
            let mut sql = Sql::new(DbBackend::Postgres);
            sql.is_one_of("t", "id", &vec![Uuid::nil(); count]);
            sql.statement().sql
        };

        assert_eq!(text(2), text(200));
        assert_eq!(text(2), "t.id = ANY($1)");
        assert_eq!(text(1), "t.id = $1");
    }
}
