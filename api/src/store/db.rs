//! placeholder
use sea_orm::{DatabaseConnection, DbBackend, ConnectionTrait};
/// x
#[derive(Clone)]
pub struct Db { pub(crate) read: DatabaseConnection, pub(crate) write: DatabaseConnection }
impl Db { /// x
 pub fn backend(&self) -> DbBackend { self.read.get_database_backend() } }
