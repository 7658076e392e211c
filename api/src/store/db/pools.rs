//! How the pools of connections are at the moment, for the metrics.

use sea_orm::{DatabaseConnection, DbBackend};

use super::Db;
use crate::observe::gauges::Pool;

impl Db {
    /// The pools as they are: one for reading and one for writing, or one that is shared; and those of replicas.
    pub fn pools(&self) -> Vec<Pool> {
        let mut pools = match self.has_one_pool {
            true => vec![pool("shared".to_owned(), &self.write)],
            false => vec![pool("read".to_owned(), &self.read), pool("write".to_owned(), &self.write)],
        };
        pools.extend(self.pools_of_replicas());
        pools
    }
}

pub(super) fn pool(name: String, connection: &DatabaseConnection) -> Pool {
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
