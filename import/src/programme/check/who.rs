//! Rules for the programme, organisations, people, groups, members and ratings.

use super::{At, Known, Report, key, unique};
use crate::programme::words::Role;
use crate::programme::{Member, ProgrammeFile};

pub(super) fn check(file: &ProgrammeFile, known: &Known<'_>, report: &mut Report) {
    programme(file, known, report);
    let mut keys: Vec<(String, &str)> = Vec::new();
    for organisation in &file.organisations {
        let mut at = report.at("organisation", organisation.key.as_str());
        key(&mut at, &organisation.key);
        at.in_order(("from", organisation.from), ("until", organisation.until));
        keys.push((organisation.key.clone(), &organisation.key));
    }
    for person in &file.people {
        let mut at = report.at("person", person.key.as_str());
        key(&mut at, &person.key);
        if person.name.is_none() && person.post.is_none() {
            at.add("post", "neither a post nor a name", "give a post, a name, or both");
        }
        known.organisation(&mut at, "organisation", &person.organisation);
        at.in_order(("from", person.from), ("until", person.until));
        keys.push((person.key.clone(), &person.key));
    }
    for group in &file.groups {
        let mut at = report.at("group", group.key.as_str());
        key(&mut at, &group.key);
        known.organisation(&mut at, "organisation", &group.organisation);
        for person in &group.people {
            at.refers("people", person, "a person", &known.people);
        }
        at.no_repeats("people", group.people.iter().map(String::as_str));
        at.in_order(("from", group.from), ("until", group.until));
        keys.push((group.key.clone(), &group.key));
    }
    unique(report, "organisation, person, group", "key", keys);
    names(file, report);
    for one in &file.members {
        member(&mut report.at("member", one.subject.as_str()), one, known);
    }
    unique(
        report,
        "member",
        "subject, role",
        file.members.iter().map(|m| (format!("{} {}", m.subject, m.role), m.subject.as_str())),
    );
    for rating in &file.ratings {
        let digits = rating.colour.strip_prefix('#').unwrap_or("");
        if digits.len() != 6 || !digits.chars().all(|c| c.is_ascii_hexdigit()) {
            report.at("rating", rating.health.as_str()).add(
                "colour",
                format!("{:?} is no colour", rating.colour),
                "write it as #rrggbb, e.g. #2e7d32",
            );
        }
    }
    unique(
        report,
        "rating",
        "health",
        file.ratings.iter().map(|r| (r.health.to_string(), r.health.as_str())),
    );
}

fn programme(file: &ProgrammeFile, known: &Known<'_>, report: &mut Report) {
    match (&file.programme, &file.adds_to) {
        (Some(programme), None) => {
            let mut at = report.at("programme", programme.slug.as_str());
            slug(&mut at, "slug", &programme.slug);
            at.refers("authority", &programme.authority, "an organisation", &known.organisations);
        }
        (None, Some(programme)) => slug(&mut report.at("adds_to", programme.as_str()), "adds_to", programme),
        (Some(_), Some(_)) => report.at("adds_to", "").add(
            "",
            "the file both creates a programme and adds to one",
            "remove [programme] or adds_to",
        ),
        (None, None) => report.at("programme", "").add(
            "",
            "the file says nothing of its programme",
            "begin with [programme] to create one, or with adds_to = \"slug\"",
        ),
    }
}

fn slug(at: &mut At<'_>, field: &str, slug: &str) {
    let plain = slug.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if !plain || slug.len() > 60 {
        at.add(
            field,
            format!("{slug:?} is no slug"),
            "use lower-case letters, digits and hyphens, 60 at most",
        );
    }
}

/// What the loader finds entries again by must be unique.
fn names(file: &ProgrammeFile, report: &mut Report) {
    let organisations = file.organisations.iter();
    unique(report, "organisation", "name", organisations.clone().map(|o| (o.name.clone(), o.key.as_str())));
    unique(
        report,
        "organisation",
        "identifiers",
        organisations.flat_map(|o| {
            o.identifiers.iter().map(|i| (format!("{} {}", i.scheme, i.value), o.key.as_str()))
        }),
    );
    let named = |name: &Option<String>| name.clone().unwrap_or_default();
    unique(
        report,
        "person",
        "name, post",
        file.people.iter().map(|p| {
            let identity = [named(&p.name), named(&p.post)].join(", ");
            (identity.trim_matches([',', ' ']).to_owned(), p.key.as_str())
        }),
    );
    let called = file
        .organisations
        .iter()
        .map(|o| (&o.also_called, o.key.as_str()))
        .chain(file.people.iter().map(|p| (&p.also_called, p.key.as_str())))
        .chain(file.groups.iter().map(|g| (&g.also_called, g.key.as_str())))
        .flat_map(|(names, key)| names.iter().map(move |name| (name.to_lowercase(), key)));
    unique(report, "organisation, person, group", "also_called", called.collect::<Vec<_>>());
    unique(report, "group", "name", file.groups.iter().map(|g| (g.name.clone(), g.key.as_str())));
}

fn member(at: &mut At<'_>, member: &Member, known: &Known<'_>) {
    known.organisation(at, "organisation", &member.organisation);
    known.person(at, "person", &member.person);
    if member.role == Role::Partner && member.organisation.is_none() {
        at.add("organisation", "a PARTNER without an organisation", "name the one for which the member acts");
    }
    if member.chair && member.role != Role::Board {
        at.add("chair", format!("a chair with the role {}", member.role), "only a BOARD member chairs");
    }
    if member.programme_office && member.role != Role::Officer {
        at.add(
            "programme_office",
            format!("the programme office with the role {}", member.role),
            "only an OFFICER belongs to it",
        );
    }
    if member.role == Role::Admin && (member.person.is_some() || member.organisation.is_some()) {
        at.add(
            "role",
            "an ADMIN with a person or organisation of this programme",
            "an ADMIN serves the whole deployment: remove both",
        );
    }
}
