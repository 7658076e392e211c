//! What a migration may do that lets programs go on that do not know it: it adds, and takes nothing away from them. Whatever the
//! schema shows of that is compared before and after each such migration, on both databases.
//!
//! PostgreSQL is tried where `TEST_POSTGRES_URL` names a server on which databases may be created.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};

use migration::{FLOOR_COLUMN, FLOOR_TABLE, Migrator, MigratorTrait, Older, stated};
use sea_orm_migration::sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement,
};

async fn one_connection(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    Database::connect(options).await.unwrap()
}

/// Runs `check` on an empty database of each kind.
async fn on_both(check: impl AsyncFn(&DatabaseConnection)) {
    check(&one_connection("sqlite::memory:").await).await;
    let Ok(server) = std::env::var("TEST_POSTGRES_URL") else { return };
    let admin = one_connection(&server).await;
    let name = format!("gt_older_{}", uuid::Uuid::now_v7().simple());
    admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
    let db = one_connection(&format!("{}/{name}", server.rsplit_once('/').unwrap().0)).await;
    check(&db).await;
    db.close().await.unwrap();
    admin.execute_unprepared(&format!("DROP DATABASE {name}")).await.unwrap();
}

/// A table as programs that use it know it.
#[derive(Debug, Default)]
struct Known {
    /// Its columns: the type, and whether a row may do without.
    columns: BTreeMap<String, (String, bool)>,
    /// What it refuses, and does by itself: the columns that it is about (none: the row), by its name.
    rules: BTreeMap<String, BTreeSet<String>>,
}

type Schema = BTreeMap<String, Known>;

const POSTGRES_COLUMNS: &str = "SELECT table_name::text, column_name::text, data_type::text, \
    (is_nullable = 'YES' OR column_default IS NOT NULL) FROM information_schema.columns WHERE table_schema = 'public'";
const POSTGRES_RULES: &str = "SELECT t.relname::text, r.name, a.attname::text FROM ( \
    SELECT conrelid AS of, conname::text AS name, conkey::int[] AS keys FROM pg_constraint WHERE contype IN ('c', 'f', 'u', 'p', 'x') \
    UNION ALL SELECT indrelid, indexrelid::regclass::text, indkey::int[] FROM pg_index WHERE indisunique \
    UNION ALL SELECT tgrelid, tgname::text, '{}' FROM pg_trigger WHERE NOT tgisinternal) r \
    JOIN pg_class t ON t.oid = r.of AND t.relnamespace = 'public'::regnamespace \
    LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = ANY(r.keys)";
const SQLITE_COLUMNS: &str = "SELECT m.name, c.name, c.type, (c.\"notnull\" = 0 OR c.dflt_value IS NOT NULL) \
    FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'";
const SQLITE_RULES: &str = "SELECT m.name, i.name, c.name FROM sqlite_master m, pragma_index_list(m.name) i, \
    pragma_index_info(i.name) c WHERE m.type = 'table' AND i.\"unique\" \
    UNION ALL SELECT tbl_name, name, NULL FROM sqlite_master WHERE type = 'trigger'";

async fn schema(db: &DatabaseConnection) -> Schema {
    let backend = db.get_database_backend();
    let (columns, rules) = match backend {
        DbBackend::Postgres => (POSTGRES_COLUMNS, POSTGRES_RULES),
        _ => (SQLITE_COLUMNS, SQLITE_RULES),
    };
    let mut schema = Schema::new();
    for row in db.query_all_raw(Statement::from_string(backend, columns)).await.unwrap() {
        let text = |index| row.try_get_by_index::<String>(index).unwrap();
        let known = schema.entry(text(0)).or_default();
        known.columns.insert(text(1), (text(2), row.try_get_by_index(3).unwrap()));
    }
    for row in db.query_all_raw(Statement::from_string(backend, rules)).await.unwrap() {
        let text = |index| row.try_get_by_index::<Option<String>>(index).unwrap();
        let rules = &mut schema.entry(text(0).unwrap()).or_default().rules;
        rules.entry(text(1).unwrap()).or_default().extend(text(2));
    }
    schema
}

/// What a program that knows the schema as it was would stumble over.
fn taken_away(before: &Schema, after: &Schema) -> Vec<String> {
    let mut found = Vec::new();
    for (table, was) in before {
        let Some(is) = after.get(table) else {
            found.push(format!("{table} is gone"));
            continue;
        };
        for (column, (kind, is_free)) in &was.columns {
            match is.columns.get(column) {
                None => found.push(format!("{table}.{column} is gone")),
                Some((now, _)) if now != kind => found.push(format!("{table}.{column} is {now}, no {kind}")),
                Some((_, false)) if *is_free => found.push(format!("{table}.{column} is needed now")),
                Some(_) => {}
            }
        }
        let new = |column: &String| !was.columns.contains_key(column);
        for (column, (_, is_free)) in is.columns.iter().filter(|(column, _)| new(column)) {
            if !is_free {
                found.push(format!("{table}.{column} is new and needed"));
            }
        }
        for (rule, columns) in is.rules.iter().filter(|(rule, _)| !was.rules.contains_key(*rule)) {
            if columns.is_empty() || !columns.iter().all(new) {
                found.push(format!("{table}: {rule} is a new rule about what there was"));
            }
        }
    }
    found
}

#[tokio::test]
async fn what_lets_older_programs_go_on_takes_nothing_away_from_them() {
    let all = Migrator::migrations();
    let stated = stated();
    let first = all.len() - stated.len();
    assert_eq!(all[first - 1].name(), "m20261130_000019_schema_floor", "all that follow say what they mean");
    on_both(async |db| {
        Migrator::up(db, Some(u32::try_from(first).unwrap())).await.unwrap();
        for (migration, older) in &stated {
            let before = schema(db).await;
            Migrator::up(db, Some(1)).await.unwrap();
            let found = taken_away(&before, &schema(db).await);
            match older {
                Older::GoOn => assert!(found.is_empty(), "{}: {found:#?}", migration.name()),
                // What goes is what no program has used since then, which no test can see: but it is named, and goes before.
                Older::GoOnFrom(known) => {
                    assert!(all.iter().any(|of| of.name() == *known) && *known < migration.name(), "{known}");
                }
                Older::Stop => {}
            }
        }
        let floor = format!("SELECT {FLOOR_COLUMN} FROM {FLOOR_TABLE}");
        let floor = Statement::from_string(db.get_database_backend(), floor);
        let floor = db.query_all_raw(floor).await.unwrap();
        let floor: Vec<String> = floor.iter().map(|row| row.try_get_by_index(0).unwrap()).collect();
        let expected = stated.iter().rev().find_map(|(migration, older)| match older {
            Older::Stop => Some(migration.name()),
            Older::GoOnFrom(known) => Some(known),
            Older::GoOn => None,
        });
        assert_eq!(floor, [expected.unwrap_or("m20261130_000019_schema_floor")]);
    })
    .await;
}

#[tokio::test]
async fn what_takes_something_away_is_found() {
    on_both(async |db| {
        Migrator::up(db, None).await.unwrap();
        let is_postgres = db.get_database_backend() == DbBackend::Postgres;
        let run = async |sql: &str| db.execute_unprepared(sql).await.unwrap();
        let mut before = schema(db).await;
        for sql in [
            "CREATE TABLE later (id text PRIMARY KEY, words text NOT NULL)",
            "ALTER TABLE action ADD COLUMN later text CONSTRAINT ck_later CHECK (later <> ''); \
             CREATE UNIQUE INDEX ix_later_once ON action (later)",
            "ALTER TABLE action ADD COLUMN count integer NOT NULL DEFAULT 0",
            "CREATE INDEX ix_later ON action (aim)",
        ] {
            run(sql).await;
            let after = schema(db).await;
            assert_eq!(taken_away(&before, &after), Vec::<String>::new(), "{sql}");
            before = after;
        }
        let trigger = match is_postgres {
            true => "CREATE TRIGGER later BEFORE INSERT ON plan FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
            false => "CREATE TRIGGER later BEFORE INSERT ON plan BEGIN SELECT 1; END",
        };
        let mut breaking = vec![
            ("DROP TABLE later", "later is gone"),
            ("ALTER TABLE action RENAME COLUMN count TO counted", "action.count is gone"),
            ("CREATE UNIQUE INDEX ix_once ON feedback (said)", "feedback: ix_once is a new rule"),
            (trigger, "plan: later is a new rule"),
        ];
        if is_postgres {
            breaking.extend([
                ("ALTER TABLE action ADD COLUMN needed text NOT NULL", "action.needed is new and needed"),
                ("ALTER TABLE action ALTER COLUMN later SET NOT NULL", "action.later is needed now"),
                ("ALTER TABLE action ALTER COLUMN counted TYPE bigint", "action.counted is bigint"),
                ("ALTER TABLE plan ADD CONSTRAINT ck_short CHECK (length(title) < 9)", "plan: ck_short"),
            ]);
        }
        for (sql, expected) in breaking {
            run(sql).await;
            let after = schema(db).await;
            let found = taken_away(&before, &after);
            assert!(found.iter().any(|of| of.starts_with(expected)), "{sql}: {found:?}");
            before = after;
        }
    })
    .await;
}
