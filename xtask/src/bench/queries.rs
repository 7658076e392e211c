//! The questions, as each of the servers is asked them.

use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;
use std::sync::LazyLock;

use anyhow::{Result, bail};
use bytes::Bytes;
use http::{Method, Request, StatusCode};
use http_body_util::Full;
use serde_json::{Value, json};
use url::form_urlencoded;
use uuid::Uuid;

use super::by_hand::NewUpdate;
use super::client::{self, Load};
use super::data::{Data, Programme};

/// The documents that are known by their ids.
pub(super) static MANIFEST: LazyLock<Value> =
    LazyLock::new(|| json!({ "Q2": include_str!("queries/q2.graphql") }));

/// A question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Query {
    /// One action.
    Q1,
    /// A board's dashboard: a plan, its themes, fifty actions with all that is around them.
    Q2,
    /// From an inspection to evidence.
    Q3,
    /// What is overdue: a page and the total.
    Q4,
    /// An update is added.
    M1,
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

impl FromStr for Query {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|query| query.to_string().eq_ignore_ascii_case(text));
        found.ok_or_else(|| "choose among Q1, Q2, Q3, Q4 and M1".to_owned())
    }
}

impl Query {
    /// All of them; what changes something comes last.
    pub(super) const ALL: [Self; 5] = [Self::Q1, Self::Q2, Self::Q3, Self::Q4, Self::M1];

    fn document(self) -> &'static str {
        match self {
            Self::Q1 => include_str!("queries/q1.graphql"),
            Self::Q2 => include_str!("queries/q2.graphql"),
            Self::Q3 => include_str!("queries/q3.graphql"),
            Self::Q4 => include_str!("queries/q4.graphql"),
            Self::M1 => include_str!("queries/m1.graphql"),
        }
    }

    /// What stands in every good answer.
    fn expected(self) -> (StatusCode, &'static [u8]) {
        (StatusCode::OK, if self == Self::M1 { b"\"userErrors\"" } else { b"{\"data\"" })
    }

    /// What is asked about, with who asks: the path by hand, and the variables.
    fn variants<'a>(self, data: &'a Data) -> Vec<(&'a Programme, String, Value)> {
        let of = |things: Vec<_>, path: &str, variable: &str, prefix: &str| {
            let things = things.into_iter();
            let one = |(programme, id): (_, Uuid)| {
                (programme, format!("/{path}/{id}"), json!({ variable: format!("{prefix}_{}", id.simple()) }))
            };
            things.map(one).collect()
        };
        match self {
            Self::Q1 => of(data.each(|programme| &programme.actions), "q1", "action", "act"),
            Self::Q2 => of(data.each(|programme| &programme.plans), "q2", "plan", "pln"),
            Self::Q3 => {
                let inspections = data.programmes.iter().map(|programme| (programme, programme.inspection));
                of(inspections.collect(), "q3", "inspection", "ins")
            }
            Self::Q4 => {
                let of = |programme: &'a Programme| {
                    let Programme { slug, .. } = programme;
                    (programme, format!("/q4/{slug}"), json!({ "programme": slug }))
                };
                data.programmes.iter().map(of).collect()
            }
            Self::M1 => of(data.each(|programme| &programme.open), "m1", "action", "act"),
        }
    }

    /// By hand.
    pub(super) fn by_hand(self, data: &Data, address: SocketAddr) -> Load {
        if self == Self::M1 {
            let open: Vec<Uuid> =
                data.each(|programme| &programme.open).into_iter().map(|(_, id)| id).collect();
            return Load::new(address, 1, self.expected(), move |number| {
                let action = open[number as usize % open.len()];
                let new = NewUpdate { action, narrative: narrative(number), health: "ON_TRACK".to_owned() };
                request(Method::POST, "/m1", None, serde_json::to_vec(&new).unwrap_or_default().into())
            });
        }
        let paths: Vec<String> = self.variants(data).into_iter().map(|(_, path, _)| path).collect();
        Load::new(address, paths.len(), self.expected(), move |number| {
            request(Method::GET, &paths[number as usize % paths.len()], None, Bytes::new())
        })
    }

    /// By the service.
    pub(super) fn ours(self, data: &Data, address: SocketAddr) -> Load {
        let document = self.document();
        if self == Self::M1 {
            let asked = self.variants(data).into_iter();
            let asked: Vec<(String, Value)> =
                asked.map(|(programme, _, variables)| (bearer(&programme.office), variables)).collect();
            let run = Uuid::now_v7().simple().to_string();
            return Load::new(address, 1, self.expected(), move |number| {
                let (token, variables) = &asked[number as usize % asked.len()];
                let input = json!({
                    "actionId": variables["action"], "narrative": narrative(number), "declaredHealth": "ON_TRACK",
                    "idempotencyKey": format!("{run}-{number}"),
                });
                let body = json!({ "query": document, "variables": { "input": input } });
                request(Method::POST, "/graphql", Some(token), body.to_string().into())
            });
        }
        let asked = self.variants(data).into_iter().map(|(programme, _, variables)| {
            let body = json!({ "query": document, "variables": variables });
            (bearer(&programme.board), Bytes::from(body.to_string()))
        });
        let asked: Vec<(String, Bytes)> = asked.collect();
        Load::new(address, asked.len(), self.expected(), move |number| {
            let (token, body) = &asked[number as usize % asked.len()];
            request(Method::POST, "/graphql", Some(token), body.clone())
        })
    }

    /// An answer without what must differ.
    pub(super) fn comparable(self, answer: &[u8]) -> Result<Value> {
        let mut answer: Value = serde_json::from_slice(answer)?;
        if self == Self::M1 {
            match answer.pointer_mut("/data/progressUpdateAdd/progressUpdate/id") {
                Some(id) if id.as_str().is_some_and(|id| id.starts_with("upd_")) => *id = Value::Null,
                _ => bail!("no update was added: {answer}"),
            }
        }
        Ok(answer)
    }
}

/// The dashboards, by a GET of somebody who holds the answers already.
pub(super) async fn unchanged(data: &Data, address: SocketAddr) -> Result<Load> {
    let mut asked = Vec::new();
    for (programme, _, variables) in Query::Q2.variants(data) {
        let variables = variables.to_string();
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("documentId", "Q2")
            .append_pair("variables", &variables)
            .finish();
        let (path, token) = (format!("/graphql?{query}"), bearer(&programme.board));
        let first = {
            let (path, token) = (path.clone(), token.clone());
            Load::new(address, 1, Query::Q2.expected(), move |_| {
                request(Method::GET, &path, Some(&token), Bytes::new())
            })
        };
        asked.push((path, token, client::header(&first, 0, "etag").await?));
    }
    Ok(Load::new(address, asked.len(), (StatusCode::NOT_MODIFIED, b""), move |number| {
        let (path, token, tag) = &asked[number as usize % asked.len()];
        let mut request = request(Method::GET, path, Some(token), Bytes::new());
        if let Ok(tag) = tag.parse() {
            request.headers_mut().insert("if-none-match", tag);
        }
        request
    }))
}

pub(super) fn narrative(number: u64) -> String {
    format!(
        "The sample of this month was looked at, case {number} among them, and was better recorded than the last one."
    )
}

fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

pub(super) fn request(
    method: Method,
    path: &str,
    token: Option<&String>,
    body: Bytes,
) -> Request<Full<Bytes>> {
    let has_body = !body.is_empty();
    let mut request = Request::new(Full::new(body));
    *request.method_mut() = method;
    // What these are made of can stand in a request: a fault here would be answered with 400, and end the run.
    *request.uri_mut() = path.parse().unwrap_or_default();
    let mut header = |name: &'static str, value: &str| {
        if let Ok(value) = value.parse() {
            request.headers_mut().insert(name, value);
        }
    };
    header("host", "localhost");
    header("accept", "application/json");
    if has_body {
        header("content-type", "application/json");
    }
    if let Some(token) = token {
        header("authorization", token);
    }
    request
}
