//! The hand-written handler: one statement for each question, whose finished JSON is the answer. It asks nobody who they are.

use std::net::SocketAddr;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use axum::extract::{Path, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use chrono::NaiveDate;
use clap::Args;
use http::{StatusCode, header};
use serde::{Deserialize, Serialize};
use sqlx::postgres::{PgPoolOptions, PgRow};
use sqlx::{PgPool, Row};
use tokio::process::{Child, Command};
use uuid::Uuid;

use super::{TODAY, client, ours};

/// The arguments of the process.
#[derive(Args)]
pub struct ByHandArgs {
    /// The database
    #[arg(long)]
    database_url: String,
    /// The address and port to listen on
    #[arg(long)]
    bind: SocketAddr,
}

/// What the mutation takes.
#[derive(Serialize, Deserialize)]
pub(super) struct NewUpdate {
    pub(super) action: Uuid,
    pub(super) narrative: String,
    pub(super) health: String,
}

#[derive(Clone)]
struct Handler {
    pool: PgPool,
    today: NaiveDate,
}

/// An answer, or the shame of having none.
type Answer = Result<([(header::HeaderName, &'static str); 1], Bytes), (StatusCode, String)>;

fn answer(row: Result<PgRow, sqlx::Error>) -> Answer {
    let text = row.and_then(|row| row.try_get::<String, _>(0));
    match text {
        Ok(text) => Ok(([(header::CONTENT_TYPE, "application/json")], Bytes::from(text))),
        Err(error) => Err((StatusCode::INTERNAL_SERVER_ERROR, error.to_string())),
    }
}

async fn q1(State(by): State<Handler>, Path(action): Path<Uuid>) -> Answer {
    answer(sqlx::query(include_str!("queries/q1.sql")).bind(action).fetch_one(&by.pool).await)
}

async fn q2(State(by): State<Handler>, Path(plan): Path<Uuid>) -> Answer {
    answer(sqlx::query(include_str!("queries/q2.sql")).bind(plan).fetch_one(&by.pool).await)
}

async fn q3(State(by): State<Handler>, Path(inspection): Path<Uuid>) -> Answer {
    answer(sqlx::query(include_str!("queries/q3.sql")).bind(inspection).fetch_one(&by.pool).await)
}

async fn q4(State(by): State<Handler>, Path(slug): Path<String>) -> Answer {
    let query = sqlx::query(include_str!("queries/q4.sql")).bind(slug).bind(by.today);
    answer(query.fetch_one(&by.pool).await)
}

async fn m1(State(by): State<Handler>, Json(new): Json<NewUpdate>) -> Answer {
    let query = sqlx::query(include_str!("queries/m1.sql"))
        .bind(Uuid::now_v7())
        .bind(by.today)
        .bind(new.narrative)
        .bind(new.health)
        .bind(new.action);
    answer(query.fetch_one(&by.pool).await)
}

/// Serves until it is killed.
pub async fn run(args: ByHandArgs) -> Result<()> {
    // As many connections as the service has; and none is asked whether it lives before each use.
    let pool = PgPoolOptions::new().min_connections(16).max_connections(16).test_before_acquire(false);
    let pool = pool.connect(&args.database_url).await?;
    let router = Router::new()
        .route("/ready", get(async || "ready"))
        .route("/q1/{action}", get(q1))
        .route("/q2/{plan}", get(q2))
        .route("/q3/{inspection}", get(q3))
        .route("/q4/{slug}", get(q4))
        .route("/m1", post(m1))
        .with_state(Handler { pool, today: TODAY.parse()? });
    let listener = tokio::net::TcpListener::bind(args.bind).await?;
    axum::serve(listener, router).await?;
    Ok(())
}

/// The process, as long as it is wanted.
pub(super) struct ByHand {
    pub(super) address: SocketAddr,
    _child: Child,
}

/// Starts it, and waits until it is ready.
pub(super) async fn start(url: &str) -> Result<ByHand> {
    let address = ours::free_address()?;
    let child = Command::new(std::env::current_exe()?)
        .args(["by-hand", "--database-url", url, "--bind", &address.to_string()])
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .context("the hand-written handler cannot be started")?;
    for _ in 0..500 {
        if client::is_ready(address, "/ready").await {
            return Ok(ByHand { address, _child: child });
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    bail!("the hand-written handler does not become ready")
}
