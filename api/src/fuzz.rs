//! Every reader of what comes from outside, to be fed with anything: none may panic, hang, or take memory without end.
//!
//! A line of [`TARGETS`] makes a reader one of them: `cargo test` runs all over the seeds in `fuzz/corpus` and over changes of
//! those, and `fuzz/` looks further with cargo-fuzz. Whoever writes a new reader adds a line here, a file in
//! `fuzz/fuzz_targets`, and some seeds; a test tells what is missing. Compiled for tests and for fuzzing only.

use std::str::from_utf8;
use std::sync::LazyLock;

use import::pdf::{Document, Line, Page, Word};
use import::{Answers, Understanding, apply, inspection, plan, programme, readings, report};

use crate::{auth, files, graphql, http, webhooks};

/// A reader: it takes anything.
pub type Target = fn(&[u8]);

/// The readers by name.
pub const TARGETS: &[(&str, Target)] = &[
    // HTTP and GraphQL
    ("json_body", http::fuzz::json),
    ("query_string", http::fuzz::query_string),
    ("media_types", http::fuzz::media_types),
    ("held_tags", http::fuzz::held_tags),
    ("forwarded_for", http::fuzz::forwarded_for),
    ("socket_message", http::fuzz::socket_message),
    ("file_address", http::fuzz::file_address),
    ("file_name", http::fuzz::file_name),
    ("manifest", graphql::fuzz::manifest),
    ("document", graphql::fuzz::document),
    ("variables", graphql::fuzz::variables),
    ("cursor", graphql::fuzz::a_cursor),
    ("global_id", graphql::fuzz::id),
    ("filter", graphql::fuzz::a_filter),
    // tokens and keys
    ("token", auth::fuzz::token),
    ("claims", auth::fuzz::claims),
    ("key_set", auth::fuzz::key_set),
    ("token_request", auth::fuzz::token_request),
    ("client_keys", auth::fuzz::client_keys),
    // webhooks
    ("webhook_address", webhooks::fuzz::address),
    ("retry_after", webhooks::fuzz::retry_after),
    // files
    ("file_text", files::fuzz::text),
    ("programme_file", programme_file),
    ("plan_csv", plan_file),
    ("plan_pasted", plan_file),
    ("plan_cells", plan_cells),
    ("plan_xlsx", plan_file),
    ("plan_docx", plan_file),
    ("answers", answers),
    ("given_answers", given_answers),
    ("plan_document", plan_document),
    ("suggest", suggest),
    ("readings", readings_file),
    ("report_pdf", report_pdf),
    ("report_lines", report_lines),
    // texts
    ("personal_number", personal_number),
    ("reference", reference),
];

/// Feeds the reader of that name.
///
/// # Panics
/// Where there is none, and where the reader does.
pub fn run(name: &str, data: &[u8]) {
    let found = TARGETS.iter().find(|(target, _)| *target == name);
    let Some((_, target)) = found else { panic!("there is no target {name}") };
    target(data);
}

fn programme_file(data: &[u8]) {
    if let Ok(text) = from_utf8(data) {
        let _ = programme::parse(text);
    }
}

fn readings_file(data: &[u8]) {
    let _ = readings::read(data);
}

fn report_pdf(data: &[u8]) {
    if let Ok(report) = inspection::read(data, &mut |_, _| {}) {
        inspection::for_people(&report);
    }
}

/// The lines of a report, one a line: what is understood of them is reached by no accident of the file's format. `#` begins a heading,
/// `>` an indented line, `|` parts two columns, `+` begins a page.
fn report_lines(data: &[u8]) {
    let Ok(text) = from_utf8(data) else { return };
    let mut document = Document { pages: vec![Page { number: 1, height: 842.0, ..Page::default() }] };
    let mut y = 80.0;
    for line in text.lines() {
        let (size, is_bold) = if line.starts_with('#') { (14.0, true) } else { (12.0, false) };
        if line == "+" {
            let number = document.pages.len() as u32 + 1;
            document.pages.push(Page { number, height: 842.0, ..Page::default() });
            y = 80.0;
            continue;
        }
        y += size * if line.is_empty() { 0.8 } else { 1.2 };
        let mut words = Vec::new();
        for (column, cell) in line.trim_start_matches('#').split('|').enumerate() {
            let indent = 18.0 * cell.chars().take_while(|sign| *sign == '>').count() as f32;
            let mut x = 71.0 + 320.0 * column as f32 + indent;
            for word in cell.trim_start_matches('>').split_whitespace() {
                let end = x + 6.0 * word.chars().count() as f32;
                let text = word.to_owned();
                words.push(Word { x: (x, end), text, size, is_bold, is_raised: false, is_glued: false });
                x = end + 4.0;
            }
        }
        if !words.is_empty() {
            document.pages.last_mut().unwrap_or(&mut Page::default()).lines.push(Line { y, words });
        }
    }
    if let Ok(report) = inspection::understand(&document) {
        inspection::for_people(&report);
        assert!(report.recommendations.iter().all(|item| !item.text.is_empty() || item.n.is_some()));
    }
}

fn plan_file(data: &[u8]) {
    if let Ok(understanding) = plan::read(data) {
        report(&understanding);
    }
}

/// The cells of a row, one a line: what is read in them (numbers, dates, references, leads) is reached by no accident of quotes.
fn plan_cells(data: &[u8]) {
    let Ok(text) = from_utf8(data) else { return };
    let quoted = text.split('\n').take(5).map(|cell| format!("\"{}\"", cell.replace('"', "\"\"")));
    let row = quoted.collect::<Vec<_>>().join(",");
    plan_file(
        format!("Ref,Recommendation,Action,Lead,By when\n1.1,1,Begin,Head of Rotas,Mar 2019\n{row}\n")
            .as_bytes(),
    );
}

/// A small plan with questions.
static PLAN: LazyLock<Option<Understanding>> = LazyLock::new(|| {
    plan::read(b"Ref,Action,Lead,By when\n1.1,Begin,Head of Rotas,03/04/2019\n1.3,Go on,,soon\n").ok()
});

/// Answers to its questions.
fn answers(data: &[u8]) {
    let answers = from_utf8(data).ok().and_then(|text| Answers::parse(text).ok());
    if let (Some(answers), Some(understanding)) = (answers, PLAN.as_ref()) {
        let _ = apply(understanding, &answers);
    }
}

/// Answers and links as a program gives them: a list of both.
fn given_answers(data: &[u8]) {
    let given = serde_json::from_slice::<(Vec<plan::GivenAnswer>, Vec<plan::GivenLink>)>(data);
    let (Ok((answers, links)), Some(understanding)) = (given, PLAN.as_ref()) else { return };
    match plan::given(answers, links).map(|answers| plan::apply_given(understanding, &answers)) {
        Ok(Ok(_)) => {}
        Ok(Err(wrong)) | Err(wrong) => assert!(!wrong.is_empty()),
    }
}

/// What a process has read of a plan, which is not to be trusted more than the plan.
fn plan_document(data: &[u8]) {
    if let Ok(document) = serde_json::from_slice(data) {
        report(&plan::understand(&document));
    }
}

/// Requirements, one a line, and behind a blank line the cells of a plan, one a row.
fn suggest(data: &[u8]) {
    let Ok(text) = from_utf8(data) else { return };
    let (asked, rows) = text.split_once("\n\n").unwrap_or((text, text));
    let demand = |(at, text): (usize, &str)| plan::Demand {
        id: at.to_string(),
        reference: Some(at.to_string()),
        text: text.to_owned(),
    };
    let demands: Vec<plan::Demand> = asked.lines().enumerate().map(demand).collect();
    let rows = rows.lines().map(|cell| format!("1.1,\"{}\"\n", cell.replace('"', "\"\"")));
    let table = format!("Ref,Action\n{}", rows.collect::<String>());
    let Ok(understanding) = plan::read(table.as_bytes()) else { return };
    let suggestions = plan::suggest(&understanding, &demands);
    assert!(suggestions.iter().all(|found| (plan::LEAST_SCORE..=1.0).contains(&found.score)));
    assert!(suggestions.iter().all(|found| !found.words.is_empty()));
    plan::report_suggestions(&understanding, &suggestions, &demands);
}

fn personal_number(data: &[u8]) {
    if let Ok(text) = from_utf8(data) {
        domain::personal::find(text);
    }
}

fn reference(data: &[u8]) {
    if let Ok(text) = from_utf8(data) {
        assert!(
            domain::reference::sort_key(text)
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte.is_ascii_lowercase())
        );
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::{Path, PathBuf};
    use std::time::{Duration, Instant};

    use proptest::prelude::*;
    use proptest::sample::Index;
    use proptest::test_runner::{Config, TestRunner};

    use super::*;

    /// So many changed seeds each reader is given.
    const CASES: u32 = 300;
    /// Longer than any of them takes, even on a busy machine without optimisation.
    const SLOW: Duration = Duration::from_secs(10);

    fn folder(below: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz").join(below)
    }

    fn names(below: &str) -> BTreeSet<String> {
        let entries = fs::read_dir(folder(below)).unwrap();
        let stem = |entry: fs::DirEntry| entry.path().file_stem().unwrap().to_str().unwrap().to_owned();
        entries.map(|entry| stem(entry.unwrap())).collect()
    }

    /// The seeds that somebody wrote. What a run of cargo-fuzz has found lies beside them, under names of 40 digits.
    pub(crate) fn seeds(target: &str) -> Vec<(String, Vec<u8>)> {
        let files = fs::read_dir(folder("corpus").join(target)).unwrap().map(|entry| entry.unwrap().path());
        let name = |file: &Path| file.file_name().unwrap().to_str().unwrap().to_owned();
        let mut seeds: Vec<_> = files.map(|file| (name(&file), fs::read(&file).unwrap())).collect();
        seeds.retain(|(name, _)| name.len() < 40);
        seeds.sort();
        seeds
    }

    /// One change of a text.
    #[derive(Debug, Clone)]
    enum Change {
        Set(Index, u8),
        Insert(Index, Vec<u8>),
        Remove(Index, usize),
        Repeat(Index, usize, usize),
        Cut(Index),
    }

    fn change() -> impl Strategy<Value = Change> {
        let odd = prop::sample::select(vec![
            "\u{0}",
            "\u{feff}",
            "\u{2028}",
            "\"",
            "\\",
            "\\ud800",
            "{",
            "}",
            "[",
            "]",
            "(",
            ")",
            "$",
            "@",
            "...",
            "%",
            "=",
            "&",
            ",",
            ";",
            ":",
            "\n",
            "\t",
            "-",
            "--",
            "0",
            "-1",
            "99999999999999999999",
            "1e999",
            "null",
            "é",
            "１",
            "𝟗",
            "\u{202e}",
        ]);
        prop_oneof![
            (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Change::Set(at, byte)),
            (any::<Index>(), odd).prop_map(|(at, text)| Change::Insert(at, text.as_bytes().to_vec())),
            (any::<Index>(), 1usize..20).prop_map(|(at, length)| Change::Remove(at, length)),
            (any::<Index>(), 1usize..20, 1usize..40)
                .prop_map(|(at, length, times)| Change::Repeat(at, length, times)),
            any::<Index>().prop_map(Change::Cut),
        ]
    }

    fn changed(mut text: Vec<u8>, changes: &[Change]) -> Vec<u8> {
        for change in changes {
            let length = text.len();
            let place = |index: &Index| index.index(length + 1);
            match change {
                Change::Set(at, byte) if length > 0 => text[at.index(length)] = *byte,
                Change::Set(..) => {}
                Change::Insert(at, more) => {
                    let at = place(at);
                    text.splice(at..at, more.iter().copied());
                }
                Change::Remove(at, count) => {
                    let at = place(at);
                    text.drain(at..(at + count).min(length));
                }
                Change::Repeat(at, count, times) => {
                    let at = place(at);
                    let part = text[at..(at + count).min(length)].repeat(*times);
                    text.splice(at..at, part);
                }
                Change::Cut(at) => text.truncate(place(at)),
            }
        }
        text
    }

    #[test]
    fn every_target_has_its_program_and_its_seeds() {
        let targets: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(targets.len(), TARGETS.len());
        assert_eq!(names("fuzz_targets"), targets);
        assert_eq!(names("corpus"), targets);
        let manifest = fs::read_to_string(folder("Cargo.toml")).unwrap();
        for name in &targets {
            assert!(
                manifest.contains(&format!("fuzz_targets/{name}.rs")),
                "fuzz/Cargo.toml does not name {name}"
            );
            let program = fs::read_to_string(folder("fuzz_targets").join(format!("{name}.rs"))).unwrap();
            assert!(program.contains(&format!("\"{name}\"")), "fuzz_targets/{name}.rs runs another target");
            assert!(seeds(name).len() >= 2, "{name} has too few seeds");
        }
    }

    #[test]
    fn no_reader_panics_at_a_changed_seed() {
        for (name, target) in TARGETS {
            let seeds: Vec<_> = seeds(name).into_iter().map(|(_, seed)| seed).collect();
            let began = Instant::now();
            seeds.iter().for_each(|seed| target(seed));
            assert!(began.elapsed() < SLOW, "{name} takes {:?} for its seeds", began.elapsed());
            let cases = (prop::sample::select(seeds), prop::collection::vec(change(), 1..6));
            let mut runner =
                TestRunner::new(Config { cases: CASES, failure_persistence: None, ..Config::default() });
            let outcome = runner.run(&cases, |(seed, changes)| {
                let began = Instant::now();
                target(&changed(seed, &changes));
                prop_assert!(began.elapsed() < SLOW, "it takes {:?}", began.elapsed());
                Ok(())
            });
            if let Err(fault) = outcome {
                panic!("{name}: {fault}");
            }
        }
    }

    proptest! {
        #[test]
        fn no_reader_panics_at_noise(data in prop::collection::vec(any::<u8>(), 0..200)) {
            TARGETS.iter().for_each(|(_, target)| target(&data));
        }
    }
}
