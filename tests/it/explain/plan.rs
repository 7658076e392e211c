//! One plan, as PostgreSQL tells it in JSON.

use serde_json::Value;

/// The tables that grow with what people do. All others hold what there is little of: programmes, members, plans, headings.
const LARGE: [&str; 24] = [
    "action",
    "action_party",
    "action_requirement",
    "audit",
    "audit_action",
    "audit_finding",
    "challenge",
    "due_date_move",
    "entry_action",
    "evidence",
    "evidence_action",
    "evidence_file",
    "evidence_requirement",
    "feedback",
    "feedback_action",
    "imported_from",
    "ledger_entry",
    "measure",
    "measure_action",
    "notice",
    "progress_update",
    "reading",
    "requirement",
    "step",
];

/// A statement and its plan.
#[derive(Debug, Clone)]
pub struct Explained {
    /// Its text.
    pub statement: String,
    plan: Value,
}

/// How a table is read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Scan {
    /// The table.
    pub table: String,
    /// The kind of scan, and by which index.
    pub how: String,
}

impl Explained {
    /// Reads a notice of `auto_explain`; none where it is another.
    pub fn read(notice: &str) -> Option<Self> {
        let (_, json) = notice.split_once("plan:\n")?;
        let told: Value = serde_json::from_str(json).unwrap_or_else(|fault| panic!("{fault}: {json}"));
        let statement = told["Query Text"].as_str().unwrap().to_owned();
        Some(Self { statement, plan: told["Plan"].clone() })
    }

    /// The scans of large tables that look at all rows: of the table, or of an index from its beginning.
    pub fn scans(&self) -> Vec<Scan> {
        let mut found = Vec::new();
        scans(&self.plan, &mut found);
        found
    }

    /// How many pages of the database it touched.
    pub fn pages(&self) -> u64 {
        ["Shared Hit Blocks", "Shared Read Blocks"]
            .iter()
            .map(|name| self.plan[*name].as_u64().unwrap_or(0))
            .sum()
    }

    /// How many rows it looked at in large tables, those included that it did not want.
    pub fn rows(&self) -> u64 {
        rows(&self.plan)
    }

    /// Whether it reads a table.
    pub fn reads(&self, table: &str) -> bool {
        reads(&self.plan, table)
    }
}

fn below(plan: &Value) -> impl Iterator<Item = &Value> {
    plan["Plans"].as_array().into_iter().flatten()
}

fn scans(plan: &Value, found: &mut Vec<Scan>) {
    let kind = plan["Node Type"].as_str().unwrap_or_default();
    let table = plan["Relation Name"].as_str().unwrap_or_default();
    let is_bound = match kind {
        "Seq Scan" | "Sample Scan" => false,
        "Index Scan" | "Index Only Scan" => plan.get("Index Cond").is_some(),
        // Its rows come from the index scans below.
        "Bitmap Heap Scan" => bound_below(plan),
        _ => true,
    };
    // What was not needed this time was not read.
    let is_run = plan["Actual Loops"].as_f64().unwrap_or(0.0) > 0.0;
    if !is_bound && is_run && LARGE.contains(&table) {
        let index = plan["Index Name"].as_str().map(|name| format!(" by {name}")).unwrap_or_default();
        found.push(Scan { table: table.to_owned(), how: format!("{kind}{index}") });
    }
    below(plan).for_each(|plan| scans(plan, found));
}

fn bound_below(plan: &Value) -> bool {
    below(plan).all(|plan| match plan["Node Type"].as_str() {
        Some("Bitmap Index Scan") => plan.get("Index Cond").is_some(),
        _ => bound_below(plan),
    })
}

fn rows(plan: &Value) -> u64 {
    let number = |name: &str| plan[name].as_f64().unwrap_or(0.0);
    let own = match plan["Relation Name"].as_str() {
        Some(table) if LARGE.contains(&table) => {
            (number("Actual Rows") + number("Rows Removed by Filter")) * number("Actual Loops")
        }
        _ => 0.0,
    };
    own as u64 + below(plan).map(rows).sum::<u64>()
}

fn reads(plan: &Value, table: &str) -> bool {
    plan["Relation Name"] == table || below(plan).any(|plan| reads(plan, table))
}
