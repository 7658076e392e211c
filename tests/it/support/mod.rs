//! What every test starts from: an application with its own database, people to ask as, and an invented county.

pub mod app;
pub mod audits;
pub mod board;
pub mod builders;
pub mod db;
pub mod documents;
pub mod facts;
pub mod files;
pub mod follow;
pub mod imports;
pub mod links;
pub mod listen;
pub mod measures;
pub mod moves;
pub mod mutate;
pub mod pages;
pub mod personas;
pub mod record;
pub mod rows;
pub mod rules;
pub mod voice;
pub mod world;

pub use app::{Raw, Response, TestApp, gid, on_both, on_both_with, reading_both};
pub use personas::Persona;
