//! What clients and users do, through HTTP in process, on SQLite and, where `TEST_POSTGRES_URL` names a server that
//! may create databases, on PostgreSQL too: one body for both.

#![expect(clippy::needless_pass_by_value, reason = "json!({ ... }) as an argument reads best")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails, and says where")]

/// The one of the service: a test does much the same as it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

mod audits;
mod support;

mod action_changes;
mod actions;
mod arguments;
mod asked;
mod caching;
mod challenges;
mod clients;
mod connections;
mod deploy;
mod documents;
mod errors;
mod evidence;
mod explain;
mod export;
mod faults;
mod feed;
mod files;
mod filter_input;
mod filters;
mod guide;
mod imports;
mod limits;
mod lists;
mod live;
mod measures;
mod model;
mod notices;
mod observe;
mod path;
mod plans;
mod policy;
mod position;
mod proof;
mod read_replicas;
mod record;
mod record_sight;
mod replicas;
mod rules;
mod selection;
mod smoke;
mod statements;
mod together;
mod visibility;
mod voice;
mod webhooks;
mod who;
