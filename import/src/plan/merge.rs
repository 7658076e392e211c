//! Puts together the copies of a cell that a conversion printed again and again, each a little longer.

use super::text::{bare, has_substance, squash};

/// Fewest words that must agree for an overlap to count.
const OVERLAP: usize = 3;

/// Cells longer than this, in words, are not searched for overlaps: no cell of a plan is, and the search is quadratic.
const LONGEST: usize = 3000;

fn bare_list(text: &str) -> Vec<String> {
    text.split_whitespace().map(bare).collect()
}

/// Where `inner` stands within `outer`, word by word.
fn position(outer: &[String], inner: &[String]) -> Option<usize> {
    if inner.is_empty() || inner.len() > outer.len() {
        return None;
    }
    outer.windows(inner.len()).position(|window| window == inner)
}

/// How many words at the end of `left` begin `right`.
fn overlap(left: &[String], right: &[String]) -> usize {
    (OVERLAP..=left.len().min(right.len()))
        .rev()
        .find(|size| left[left.len() - size..] == right[..*size])
        .unwrap_or(0)
}

/// Is one text the beginning of the other? Empty texts tell nothing.
pub(crate) fn is_beginning(one: &str, two: &str) -> bool {
    let (one, two) = (bare_list(one), bare_list(two));
    let size = one.len().min(two.len());
    size > 0 && one[..size] == two[..size]
}

/// Adds a copy to what is known of a cell.
pub(crate) fn take(known: &mut String, copy: &str) {
    let copy_line = squash(copy);
    if !has_substance(&copy_line) {
        return;
    }
    if known.trim().is_empty() {
        *known = copy.trim().to_owned();
        return;
    }
    let (old, new) = (bare_list(known), bare_list(&copy_line));
    if old.len().max(new.len()) > LONGEST && old != new {
        known.push('\n');
        known.push_str(copy.trim());
        return;
    }
    if position(&old, &new).is_some() {
        return;
    }
    if position(&new, &old).is_some() {
        *known = copy.trim().to_owned();
        return;
    }
    let shared = overlap(&old, &new);
    if shared > 0 {
        for word in copy_line.split_whitespace().skip(shared) {
            known.push(' ');
            known.push_str(word);
        }
        return;
    }
    known.push('\n');
    known.push_str(copy.trim());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growing_copies_become_one_text() {
        let mut known = String::new();
        for copy in [
            "To write the",
            ", , ,",
            "To write the guide for new staff",
            "guide for new staff and print it",
            "for new",
        ] {
            take(&mut known, copy);
        }
        assert_eq!(known, "To write the guide for new staff and print it");
        take(&mut known, "Something else entirely");
        assert_eq!(known, "To write the guide for new staff and print it\nSomething else entirely");
    }
}
