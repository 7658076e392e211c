//! Walking through a list page by page.

use serde_json::{Value, json};

use super::{Persona, TestApp};

/// A list: the type it belongs to, its field, and what to ask of its items.
pub struct List {
    /// The type of the node that has the list; `Query` for the root.
    pub of: &'static str,
    /// The field.
    pub field: &'static str,
    /// Its arguments but those of the page.
    pub given: &'static str,
    /// The variables in them.
    pub declared: &'static str,
    /// What tells one item from the other.
    pub node: &'static str,
}

/// The pages of a list, one after the other, with all that a page says about itself checked on the way.
pub struct Pages<'a> {
    app: &'a TestApp,
    persona: Persona,
    document: String,
    path: Vec<&'static str>,
    node: &'static str,
    variables: Value,
    backwards: bool,
    size: usize,
    total: Option<u64>,
    /// Whether rows are written while the pages are read.
    pub grows: bool,
    is_over: bool,
}

impl<'a> Pages<'a> {
    /// Starts at the beginning, or at the end.
    pub fn new(
        app: &'a TestApp,
        persona: Persona,
        list: &List,
        variables: &Value,
        size: usize,
        backwards: bool,
    ) -> Self {
        let List { of, field, given, declared, node } = list;
        let (count, bound) = if backwards { ("last", "before") } else { ("first", "after") };
        let page = format!(
            "{field}({count}: $size, {bound}: $bound, {given}) {{ totalCount nodes {{ {node} }}
                edges {{ cursor node {{ {node} }} }}
                pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }}"
        );
        let (document, path) = if *of == "Query" {
            (format!("query($size: Int, $bound: String{declared}) {{ {page} }}"), vec![*field])
        } else if let Some(between) = of.strip_prefix("Programme.") {
            let document = format!(
                "query($id: ID!, $size: Int, $bound: String{declared}) {{
                    node(id: $id) {{ ... on Programme {{ {between} {{ {page} }} }} }} }}"
            );
            (document, vec!["node", between, field])
        } else {
            let document = format!(
                "query($id: ID!, $size: Int, $bound: String{declared}) {{
                    node(id: $id) {{ ... on {of} {{ {page} }} }} }}"
            );
            (document, vec!["node", *field])
        };
        let variables = variables.clone();
        Self {
            app,
            persona,
            document,
            path,
            node,
            variables,
            backwards,
            size,
            total: None,
            grows: false,
            is_over: false,
        }
    }

    /// The next page; none after the last.
    pub async fn next(&mut self) -> Option<Vec<String>> {
        if self.is_over {
            return None;
        }
        let is_first = self.variables.get("bound").is_none();
        self.variables["size"] = json!(self.size);
        let data = self.app.data(self.persona, &self.document, self.variables.clone()).await;
        let page = self.path.iter().fold(&data, |value, key| &value[*key]);
        let edges = page["edges"].as_array().unwrap();
        let nodes: Vec<Value> = edges.iter().map(|edge| edge["node"].clone()).collect();
        assert_eq!(page["nodes"], Value::from(nodes), "edges and nodes are the same");
        let info = &page["pageInfo"];
        let cursor = |edge: Option<&Value>| edge.map_or(Value::Null, |edge| edge["cursor"].clone());
        assert_eq!(info["startCursor"], cursor(edges.first()));
        assert_eq!(info["endCursor"], cursor(edges.last()));
        let (more, behind, bound) = match self.backwards {
            false => ("hasNextPage", "hasPreviousPage", "endCursor"),
            true => ("hasPreviousPage", "hasNextPage", "startCursor"),
        };
        assert_eq!(info[behind], !is_first);
        let total = page["totalCount"].as_u64();
        assert!(self.grows || self.total.is_none() || self.total == total, "the total is that of all pages");
        self.total = total;
        if info[more] == true {
            assert_eq!(edges.len(), self.size, "only the last page may be short");
            self.variables["bound"] = info[bound].clone();
        } else {
            self.is_over = true;
        }
        let name = |edge: &Value| edge["node"][self.node].to_string().trim_matches('"').to_owned();
        Some(edges.iter().map(name).collect())
    }
}

/// The whole list, in its order, and as many as it says.
pub async fn walk(
    app: &TestApp,
    persona: Persona,
    list: &List,
    variables: &Value,
    size: usize,
    backwards: bool,
) -> Vec<String> {
    let mut pages = Pages::new(app, persona, list, variables, size, backwards);
    let mut all = Vec::new();
    while let Some(mut page) = pages.next().await {
        if backwards {
            page.extend(all);
            all = page;
        } else {
            all.extend(page);
        }
    }
    assert_eq!(pages.total, Some(all.len() as u64));
    all
}
