//! Rules for challenges.

use super::{At, Known, Report, unique};
use crate::programme::{Challenge, ProgrammeFile};

pub(super) fn check(file: &ProgrammeFile, known: &Known<'_>, report: &mut Report) {
    for one in &file.challenges {
        challenge(&mut report.at("challenge", one.text.as_str()), one, known);
    }
    let texts = file.challenges.iter().map(|one| (one.text.clone(), one.text.as_str()));
    unique(report, "challenge", "text", texts);
}

fn challenge(at: &mut At<'_>, challenge: &Challenge, known: &Known<'_>) {
    at.refers("put_to", &challenge.put_to, "an organisation", &known.organisations);
    for (field, key) in [("put_by", &challenge.put_by), ("answered_by", &challenge.answered_by)] {
        if let Some(key) = key {
            known.party(at, field, key);
        }
    }
    if let Some(action) = &challenge.action {
        known.action(at, "action", action);
    }
    let put = ("put_on", Some(challenge.put_on));
    at.in_order(put, ("answer_by", Some(challenge.answer_by)));
    at.in_order(put, ("answered_on", challenge.answered_on));
    at.in_order(("answered_on", challenge.answered_on.or(put.1)), ("closed_on", challenge.closed_on));
    if challenge.answer.is_some() != challenge.answered_on.is_some() {
        at.add("answered_on", "one of answer and answered_on", "give both, or neither");
    }
    if challenge.still_asked.is_some() && challenge.answer.is_none() {
        at.add("still_asked", "asked again without an answer", "give the answer that leaves this open");
    }
    let is_unanswered = challenge.answer.is_none() || challenge.still_asked.is_some();
    if challenge.closed_on.is_some() && is_unanswered && challenge.closing_note.is_none() {
        at.add("closing_note", "closed without an answer", "say why none was needed any more");
    }
}
