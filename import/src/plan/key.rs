//! The key of a plan's colours: what the file itself says that they mean.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;
use serde::{Deserialize, Serialize};

use super::colour::Colour;
use super::model::{Health, Status};
use super::text::{bare_words, has_substance, pattern, squash};

static NAMED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b(red|amber|yellow|orange|green|blue|purple)\b\s*(?:=|:|-|–|—|\()\s*"));

/// What a colour stands for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Meaning {
    pub health: Option<Health>,
    pub status: Option<Status>,
}

/// The colours that the file explains, in its words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Key(BTreeMap<Colour, String>);

impl Key {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes up an explanation; the first of a colour holds.
    pub fn add(&mut self, colour: Colour, words: &str) {
        self.0.entry(colour).or_insert_with(|| squash(words));
    }

    /// What a colour means here; and the file's words, where it is not what the colour usually means.
    pub fn meaning(&self, colour: Colour) -> (Meaning, Option<&str>) {
        let Some(words) = self.0.get(&colour) else { return (usual(colour), None) };
        let said = said(words);
        let usual_here = kind_of(colour);
        match said.as_slice() {
            [one] if Some(*one) != usual_here => (one.meaning(), Some(words)),
            _ => (usual(colour), None),
        }
    }
}

/// What an explanation can say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    NotStarted,
    InProgress,
    OnTrack,
    AtRisk,
    OffTrack,
    Complete,
}

impl Kind {
    fn meaning(self) -> Meaning {
        let (health, status) = match self {
            Kind::NotStarted => (None, Some(Status::NotStarted)),
            Kind::InProgress => (None, Some(Status::InProgress)),
            Kind::OnTrack => (Some(Health::OnTrack), None),
            Kind::AtRisk => (Some(Health::AtRisk), None),
            Kind::OffTrack => (Some(Health::OffTrack), None),
            Kind::Complete => (Some(Health::Done), Some(Status::Complete)),
        };
        Meaning { health, status }
    }
}

fn kind_of(colour: Colour) -> Option<Kind> {
    Some(match colour {
        Colour::Red => Kind::OffTrack,
        Colour::Amber => Kind::AtRisk,
        Colour::Green => Kind::OnTrack,
        Colour::Blue => Kind::Complete,
        Colour::Purple => return None,
    })
}

/// What the colour means where nothing explains it.
fn usual(colour: Colour) -> Meaning {
    kind_of(colour).map(Kind::meaning).unwrap_or_default()
}

/// Longer phrases come first and are taken out, so that "not started" is not read as started.
const PHRASES: &[(&str, Kind)] = &[
    ("not yet started", Kind::NotStarted),
    ("not started", Kind::NotStarted),
    ("yet to start", Kind::NotStarted),
    ("not begun", Kind::NotStarted),
    ("not yet due", Kind::NotStarted),
    ("not due", Kind::NotStarted),
    ("not on track", Kind::OffTrack),
    ("off track", Kind::OffTrack),
    ("not on target", Kind::OffTrack),
    ("off target", Kind::OffTrack),
    ("not on schedule", Kind::OffTrack),
    ("behind schedule", Kind::OffTrack),
    ("significant", Kind::OffTrack),
    ("serious", Kind::OffTrack),
    ("major", Kind::OffTrack),
    ("critical", Kind::OffTrack),
    ("overdue", Kind::OffTrack),
    ("missed", Kind::OffTrack),
    ("unlikely", Kind::OffTrack),
    ("will not be", Kind::OffTrack),
    ("not progressing", Kind::OffTrack),
    ("not met", Kind::OffTrack),
    ("not achieved", Kind::OffTrack),
    ("not delivered", Kind::OffTrack),
    ("not been completed", Kind::OffTrack),
    ("not completed", Kind::OffTrack),
    ("not complete", Kind::InProgress),
    ("partially complete", Kind::InProgress),
    ("partly complete", Kind::InProgress),
    ("at risk", Kind::AtRisk),
    ("some risk", Kind::AtRisk),
    ("risk of", Kind::AtRisk),
    ("slippage", Kind::AtRisk),
    ("slipped", Kind::AtRisk),
    ("some delay", Kind::AtRisk),
    ("minor", Kind::AtRisk),
    ("delayed", Kind::AtRisk),
    ("delay", Kind::AtRisk),
    ("behind", Kind::AtRisk),
    ("concern", Kind::AtRisk),
    ("concerns", Kind::AtRisk),
    ("issues", Kind::AtRisk),
    ("on track", Kind::OnTrack),
    ("on target", Kind::OnTrack),
    ("on schedule", Kind::OnTrack),
    ("to plan", Kind::OnTrack),
    ("progressing well", Kind::OnTrack),
    ("in progress", Kind::InProgress),
    ("under way", Kind::InProgress),
    ("underway", Kind::InProgress),
    ("ongoing", Kind::InProgress),
    ("started", Kind::InProgress),
    ("completed", Kind::Complete),
    ("complete", Kind::Complete),
    ("embedded", Kind::Complete),
    ("closed", Kind::Complete),
    ("done", Kind::Complete),
    ("achieved", Kind::Complete),
    ("delivered", Kind::Complete),
    ("implemented", Kind::Complete),
];

fn said(words: &str) -> Vec<Kind> {
    let mut rest = format!(" {} ", bare_words(&words.replace(['/', '-', '–', '—'], " ")).join(" "));
    let mut kinds = Vec::new();
    for (phrase, kind) in PHRASES {
        let padded = format!(" {phrase} ");
        if rest.contains(&padded) {
            rest = rest.replace(&padded, " | ");
            if !kinds.contains(kind) {
                kinds.push(*kind);
            }
        }
    }
    kinds
}

/// Can these words explain a colour?
pub(crate) fn explains(words: &str) -> bool {
    !said(words).is_empty()
}

/// The explanations of a text such as "Red - off track; Amber - at risk; Green - on track": two colours at least.
pub(crate) fn of_text(text: &str) -> Vec<(Colour, String)> {
    let named: Vec<_> =
        NAMED.captures_iter(text).filter_map(|found| Some((found.get(0)?, found.get(1)?))).collect();
    let mut found = Vec::new();
    for (at, (whole, word)) in named.iter().enumerate() {
        let end = named.get(at + 1).map_or(text.len(), |(next, _)| next.start());
        let words = text[whole.end()..end].lines().next().unwrap_or_default();
        let words = words.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
        if let Some(colour) = Colour::of_word(&word.as_str().to_lowercase()).filter(|_| has_substance(&words))
        {
            found.push((colour, words));
        }
    }
    let mut colours: Vec<Colour> = found.iter().map(|(colour, _)| *colour).collect();
    colours.sort_unstable();
    colours.dedup();
    let explained = found.iter().filter(|(_, words)| explains(words)).count();
    if colours.len() < 2 || explained * 2 < found.len() { Vec::new() } else { found }
}

/// The explanation of one colour: "Green - on track".
pub(crate) fn of_one(text: &str) -> Option<(Colour, String)> {
    let found = NAMED.captures(text)?;
    let (whole, word) = (found.get(0)?, found.get(1)?);
    let words = text[whole.end()..].trim_matches(|c: char| !c.is_alphanumeric());
    let is_one = whole.start() == 0 && explains(words);
    Some((Colour::of_word(&word.as_str().to_lowercase()).filter(|_| is_one)?, words.to_owned()))
}

/// Words that stand over a key, and over its columns.
pub(crate) fn is_title(text: &str) -> bool {
    const WORDS: &[&str] = &[
        "key",
        "legend",
        "rag",
        "brag",
        "rating",
        "ratings",
        "status",
        "colour",
        "colours",
        "meaning",
        "definition",
        "description",
        "to",
        "the",
        "of",
        "explanation",
        "code",
        "progress",
    ];
    let words = bare_words(text);
    !words.is_empty() && words.iter().all(|word| WORDS.contains(&word.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_followed_where_it_says_something_else() {
        let mut key = Key::default();
        for (colour, words) in [
            (Colour::Red, "Not started"),
            (Colour::Amber, "In progress"),
            (Colour::Green, "Complete"),
            (Colour::Blue, "Embedded, with evidence of impact"),
        ] {
            key.add(colour, words);
        }
        assert_eq!(key.meaning(Colour::Red).0.status, Some(Status::NotStarted));
        assert_eq!(key.meaning(Colour::Amber).0, Meaning { health: None, status: Some(Status::InProgress) });
        assert_eq!(key.meaning(Colour::Green).0.health, Some(Health::Done));
        assert_eq!(key.meaning(Colour::Green).1, Some("Complete"));
        assert_eq!(key.meaning(Colour::Blue), (usual(Colour::Blue), None));
    }

    #[test]
    fn a_key_that_says_the_usual_or_too_much_changes_nothing() {
        let mut key = Key::default();
        key.add(Colour::Green, "On track to be completed by the deadline");
        key.add(Colour::Red, "Not started, or significant delay");
        key.add(Colour::Amber, "Some slippage");
        for colour in [Colour::Green, Colour::Red, Colour::Amber, Colour::Blue] {
            assert_eq!(key.meaning(colour), (usual(colour), None), "{colour:?}");
        }
    }

    #[test]
    fn a_line_of_text_can_be_a_key() {
        let found = of_text("Key: Red - off track; Amber – at risk; Green = on track; Blue (complete)");
        let colours: Vec<_> = found.iter().map(|(colour, words)| (*colour, words.as_str())).collect();
        assert_eq!(
            colours,
            [
                (Colour::Red, "off track"),
                (Colour::Amber, "at risk"),
                (Colour::Green, "on track"),
                (Colour::Blue, "complete")
            ]
        );
        assert!(of_text("The red team: see page 4").is_empty());
    }
}
