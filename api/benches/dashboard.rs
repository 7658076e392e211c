//! The board's dashboard on PostgreSQL, with full authorisation, beside a hand-written handler that runs one statement
//! returning the finished JSON, without any. Both are served by the same HTTP library and asked by the same client, in
//! rounds that take turns, so that the ratio holds whatever else the machine does. `docs/benchmarks.md` tells more.
//!
//! Run: `TEST_POSTGRES_URL=postgres://postgres@127.0.0.1:5432/postgres cargo bench -p api --bench dashboard`

#![allow(clippy::unwrap_used, reason = "a benchmark that cannot run says so by failing")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use api::auth::{Authenticator, DevIssuer};
use api::config::Clock;
use api::graphql::Engine;
use api::http::{HttpState, Live, Rates, Settings, router};
use api::store::db::{Db, Pool};
use api::store::ids;
use axum::extract::{Path, State};
use axum::routing::get;
use chrono::NaiveDate;
use mimalloc::MiMalloc;
use serde_json::{Value, json};
use sqlx::postgres::PgPoolOptions;
use sqlx::{Executor, PgPool, Row};
use uuid::Uuid;

/// As the service itself runs.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

const CONNECTIONS: usize = 32;
const ROUNDS: usize = 7;
const ROUND: Duration = Duration::from_secs(3);

#[tokio::main]
async fn main() {
    let Ok(server) = std::env::var("TEST_POSTGRES_URL") else {
        println!("set TEST_POSTGRES_URL to a PostgreSQL server on which databases may be created");
        return;
    };
    let admin = PgPool::connect(&server).await.unwrap();
    let name = format!("gt_bench_{}", Uuid::now_v7().simple());
    admin.execute(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
    let url = format!("{}/{name}", server.rsplit_once('/').unwrap().0);
    compare(&url).await;
    admin.execute(sqlx::AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)"))).await.unwrap();
}

async fn compare(url: &str) {
    let today = NaiveDate::from_ymd_opt(2018, 12, 10).unwrap();
    let db = Db::connect(url, &Pool::default()).await.unwrap();
    db.migrate().await.unwrap();
    api::command::demo::load(&db, today).await.unwrap();
    let pool = PgPoolOptions::new().max_connections(Pool::default().size).connect(url).await.unwrap();
    pool.execute("ANALYZE").await.unwrap();
    let plan: Uuid = pool
        .fetch_one("SELECT plan_id FROM action GROUP BY plan_id ORDER BY count(*) DESC LIMIT 1")
        .await
        .unwrap()
        .get(0);

    let issuer = DevIssuer::open(&db, api::config::now()).await.unwrap();
    let token = issuer.token("board-member", api::config::now()).unwrap();
    let authenticator = Authenticator::new(Vec::new(), Some(&issuer)).unwrap();
    let backend = Live { engine: Engine::new(db.clone(), Clock::new(Some(today))), db };
    let ours = listen(router(HttpState {
        backend,
        authenticator,
        // All who ask are one client here.
        settings: Settings { rates: Rates::ENDLESS, working_each: 32, dear_each: 32, ..Settings::default() },
        files: None,
        machines: None,
        demo: None,
    }))
    .await;
    let by_hand = listen(axum::Router::new().route("/{plan}", get(dashboard)).with_state(pool)).await;

    let client = reqwest::Client::new();
    let body = json!({ "query": include_str!("dashboard.graphql"), "variables": { "plan": ids::encode("pln", plan) } });
    let ours = Arc::new(move || {
        let request = client.post(format!("http://{ours}/graphql")).bearer_auth(&token);
        request.header("content-type", "application/json").body(body.to_string())
    });
    let client = reqwest::Client::new();
    let by_hand = Arc::new(move || client.get(format!("http://{by_hand}/{plan}")));

    let (a, b): (Value, Value) = (answer(ours()).await, answer(by_hand()).await);
    assert_eq!(a, b, "the two do not answer the same");
    println!("{} bytes, {CONNECTIONS} connections, {ROUNDS} rounds of {ROUND:?} each", a.to_string().len());

    let mut ratios = Vec::new();
    for round in 0..=ROUNDS {
        let by_hand = requests_per_second(&by_hand).await;
        let ours = requests_per_second(&ours).await;
        // The first round warms up.
        if round > 0 {
            println!("by hand {by_hand:8.0}/s   ours {ours:8.0}/s   ratio {:.2}", ours / by_hand);
            ratios.push(ours / by_hand);
        }
    }
    ratios.sort_by(f64::total_cmp);
    println!("ratio: median {:.2}, from {:.2} to {:.2}", ratios[ROUNDS / 2], ratios[0], ratios[ROUNDS - 1]);
}

async fn dashboard(
    State(pool): State<PgPool>,
    Path(plan): Path<Uuid>,
) -> ([(&'static str, &'static str); 1], String) {
    let row = sqlx::query(include_str!("dashboard.sql")).bind(plan).fetch_one(&pool).await.unwrap();
    ([("content-type", "application/json")], row.get(0))
}

async fn listen(router: axum::Router) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    address
}

async fn answer(request: reqwest::RequestBuilder) -> Value {
    serde_json::from_slice(&request.send().await.unwrap().bytes().await.unwrap()).unwrap()
}

async fn requests_per_second<F>(request: &Arc<F>) -> f64
where
    F: Fn() -> reqwest::RequestBuilder + Send + Sync + 'static,
{
    let (stop, done) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let began = Instant::now();
    let workers: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let (request, stop, done) = (Arc::clone(request), Arc::clone(&stop), Arc::clone(&done));
            tokio::spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    let response = request().send().await.unwrap();
                    assert!(response.status().is_success());
                    response.bytes().await.unwrap();
                    done.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    tokio::time::sleep(ROUND).await;
    stop.store(true, Ordering::Relaxed);
    for worker in workers {
        worker.await.unwrap();
    }
    done.load(Ordering::Relaxed) as f64 / began.elapsed().as_secs_f64()
}
