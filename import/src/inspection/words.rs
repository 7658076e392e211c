//! Words of reports, made alike for comparison.

/// Lower case, one kind of quote and of dash, single spaces.
pub(super) fn folded(text: &str) -> String {
    let alike: String = text
        .chars()
        .map(|character| match character {
            '\u{2018}' | '\u{2019}' | '\u{201B}' | '\u{2032}' | '`' => '\'',
            '\u{201C}' | '\u{201D}' => '"',
            '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{2500}' => '-',
            other => other,
        })
        .collect();
    alike.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// The beginning of a text, at a word's end.
pub(super) fn beginning(text: &str, longest: usize) -> String {
    if text.chars().count() <= longest {
        return text.to_owned();
    }
    let cut: String = text.chars().take(longest).collect();
    let whole = cut.rsplit_once(' ').map_or(cut.as_str(), |(whole, _)| whole);
    format!("{whole} …")
}
