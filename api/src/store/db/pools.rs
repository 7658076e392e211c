//! How the pools of connections are at the moment, for the metrics.

use sea_orm::{DatabaseConnection, DbBackend};

use super::Db;
use crate::observe::gauges::Pool;

impl Db {
    /// The pools as they are: one for reading and one for writing, or one that is shared.
    pub fn pools(&self) -> Vec<Pool> {
        if self.has_one_pool {
            return vec![pool("shared", &self.write)];
        }
        vec![pool("read", &self.read), pool("write", &self.write)]
    }
}

fn pool(name: &'static str, connection: &DatabaseConnection) -> Pool {
    let (open, idle, most) = match connection.get_database_backend() {
        DbBackend::Postgres => {
            let pool = connection.get_postgres_connection_pool();
            (pool.size(), pool.num_idle(), pool.options().get_max_connections())
        }
        _ => {
            let pool = connection.get_sqlite_connection_pool();
            (pool.size(), pool.num_idle(), pool.options().get_max_connections())
        }
    };
    Pool { name, open, idle: u32::try_from(idle).unwrap_or(u32::MAX), most }
}
