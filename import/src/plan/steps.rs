//! Takes what will be done apart into its steps.

use std::sync::LazyLock;

use regex::Regex;

use super::text::{BULLETS, ends_sentence, has_substance, pattern, squash, starts_lower, starts_upper};

static LINE_MARK: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^\s*(?:[-–—*o>]\s+|[•·●▪■◦○‣►➢✓\u{F0B7}\u{F0A7}\u{F0D8}\u{F0FC}]\s*|(?:\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)])\s+)",
    )
});

/// Words with a stop that ends no sentence.
const ABBREVIATIONS: &[&str] = &[
    "e.g.", "i.e.", "etc.", "no.", "nos.", "dr.", "mr.", "mrs.", "ms.", "st.", "inc.", "incl.", "cf.",
    "approx.", "rec.",
];

/// The items of a cell without their bullets: what each line holds, or what goes on over several.
pub(crate) fn lines(text: &str) -> Vec<String> {
    items(text, false).0
}

/// A line on one line, without the bullet before it. Numbers stay: they may begin a date.
pub(crate) fn without_bullet(line: &str) -> String {
    squash(line.trim_start().trim_start_matches(BULLETS))
}

/// The steps of a cell, and whether a list in them has lost its bullets.
pub(crate) fn split(text: &str, wrapped: bool) -> (Vec<String>, bool) {
    let (pieces, marked) = items(text, wrapped);
    let mut steps = Vec::new();
    let mut fused = false;
    for piece in pieces {
        for part in piece.split(BULLETS) {
            for sentence in sentences(part) {
                fused |= !marked && is_fused(&sentence);
                steps.push(sentence);
            }
        }
    }
    steps.retain(|step| has_substance(step));
    (steps, fused)
}

/// The items of a cell, and whether bullets or numbers mark them.
fn items(text: &str, wrapped: bool) -> (Vec<String>, bool) {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let marked = lines.iter().any(|line| LINE_MARK.is_match(line));
    let mut pieces: Vec<String> = Vec::new();
    for line in lines {
        let begins = if marked {
            LINE_MARK.is_match(line)
        } else {
            // Without bullets a typed line that begins with a capital after a finished one is a step of its own.
            !wrapped
                && starts_upper(line)
                && pieces
                    .last()
                    .is_none_or(|last| ends_sentence(last) || last.ends_with([';', ':']) || last.len() < 60)
        };
        let line = squash(&LINE_MARK.replace(line, ""));
        match pieces.last_mut() {
            Some(last) if !begins => {
                last.push(' ');
                last.push_str(&line);
            }
            _ => pieces.push(line),
        }
    }
    (pieces, marked)
}

/// Sentences, and parts that begin anew with a capital "To".
pub(crate) fn sentences(text: &str) -> Vec<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut sentences: Vec<Vec<&str>> = vec![Vec::new()];
    for (at, word) in words.iter().enumerate() {
        let previous = at.checked_sub(1).map(|before| words[before]);
        let next = words.get(at + 1);
        let ended = previous.is_some_and(|previous| {
            ends_sentence(previous)
                && !ABBREVIATIONS.contains(&previous.to_lowercase().trim_start_matches('('))
        });
        let capital_to = *word == "To"
            && next.is_some_and(|next| starts_lower(next))
            && previous.is_some_and(|previous| !previous.ends_with([',', '-', '–']));
        if previous.is_some() && ((ended && starts_upper(word)) || capital_to) {
            sentences.push(Vec::new());
        }
        if let Some(sentence) = sentences.last_mut() {
            sentence.push(word);
        }
    }
    sentences.into_iter().filter(|words| !words.is_empty()).map(|words| words.join(" ")).collect()
}

/// A colon or semicolon with several capitals in the middle of what follows: a list whose bullets are lost.
fn is_fused(sentence: &str) -> bool {
    let Some(at) = sentence.find([':', ';']) else { return false };
    let words: Vec<&str> = sentence[at + 1..].split_whitespace().collect();
    words.windows(2).any(|pair| {
        starts_upper(pair[1])
            && !pair[0].ends_with(['.', ':', ';', ','])
            && pair[0].chars().any(char::is_lowercase)
    })
}

/// Does the text end where no text ends of itself?
pub(crate) fn breaks_off(text: &str) -> bool {
    let last = text.split(' ').next_back().unwrap_or_default().to_lowercase();
    let open = [
        "e.g.",
        "i.e.",
        "eg",
        "ie",
        "and",
        "or",
        "the",
        "of",
        "to",
        "for",
        "with",
        "in",
        "a",
        "including",
        "including:",
    ];
    open.contains(&last.trim_start_matches('(')) || last.ends_with([',', ':', '('])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bullets_lines_and_sentences_are_steps() {
        assert_eq!(
            split("• Review rotas\n• Publish the\nnew rota", false).0,
            ["Review rotas", "Publish the new rota"]
        );
        assert_eq!(split("- one thing\n- another", false).0, ["one thing", "another"]);
        assert_eq!(split("Review rotas\nPublish rotas", false).0, ["Review rotas", "Publish rotas"]);
        assert_eq!(
            split("To review rotas. Publish them, e.g. Monday ones.", false).0,
            ["To review rotas.", "Publish them, e.g. Monday ones."]
        );
        assert_eq!(split("To review rotas To publish them", true).0, ["To review rotas", "To publish them"]);
        assert_eq!(split("1. Review rotas\n2. Publish", false).0, ["Review rotas", "Publish"]);
    }

    #[test]
    fn a_list_without_bullets_is_noticed() {
        assert!(split("Improve rotas by looking at: Night cover Weekend cover Holidays.", true).1);
        assert!(!split("Improve rotas: nights first.", true).1);
        assert!(!split("• Improve rotas: Night cover and\n• Weekend Cover", false).1);
    }
}
