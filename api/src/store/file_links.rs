//! Addresses of files in an answer: made for whoever asks, and good for a short while. They come out of no row, so an answer
//! that holds one is another each time.

use chrono::{DateTime, SecondsFormat, Utc};
use domain::file::Scan;
use serde_json::{Value, json};
use uuid::Uuid;

use super::model::Scalar;
use super::plan::{Cell, SelectFrom};
use super::read::ReadCx;
use crate::authz::identity::Identity;
use crate::files::{Link, Purpose};

/// What an address for fetching is made from.
pub(super) fn inputs_of_download() -> Vec<(SelectFrom, Scalar)> {
    vec![(SelectFrom::Column("id"), Scalar::Uuid), (SelectFrom::Column("scan"), Scalar::Text)]
}

/// What an address for sending is made from.
pub(super) fn inputs_of_target() -> Vec<(SelectFrom, Scalar)> {
    vec![
        (SelectFrom::Column("id"), Scalar::Uuid),
        (SelectFrom::Column("is_attached"), Scalar::Bool),
        (SelectFrom::Column("expires_at"), Scalar::Moment),
        (SelectFrom::Column("subject"), Scalar::Text),
    ]
}

/// Where each file can be fetched: nowhere where it is not handed out.
pub(super) fn downloads(read: &ReadCx, purpose: Purpose, rows: &[Vec<Cell>]) -> Vec<Value> {
    let has_scanner = read.links.as_ref().is_some_and(|links| links.has_scanner());
    let of = |row: &Vec<Cell>| match row.as_slice() {
        [Cell::Uuid(id), Cell::Text(scan)] => {
            let is_served = scan.parse::<Scan>().is_ok_and(|scan| scan.is_served(has_scanner));
            is_served.then(|| link(read, purpose, *id)).flatten()
        }
        _ => None,
    };
    rows.iter().map(|row| shown(of(row))).collect()
}

/// Where the bytes of each upload are to be sent: nowhere once it is attached, or too late, and by nobody but who announced it.
pub(super) fn targets(read: &ReadCx, rows: &[Vec<Cell>]) -> Vec<Value> {
    let is_open = |expires_at: &DateTime<Utc>| *expires_at > read.clock.now();
    let of = |row: &Vec<Cell>| match row.as_slice() {
        [Cell::Uuid(id), Cell::Bool(false), Cell::Moment(expires_at), Cell::Text(subject)]
            if is_open(expires_at) && read.cx.viewer.subject.as_ref() == Some(subject) =>
        {
            link(read, Purpose::Upload, *id)
        }
        _ => None,
    };
    rows.iter().map(|row| shown(of(row))).collect()
}

fn link(read: &ReadCx, purpose: Purpose, id: Uuid) -> Option<Link> {
    let viewer = &read.cx.viewer;
    let groups = viewer.member_groups.as_slice().into();
    let of = Identity { groups, ..Identity::of(viewer.subject.clone()?) };
    read.links.as_ref()?.link(purpose, id, &of, read.clock.now())
}

fn shown(link: Option<Link>) -> Value {
    link.map_or(Value::Null, |link| {
        let expires_at = link.expires_at.to_rfc3339_opts(SecondsFormat::Micros, true);
        json!({ "url": link.url, "expiresAt": expires_at })
    })
}
