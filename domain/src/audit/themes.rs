//! Themes across audits and years: what is found again and again, and what of it is still open.

use std::collections::{BTreeMap, BTreeSet};

use super::FindingStatus;

/// An audit, as far as its theme is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Audited<'a, Id> {
    /// Which audit.
    pub id: Id,
    /// The year in which it ended.
    pub year: i32,
    /// Its own theme.
    pub theme: Option<&'a str>,
}

/// A finding, likewise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found<'a, Id> {
    /// The audit.
    pub audit: Id,
    /// The year in which that ended.
    pub year: i32,
    /// Its own theme.
    pub theme: Option<&'a str>,
    /// How far it has come.
    pub status: FindingStatus,
}

/// One theme in one year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ThemeYear<'a> {
    /// The theme.
    pub theme: &'a str,
    /// The year.
    pub year: i32,
    /// How many audits looked at it, or found something about it.
    pub audits: usize,
    /// How much was found about it.
    pub findings: usize,
    /// How much of that is not closed.
    pub open: usize,
}

/// Every theme in every year in which there was something about it, by theme and then by year. What has no theme is left out.
pub fn themes<'a, Id: Ord + Copy>(
    audits: impl IntoIterator<Item = Audited<'a, Id>>,
    findings: impl IntoIterator<Item = Found<'a, Id>>,
) -> Vec<ThemeYear<'a>> {
    let mut of_audits: BTreeMap<(&str, i32), BTreeSet<Id>> = BTreeMap::new();
    let mut of_findings: BTreeMap<(&str, i32), (usize, usize)> = BTreeMap::new();
    for audit in audits {
        if let Some(theme) = audit.theme {
            of_audits.entry((theme, audit.year)).or_default().insert(audit.id);
        }
    }
    for finding in findings {
        if let Some(theme) = finding.theme {
            of_audits.entry((theme, finding.year)).or_default().insert(finding.audit);
            let (findings, open) = of_findings.entry((theme, finding.year)).or_default();
            *findings += 1;
            *open += usize::from(finding.status != FindingStatus::Closed);
        }
    }
    let row = |((theme, year), audits): ((&'a str, i32), BTreeSet<Id>)| {
        let (findings, open) = of_findings.get(&(theme, year)).copied().unwrap_or_default();
        ThemeYear { theme, year, audits: audits.len(), findings, open }
    };
    of_audits.into_iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_audit_counts_once_in_each_theme_that_it_is_about_or_found_something_about() {
        let audits = [
            Audited { id: 1, year: 2018, theme: Some("Plans") },
            Audited { id: 2, year: 2017, theme: Some("Plans") },
            Audited { id: 3, year: 2018, theme: None },
        ];
        let found = |audit, theme, status| Found { audit, year: 2018, theme, status };
        let findings = [
            found(1, Some("Plans"), FindingStatus::Open),
            found(1, Some("Voice"), FindingStatus::Closed),
            found(3, Some("Plans"), FindingStatus::FollowedUp),
            found(3, Some("Plans"), FindingStatus::Closed),
            found(3, None, FindingStatus::Open),
        ];

        let row = |theme, year, audits, findings, open| ThemeYear { theme, year, audits, findings, open };
        assert_eq!(
            themes(audits, findings),
            [row("Plans", 2017, 1, 0, 0), row("Plans", 2018, 2, 3, 2), row("Voice", 2018, 1, 1, 0)]
        );
    }
}
