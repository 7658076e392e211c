//! Notices: what organisations are told without asking, once each.

mod acts;
mod calendar;

use api::command::notices::tell_due;
use api::config::Clock;
use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::support::{Persona, TestApp, gid};

const OFFICE: Persona = Persona::ProgrammeOffice;

/// The first day of which something is told that the world has not been told before.
const SINCE: &str = "2018-11-10";

/// What somebody is told of days since the world was made, the earliest first.
async fn told(app: &TestApp, persona: Persona) -> Vec<Value> {
    let document = "query($after: String, $filter: NoticeFilter) { programme(slug: \"northshire\") {
        notices(first: 100, after: $after, filter: $filter, orderBy: [{ field: ON }]) { pageInfo { hasNextPage endCursor } nodes {
            id kind on was now organisation { name } action { reference } about { ...on Action { reference } ...on Evidence { title } ...on Challenge { text } } } } } }";
    let (mut all, mut after) = (Vec::new(), Value::Null);
    loop {
        let asked = json!({ "after": after, "filter": { "on": { "gte": SINCE } } });
        let data = app.data(persona, document, asked).await;
        let list = &data["programme"]["notices"];
        all.extend(list["nodes"].as_array().unwrap().iter().cloned());
        if list["pageInfo"]["hasNextPage"] == false {
            return all;
        }
        after = list["pageInfo"]["endCursor"].clone();
    }
}

/// The same in a line each: kind, organisation, action, what it is about, day.
fn lines(notices: &[Value]) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let about = |of: &Value| of.as_object().unwrap().values().map(text).collect::<Vec<_>>().join(" ");
    let line = |of: &Value| {
        let moved = match (&of["was"], &of["now"]) {
            (Value::Null, _) => String::new(),
            (was, now) => format!(" from {} to {}", text(was), text(now)),
        };
        let (kind, to, action) =
            (text(&of["kind"]), text(&of["organisation"]["name"]), text(&of["action"]["reference"]));
        format!("{kind} {to}: {action}, {} on {}{moved}", about(&of["about"]), text(&of["on"]))
    };
    let mut lines: Vec<String> = notices.iter().map(line).collect();
    lines.sort();
    lines
}

/// Tells what is due, as each process does every minute.
async fn tell(app: &TestApp, today: NaiveDate) {
    tell_due(app.db(), &Clock::new(Some(today))).await.unwrap();
}

fn action(app: &TestApp, reference: &str) -> String {
    gid("act", app.world.action(reference).id)
}
