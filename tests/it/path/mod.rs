//! The one path of every change: version, key, leave, ledger, whatever the command.

mod everyone;
mod keys;
mod meanwhile;
mod together;
mod versions;
