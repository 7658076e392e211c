//! Works out when actions will be finished, over all that they depend on: one statement for any number of actions.

use std::collections::HashMap;
use std::str::FromStr;

use domain::ActionStatus;
use domain::forecast::{Edge, Forecast, Node};
use sea_orm::DbErr;
use uuid::Uuid;

use super::plan::Cell;
use super::read::ReadCx;
use super::table::Table;
use super::visibility::visible;

/// Writes the forecast of each row's actions into its places. What the viewer may not see moves nothing.
pub async fn fill(read: &ReadCx, rows: &mut [Vec<Cell>], places: &[(usize, usize)]) -> Result<(), DbErr> {
    let key = |row: &[Cell], slot: usize| row.get(slot).and_then(Cell::uuid);
    let ids = rows.iter().flat_map(|row| places.iter().filter_map(|(slot, _)| key(row, *slot)));
    let ids: Vec<Uuid> = ids.collect();
    if ids.is_empty() {
        return Ok(());
    }
    let forecast = forecast(read, &ids).await?;
    for row in rows {
        for (slot, place) in places {
            let on = key(row, *slot).and_then(|id| forecast.as_ref().and_then(|forecast| forecast.on(id)));
            if let Some(cell) = row.get_mut(*place) {
                *cell = on.map_or(Cell::Null, Cell::Date);
            }
        }
    }
    Ok(())
}

async fn forecast(read: &ReadCx, ids: &[Uuid]) -> Result<Option<Forecast<Uuid>>, DbErr> {
    let mut sql = read.sql();
    sql.push("WITH RECURSIVE need(id) AS (SELECT a.id FROM action a WHERE ").is_one_of("a", "id", ids);
    sql.push(" UNION SELECT d.depends_on_id FROM action_dependency d JOIN need n ON d.action_id = n.id) ");
    sql.push("SELECT a.id, a.status, a.status_on, a.start_on, a.due_on, d.depends_on_id ");
    sql.push(
        "FROM need n JOIN action a ON a.id = n.id LEFT JOIN action_dependency d ON d.action_id = a.id WHERE ",
    );
    visible(&mut sql, Table::Action, "a", &read.cx.viewer);
    let mut nodes = HashMap::new();
    let mut edges = Vec::new();
    for row in read.query("action_dependency", sql.statement()).await? {
        let id: Uuid = row.try_get_by_index(0)?;
        let status: String = row.try_get_by_index(1)?;
        let Ok(status) = ActionStatus::from_str(&status) else { continue };
        let node = Node {
            id,
            status,
            finished_on: row.try_get_by_index(2)?,
            start_on: row.try_get_by_index(3)?,
            due_on: row.try_get_by_index(4)?,
        };
        nodes.insert(id, node);
        if let Some(depends_on) = row.try_get_by_index(5)? {
            edges.push(Edge { action: id, depends_on });
        }
    }
    let nodes: Vec<_> = nodes.into_values().collect();
    // The write path refuses circles; should one exist all the same, there is no forecast rather than a wrong one.
    Ok(Forecast::new(&nodes, &edges, read.cx.viewer.today).ok())
}
