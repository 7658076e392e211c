//! Rules for feedback. What its days and numbers may be is for the loader to say, by the rules that hold for everybody.

use super::{At, Known, Report, unique};
use crate::programme::{Feedback, ProgrammeFile};

pub(super) fn check(file: &ProgrammeFile, known: &Known<'_>, report: &mut Report) {
    let names: Vec<String> = file.feedback.iter().map(Feedback::name).collect();
    for (one, name) in file.feedback.iter().zip(&names) {
        feedback(&mut report.at("feedback", name.as_str()), one, known);
    }
    let said = file.feedback.iter().zip(&names);
    let said = said.map(|(f, name)| (format!("{} / {}", f.said, f.period_end), name.as_str()));
    unique(report, "feedback", "said, period_end", said);
}

fn feedback(at: &mut At<'_>, feedback: &Feedback, known: &Known<'_>) {
    known.about(at, &feedback.actions, &feedback.requirements);
    for (field, words, on) in
        [("done_on", &feedback.done, feedback.done_on), ("told_on", &feedback.told, feedback.told_on)]
    {
        if words.is_some() != on.is_some() {
            let field_of_words = field.trim_end_matches("_on");
            at.add(field, format!("one of {field_of_words} and {field}"), "give both, or neither");
        }
    }
}
