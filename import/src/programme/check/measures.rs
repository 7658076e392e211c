//! Rules for measures. What their readings are is for the loader to say, by the rules that hold for everybody.

use super::{At, Known, Report, unique};
use crate::programme::{Measure, ProgrammeFile};

pub(super) fn check(file: &ProgrammeFile, known: &Known<'_>, report: &mut Report) {
    for one in &file.measures {
        measure(&mut report.at("measure", one.title.as_str()), one, known);
    }
    unique(report, "measure", "title", file.measures.iter().map(|m| (m.title.clone(), m.title.as_str())));
    let codes = file.measures.iter().filter_map(|m| Some((m.code.clone()?, m.title.as_str())));
    unique(report, "measure", "code", codes);
}

fn measure(at: &mut At<'_>, measure: &Measure, known: &Known<'_>) {
    if let Some(owner) = &measure.owner {
        known.party(at, "owner", owner);
    }
    known.about(at, &measure.actions, &measure.requirements);
    for (place, target) in measure.targets.iter().enumerate() {
        if let Some(by) = &target.approved_by {
            known.party(at, "target.approved_by", by);
        }
        if place > 0 && target.reason.is_none() {
            at.add("target.reason", "a target that moved without a reason", "say why it moved");
        }
    }
    for pair in measure.targets.windows(2) {
        at.in_order(("the target above", Some(pair[0].set_on)), ("target.set_on", Some(pair[1].set_on)));
    }
    let benchmarks: Vec<_> =
        measure.benchmarks.iter().map(|b| format!("{} {}", b.kind, b.period_end)).collect();
    at.no_repeats("benchmark", benchmarks.iter().map(String::as_str));
    if !measure.readings.is_empty() && (measure.unit.is_none() || measure.frequency.is_none()) {
        at.add("reading", "readings of a measure without a unit or a frequency", "add both");
    }
}
