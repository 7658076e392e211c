//! What PostgreSQL does for the statements that the service sends: the plans of the very statements, as the server explains them of
//! itself (`auto_explain`) while requests are answered on many rows.

mod counts;
mod depth;
mod plan;
mod scans;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tracing::field::{Field, Visit};
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt};

use crate::support::db::behind_its_back;
use crate::support::{Persona, TestApp, on_both};
use plan::Explained;

/// Many rows.
const MANY: &str = include_str!("many.sql");
/// What a new session explains: every statement, to whoever sent it.
const EXPLAINING: &str = "
    DO $$ BEGIN
        EXECUTE format('ALTER DATABASE %I SET session_preload_libraries = ''auto_explain''', current_database());
        EXECUTE format('ALTER DATABASE %I SET auto_explain.log_min_duration = 0', current_database());
        EXECUTE format('ALTER DATABASE %I SET auto_explain.log_format = ''json''', current_database());
        EXECUTE format('ALTER DATABASE %I SET auto_explain.log_level = ''notice''', current_database());
        EXECUTE format('ALTER DATABASE %I SET auto_explain.log_analyze = on', current_database());
        EXECUTE format('ALTER DATABASE %I SET auto_explain.log_buffers = on', current_database());
        EXECUTE format('ALTER DATABASE %I SET auto_explain.log_timing = off', current_database());
    END $$;";
/// As [`EXPLAINING`], and without scans of whole tables where there is any other way: what is left has no index.
const WITHOUT_SCANS: &str = "
    DO $$ BEGIN
        EXECUTE format('ALTER DATABASE %I SET enable_seqscan = off', current_database());
    END $$;";

/// The plans that were told on this thread.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<Explained>>>);

impl Told {
    /// Listens from now on.
    fn listen() -> (Self, DefaultGuard) {
        crate::observe::watch_everywhere();
        let told = Self::default();
        let guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(told.clone()));
        (told, guard)
    }

    /// What was told since the last time.
    fn take(&self) -> Vec<Explained> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

impl<S: tracing::Subscriber> Layer<S> for Told {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == "sqlx::postgres::notice" {
            let mut message = Message::default();
            event.record(&mut message);
            self.0.lock().unwrap().extend(Explained::read(&message.0));
        }
    }
}

/// The text of an event.
#[derive(Default)]
struct Message(String);

impl Visit for Message {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "message" {
            value.clone_into(&mut self.0);
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        if field.name() == "message" {
            self.0 = format!("{value:?}");
        }
    }
}

/// Runs a test on PostgreSQL with many rows, where each new session explains what it does.
async fn explaining(settings: &str, test: impl AsyncFn(&TestApp)) {
    on_both(async |app| {
        if !app.is_postgres() {
            return;
        }
        for statements in [MANY, "VACUUM ANALYZE", EXPLAINING, settings] {
            behind_its_back(app.db(), "", statements).await;
        }
        // Its sessions begin now.
        let app = app.replica(Duration::from_secs(3600)).await;
        test(&app).await;
        app.db().clone().close().await.unwrap();
    })
    .await;
}

/// What the statements of one request were explained as.
async fn explained(
    app: &TestApp,
    told: &Told,
    who: Persona,
    document: &str,
    variables: Value,
) -> (Value, Vec<Explained>) {
    told.take();
    let answer = app.query(who, document, variables).await;
    assert!(answer.errors().is_empty(), "{document}: {}", answer.text);
    let plans = told.take();
    let statements = usize::try_from(answer.statements()).unwrap();
    // Who asks is looked up by the way, which counts as a statement.
    assert!(plans.len() + 1 >= statements, "{} of {statements} were explained: {document}", plans.len());
    (answer.data().clone(), plans)
}

fn by_id(id: &str) -> Value {
    json!({ "id": id })
}
