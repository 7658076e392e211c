//! What is asked about: some programmes of the database, things in them, and who asks.

use std::path::Path;

use anyhow::{Result, bail};
use sqlx::{Connection, PgConnection, Row};
use uuid::Uuid;

use super::ours;

/// In how many programmes at most.
const PROGRAMMES: i64 = 16;
/// About how many actions and plans of each at most.
const ACTIONS: i64 = 64;
const PLANS: i64 = 4;

/// What is asked about.
pub(super) struct Data {
    pub(super) programmes: Vec<Programme>,
}

/// A programme.
pub(super) struct Programme {
    pub(super) id: Uuid,
    pub(super) slug: String,
    pub(super) inspection: Uuid,
    pub(super) plans: Vec<Uuid>,
    pub(super) actions: Vec<Uuid>,
    /// Actions on which somebody is expected to report.
    pub(super) open: Vec<Uuid>,
    /// The token of a member of its board.
    pub(super) board: String,
    /// The token of somebody in its office.
    pub(super) office: String,
}

impl Data {
    pub(super) async fn read(url: &str, binary: &Path) -> Result<Self> {
        let mut connection = PgConnection::connect(url).await?;
        let found = sqlx::query(
            "SELECT g.id, g.slug, s.id FROM programme g JOIN source s ON s.programme_id = g.id AND s.kind = 'INSPECTION' \
             ORDER BY g.slug LIMIT $1",
        );
        let found = found.bind(PROGRAMMES).fetch_all(&mut connection).await?;
        let mut programmes = Vec::new();
        for row in found {
            let (id, slug): (Uuid, String) = (row.get(0), row.get(1));
            // The order of their hashes: an even choice, the same in each run on a database.
            let actions = "SELECT id FROM action WHERE programme_id = $1 ORDER BY md5(id::text) LIMIT $2";
            let open = "SELECT id FROM action WHERE programme_id = $1 AND status = 'IN_PROGRESS' ORDER BY md5(id::text) LIMIT $2";
            let plans = "SELECT p.id FROM plan p WHERE p.programme_id = $1 \
                         ORDER BY (SELECT count(*) FROM action a WHERE a.plan_id = p.id) DESC, p.id LIMIT $2";
            let mut ids = async |sql: &'static str, most: i64| -> Result<Vec<Uuid>> {
                let rows = sqlx::query(sql).bind(id).bind(most).fetch_all(&mut connection).await?;
                Ok(rows.iter().map(|row| row.get(0)).collect())
            };
            programmes.push(Programme {
                inspection: row.get(2),
                plans: ids(plans, PLANS).await?,
                actions: ids(actions, ACTIONS).await?,
                open: ids(open, i64::MAX).await?,
                board: ours::token(binary, url, &format!("{slug}-board-member")).await?,
                office: ours::token(binary, url, &format!("{slug}-programme-office")).await?,
                id,
                slug,
            });
        }
        if programmes.is_empty() {
            bail!("the database holds no generated programme: choose another name for --keep");
        }
        Ok(Self { programmes })
    }

    /// One thing after another, each from the next programme.
    pub(super) fn each<T: Clone>(&self, of: impl Fn(&Programme) -> &[T]) -> Vec<(&Programme, T)> {
        let most = self.programmes.iter().map(|programme| of(programme).len()).max().unwrap_or(0);
        let mut each = Vec::new();
        for place in 0..most {
            for programme in &self.programmes {
                each.extend(of(programme).get(place).map(|thing| (programme, thing.clone())));
            }
        }
        each
    }
}
