//! What clients and users do, through HTTP in process, on SQLite and, where `TEST_POSTGRES_URL` names a server that
//! may create databases, on PostgreSQL too: one body for both.

mod support;

mod arguments;
mod connections;
mod errors;
mod lists;
mod policy;
mod smoke;
mod statements;
mod visibility;
