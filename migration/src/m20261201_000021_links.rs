//! A link is of the programme of what it links, and what is of a programme is of it for good: the database sees to it from now on, so that a
//! link alone tells of which programme its ends are.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::table::run;

/// The tables that link, each with the columns that name its ends and the tables where those are.
const LINKS: [(&str, [(&str, &str); 2]); 9] = [
    ("action_requirement", [("action_id", "action"), ("requirement_id", "requirement")]),
    ("evidence_action", [("evidence_id", "evidence"), ("action_id", "action")]),
    ("evidence_requirement", [("evidence_id", "evidence"), ("requirement_id", "requirement")]),
    ("measure_action", [("measure_id", "measure"), ("action_id", "action")]),
    ("measure_requirement", [("measure_id", "measure"), ("requirement_id", "requirement")]),
    ("audit_action", [("audit_id", "audit"), ("action_id", "action")]),
    ("audit_requirement", [("audit_id", "audit"), ("requirement_id", "requirement")]),
    ("feedback_action", [("feedback_id", "feedback"), ("action_id", "action")]),
    ("feedback_requirement", [("feedback_id", "feedback"), ("requirement_id", "requirement")]),
];
/// What they link.
const ENDS: [&str; 6] = ["action", "requirement", "evidence", "measure", "audit", "feedback"];

const REFUSED: &str = "a link is of the programme of what it links";
const REFUSED_TO_MOVE: &str = "what is of a programme stays of it";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    // Each statement has its lock for itself, and can be said again.
    fn use_transaction(&self) -> Option<bool> {
        Some(false)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let statements = match manager.get_database_backend() {
            DbBackend::Postgres => on_postgres(),
            _ => on_sqlite(),
        };
        run(manager, &statements).await?;
        for (link, ends) in LINKS {
            refuse_what_is_wrong(manager, link, ends).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let is_postgres = manager.get_database_backend() == DbBackend::Postgres;
        let of = |table: &str| if is_postgres { format!(" ON {table}") } else { String::new() };
        let mut statements = Vec::new();
        for (link, _) in LINKS {
            statements.push(format!("DROP TRIGGER IF EXISTS {link}_is_of_one_programme{}", of(link)));
            if is_postgres {
                statements.push(format!("DROP FUNCTION IF EXISTS {link}_is_of_one_programme()"));
            } else {
                statements.push(format!("DROP TRIGGER IF EXISTS {link}_stays_of_one_programme"));
            }
        }
        statements.extend(ENDS.map(|end| format!("DROP TRIGGER IF EXISTS {end}_stays{}", of(end))));
        if is_postgres {
            statements.push("DROP FUNCTION IF EXISTS stays_of_its_programme()".to_owned());
        }
        run(manager, &statements).await
    }
}

/// A condition on a link: one of its ends is of another programme. One that is not there is the business of its foreign key.
fn is_wrong(link: &str, ends: [(&str, &str); 2]) -> String {
    let of = ends.map(|(column, table)| {
        format!(
            "EXISTS (SELECT 1 FROM {table} e WHERE e.id = {link}.{column} AND e.programme_id <> {link}.programme_id)"
        )
    });
    of.join(" OR ")
}

/// After the statement, when all that it writes is there.
fn on_postgres() -> Vec<String> {
    let refuse =
        |reason: &str| format!("RAISE EXCEPTION '{reason}' USING ERRCODE = 'integrity_constraint_violation'");
    let function = |name: &str, body: String| {
        format!(
            "CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body}; RETURN NULL; END $$"
        )
    };
    let mut statements = vec![function("stays_of_its_programme", refuse(REFUSED_TO_MOVE))];
    for (link, ends) in LINKS {
        let name = format!("{link}_is_of_one_programme");
        let body = format!("IF {} THEN {}; END IF", is_wrong("NEW", ends), refuse(REFUSED));
        statements.push(function(&name, body));
        statements.push(format!(
            "CREATE OR REPLACE TRIGGER {name} AFTER INSERT OR UPDATE ON {link} FOR EACH ROW EXECUTE FUNCTION {name}()"
        ));
    }
    statements.extend(ENDS.map(|end| {
        format!(
            "CREATE OR REPLACE TRIGGER {end}_stays AFTER UPDATE OF programme_id ON {end} FOR EACH ROW \
             WHEN (NEW.programme_id <> OLD.programme_id) EXECUTE FUNCTION stays_of_its_programme()"
        )
    }));
    statements
}

fn on_sqlite() -> Vec<String> {
    let mut statements = Vec::new();
    for (link, ends) in LINKS {
        for (verb, name) in [("INSERT", "is"), ("UPDATE", "stays")] {
            statements.push(format!(
                "CREATE TRIGGER IF NOT EXISTS {link}_{name}_of_one_programme AFTER {verb} ON {link} WHEN {} \
                 BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END",
                is_wrong("NEW", ends)
            ));
        }
    }
    statements.extend(ENDS.map(|end| {
        format!(
            "CREATE TRIGGER IF NOT EXISTS {end}_stays AFTER UPDATE OF programme_id ON {end} \
             WHEN NEW.programme_id <> OLD.programme_id BEGIN SELECT RAISE(ABORT, '{REFUSED_TO_MOVE}'); END"
        )
    }));
    statements
}

/// No program has ever written such a link. If there is one all the same, somebody has to look at it before anything rests on it.
async fn refuse_what_is_wrong(
    manager: &SchemaManager<'_>,
    link: &str,
    ends: [(&str, &str); 2],
) -> Result<(), DbErr> {
    let db = manager.get_connection();
    let text = format!("SELECT COUNT(*) FROM {link} WHERE {}", is_wrong(link, ends));
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), text)).await?;
    match row.map(|row| row.try_get_by_index::<i64>(0)).transpose()?.unwrap_or_default() {
        0 => Ok(()),
        wrong => Err(DbErr::Migration(format!("{REFUSED}, but {wrong} rows of {link} are not"))),
    }
}
