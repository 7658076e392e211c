//! Which column is which, by the words that councils put over them.

use serde::{Deserialize, Serialize};

use super::text::bare_words;

/// What a column means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Column {
    Reference,
    Requirement,
    Theme,
    Aim,
    Action,
    Lead,
    Timeframe,
    Start,
    Progress,
    Rating,
    /// Holds a tick, a yes or a word where the row is done.
    Done,
    /// Names paragraphs of a report.
    Paragraph,
    /// How success is to be known. It is understood, and not loaded.
    Measure,
    /// Recognised, and not part of a plan's row: the reason it is left out.
    Unused(&'static str),
    Unknown,
}

impl Column {
    /// Does the reading use it?
    pub fn is_used(self) -> bool {
        !matches!(self, Column::Measure | Column::Unused(_) | Column::Unknown)
    }
}

/// Longest heading that is taken for one, in words.
const MAX_WORDS: usize = 14;

const EVIDENCE: &str = "evidence and impact are recorded on the action itself, with their source and date, not from the plan's table";
const MONEY: &str = "costs and resources are not part of a plan's row";
const RISK: &str = "risks are not part of a plan's row";
const SHARE: &str = "how far an action has come is told by its steps and its status";
const DONE_ON: &str = "the day of completion is claimed on the action, with its evidence";

/// Reads one heading.
pub(crate) fn recognise(heading: &str) -> Column {
    if heading.trim() == "#" {
        return Column::Reference;
    }
    let words = bare_words(heading);
    if words.is_empty() || words.len() > MAX_WORDS {
        return Column::Unknown;
    }
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
    let joined = words.join(" ");
    let says = |wanted: &[&str]| wanted.iter().any(|phrase| joined.contains(phrase));
    let first = |wanted: &[&str]| wanted.contains(&words[0].as_str());

    if heading.contains('%') || has(&["percentage"]) {
        Column::Unused(SHARE)
    } else if is_done(&words) {
        Column::Done
    } else if has(&["paragraph", "paragraphs", "para", "paras"])
        && has(&["recommendation", "recommendations", "rec"])
    {
        // "17. (57, 138)": the number, and the paragraphs that it comes from.
        Column::Reference
    } else if has(&["paragraph", "paragraphs", "para", "paras"]) && !has(&["direction", "directions"]) {
        Column::Paragraph
    } else if has(&["rag", "brag", "bragg", "ragg"]) {
        Column::Rating
    } else if has(&["update", "updates", "progress", "comment", "comments", "commentary"])
        || says(&["report for"])
    {
        Column::Progress
    } else if has(&["status", "rating"]) {
        Column::Rating
    } else if has(&[
        "lead",
        "leads",
        "owner",
        "owners",
        "responsible",
        "accountable",
        "who",
        "whom",
        "responsibility",
        "accountability",
        "sro",
        "sponsor",
        "assigned",
    ]) || says(&["lead officer", "named officer"])
        || joined == "officer"
    {
        Column::Lead
    } else if says(&["completed on", "date completed", "actual completion", "completed date", "date closed"])
    {
        Column::Unused(DONE_ON)
    } else if has(&["evidence"]) {
        Column::Unused(EVIDENCE)
    } else if has(&[
        "impact",
        "measure",
        "measures",
        "kpi",
        "kpis",
        "indicator",
        "indicators",
        "criteria",
        "success",
        "targets",
    ]) || says(&["how will we know", "how we will know", "difference"])
        || joined == "target"
    {
        Column::Measure
    } else if has(&["risk", "risks", "mitigation", "barrier", "barriers"]) {
        Column::Unused(RISK)
    } else if has(&["cost", "costs", "budget", "resource", "resources", "funding"]) {
        Column::Unused(MONEY)
    } else if says(&["start date", "start on", "date started", "starts"]) || joined == "start" {
        Column::Start
    } else if has(&[
        "timescale",
        "timescales",
        "timeframe",
        "timeframes",
        "deadline",
        "deadlines",
        "timeline",
        "timetable",
        "timing",
        "when",
        "due",
    ]) || says(&[
        "time frame",
        "time scale",
        "by when",
        "target date",
        "completion date",
        "end date",
        "finish date",
        "delivery date",
        "implementation date",
        "date for completion",
        "target completion",
    ]) || joined == "date"
    {
        Column::Timeframe
    } else if first(&["number", "no", "nos", "nr", "ref", "reference", "id", "item"])
        || says(&[
            "action number",
            "action no",
            "action ref",
            "action id",
            "action code",
            "plan ref",
            "row number",
        ])
        || joined == "code"
    {
        Column::Reference
    } else if has(&[
        "recommendation",
        "recommendations",
        "recs",
        "rec",
        "ofsted",
        "direction",
        "directions",
        "finding",
        "findings",
    ]) || says(&[
        "area for improvement",
        "areas for improvement",
        "area for development",
        "areas for development",
        "inspectors said",
        "inspectors found",
        "source",
    ]) {
        Column::Requirement
    } else if has(&["theme", "themes", "subtheme", "priority", "section", "workstream", "strand", "pillar"])
        || says(&["sub theme", "work stream", "focus area", "area of focus"])
    {
        Column::Theme
    } else if says(&["want to achieve", "trying to achieve", "to be achieved", "will achieve"])
        || has(&["aim", "aims", "outcome", "outcomes", "objective", "objectives", "goal", "goals"])
    {
        Column::Aim
    } else if has(&[
        "action",
        "actions",
        "step",
        "steps",
        "task",
        "tasks",
        "activity",
        "activities",
        "milestone",
        "milestones",
        "deliverable",
        "deliverables",
    ]) || says(&[
        "what we will do",
        "what will we do",
        "what will be done",
        "what needs to be done",
        "what needs to happen",
        "what are we doing",
        "what we are doing",
        "how we will",
        "how will we",
        "what are we going to do",
    ]) {
        Column::Action
    } else {
        Column::Unknown
    }
}

/// "Complete?", "Done (Y/N)", "Tick when complete": a column for marks, not for words.
fn is_done(words: &[String]) -> bool {
    const DONE: &[&str] = &["complete", "completed", "done", "achieved", "closed"];
    const BESIDE: &[&str] = &[
        "action", "y", "n", "yn", "yes", "no", "yesno", "or", "tick", "ticked", "if", "when", "once", "is",
        "it",
    ];
    let known = |word: &String| DONE.contains(&word.as_str()) || BESIDE.contains(&word.as_str());
    words.iter().any(|word| DONE.contains(&word.as_str())) && words.iter().all(known)
}

/// The columns of one table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<String>", into = "Vec<String>")]
pub(crate) struct Columns {
    pub meanings: Vec<Column>,
    pub headings: Vec<String>,
}

impl From<Vec<String>> for Columns {
    fn from(headings: Vec<String>) -> Columns {
        Columns { meanings: meanings(&headings), headings }
    }
}

impl From<Columns> for Vec<String> {
    fn from(columns: Columns) -> Vec<String> {
        columns.headings
    }
}

/// What the headings mean, those that say little by what stands beside them: "What?" is what is to be achieved where "How?" is
/// what will be done, and is what will be done where there is no other action.
fn meanings(headings: &[String]) -> Vec<Column> {
    let mut meanings: Vec<Column> = headings.iter().map(|heading| recognise(heading)).collect();
    let bare = |at: usize| bare_words(&headings[at]).join(" ");
    let one = |wanted: &str| (0..headings.len()).find(|at| bare(*at) == wanted);
    let has = |meanings: &[Column], column| meanings.contains(&column);
    if let Some(how) = one("how").filter(|_| !has(&meanings, Column::Action)) {
        meanings[how] = Column::Action;
    }
    if let Some(what) = one("what") {
        meanings[what] = if has(&meanings, Column::Action) { Column::Aim } else { Column::Action };
    }
    if let Some(why) = one("why").filter(|_| !has(&meanings, Column::Aim)) {
        meanings[why] = Column::Aim;
    }
    meanings
}

impl Columns {
    /// Takes a row of cells for headings, or finds that it is none.
    pub fn from_cells(cells: &[String]) -> Option<Columns> {
        let filled = cells.iter().filter(|cell| !cell.trim().is_empty()).count();
        let is_sentence =
            |cell: &String| cell.trim_end().ends_with(['.', ';']) && cell.split_whitespace().count() > 3;
        if filled < 2 || cells.iter().any(is_sentence) {
            return None;
        }
        let columns = Columns::from(cells.iter().map(|cell| super::text::squash(cell)).collect::<Vec<_>>());
        let known = columns.meanings.iter().filter(|meaning| **meaning != Column::Unknown).count();
        let does = columns.has(Column::Action) || columns.has(Column::Aim);
        (does && columns.kinds() >= 2 && known * 2 >= filled).then_some(columns)
    }

    /// Can these be the headings of a further table, after one with `others`? A row of a plan can use the words of
    /// headings, so more is asked of it than of the first.
    pub fn can_follow(&self, others: &Columns) -> bool {
        let all_known = self
            .meanings
            .iter()
            .zip(&self.headings)
            .all(|(meaning, heading)| *meaning != Column::Unknown || heading.is_empty());
        all_known && self.kinds() >= others.kinds().min(3)
    }

    /// Is there a column of this meaning?
    pub fn has(&self, wanted: Column) -> bool {
        self.meanings.contains(&wanted)
    }

    /// The positions of the columns of this meaning.
    pub fn positions(&self, wanted: Column) -> impl Iterator<Item = usize> + '_ {
        self.meanings.iter().enumerate().filter(move |(_, meaning)| **meaning == wanted).map(|(at, _)| at)
    }

    /// How many different used meanings the table has: the sniffer's measure of a delimiter.
    pub fn kinds(&self) -> usize {
        let mut seen: Vec<Column> = Vec::new();
        for meaning in self.meanings.iter().copied().filter(|meaning| meaning.is_used()) {
            if !seen.contains(&meaning) {
                seen.push(meaning);
            }
        }
        seen.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_known_in_the_words_of_councils() {
        for (heading, wanted) in [
            ("Number Including Ofsted Recommendation", Column::Reference),
            ("Ref.", Column::Reference),
            ("Action No", Column::Reference),
            ("#", Column::Reference),
            ("Ofsted recommendation(s)", Column::Requirement),
            ("Recommendation number", Column::Requirement),
            ("Area for improvement", Column::Requirement),
            ("Sub-theme", Column::Theme),
            ("Priority", Column::Theme),
            ("What we want to achieve", Column::Aim),
            ("Desired outcome", Column::Aim),
            ("What we will do", Column::Action),
            ("Agreed actions", Column::Action),
            ("Action owner", Column::Lead),
            ("Person responsible", Column::Lead),
            ("Lead / resources", Column::Lead),
            ("By whom?", Column::Lead),
            ("By when?", Column::Timeframe),
            ("Timescales", Column::Timeframe),
            ("Completion date", Column::Timeframe),
            ("Start date", Column::Start),
            ("Progress to date", Column::Progress),
            ("Status update", Column::Progress),
            ("BRAG rating", Column::Rating),
            ("Evidence of impact", Column::Unused(EVIDENCE)),
            ("Success measures", Column::Measure),
            ("How will we know?", Column::Measure),
            ("Complete?", Column::Done),
            ("Completed (Y/N)", Column::Done),
            ("Ofsted paragraph", Column::Paragraph),
            ("% complete", Column::Unused(SHARE)),
            ("Recommendation (paragraph)", Column::Reference),
            ("Outcome - (report for Q1, Q2)", Column::Progress),
            ("NOS", Column::Reference),
            ("SRO", Column::Lead),
            ("Date completed", Column::Unused(DONE_ON)),
            ("Number in 6", Column::Reference),
            ("Colour of the folder", Column::Unknown),
            ("", Column::Unknown),
        ] {
            assert_eq!(recognise(heading), wanted, "{heading}");
        }
    }

    #[test]
    fn short_questions_mean_what_stands_beside_them() {
        let meanings = |headings: &[&str]| {
            Columns::from(headings.iter().map(|&heading| heading.to_owned()).collect::<Vec<_>>()).meanings
        };
        assert_eq!(
            meanings(&["No", "What?", "Who?", "How?", "When?"]),
            [Column::Reference, Column::Aim, Column::Lead, Column::Action, Column::Timeframe]
        );
        assert_eq!(meanings(&["What?", "Why?", "Who?"]), [Column::Action, Column::Aim, Column::Lead]);
        assert_eq!(meanings(&["Action", "How?"]), [Column::Action, Column::Unknown]);
    }

    #[test]
    fn a_plan_has_an_action_or_an_aim_and_something_more() {
        let columns = |cells: &[&str]| {
            Columns::from_cells(&cells.iter().map(|&cell| cell.to_owned()).collect::<Vec<_>>())
        };
        assert!(columns(&["No", "Action"]).is_some());
        assert!(columns(&["Aim", "Lead", ""]).is_some());
        assert!(columns(&["No", "Lead", "By when"]).is_none());
        assert!(columns(&["Action"]).is_none());
        assert!(
            columns(&["Action", "Lead", "Weather", "Tide", "Moon", "Wind"]).is_none(),
            "most headings are unknown"
        );
        assert!(
            columns(&["No", "To agree the action plan with every lead.", "Lead"]).is_none(),
            "a sentence is no heading"
        );
    }
}
