//! Who takes part in a programme: the same bodies and posts in each, and subjects that can sign in.

use import::programme::{Group, GroupKind, Member, Organisation, OrganisationKind as Kind, Person, Role};

use super::dice::Dice;

/// Keys of organisations.
pub(super) const COUNCIL: &str = "council";
pub(super) const POLICE: &str = "police";
pub(super) const HEALTH: &str = "health";
pub(super) const INSPECTORATE: &str = "inspectorate";
pub(super) const DEPARTMENT: &str = "department";
/// Who chairs the board.
pub(super) const CHAIR: &str = "board-chair";
/// Who reports where no post leads.
pub(super) const OFFICE: &str = "programme-manager";

/// Posts: key, name, organisation.
const POSTS: [(&str, &str, Option<&str>); 12] = [
    (CHAIR, "Chair of the Improvement Board", None),
    (OFFICE, "Improvement Programme Manager", Some(COUNCIL)),
    ("director", "Director of Children's Services", Some(COUNCIL)),
    ("first-response", "Head of First Response", Some(COUNCIL)),
    ("protection", "Head of Help and Protection", Some(COUNCIL)),
    ("care", "Head of Children in Care", Some(COUNCIL)),
    ("quality", "Head of Quality Assurance", Some(COUNCIL)),
    ("workforce", "Head of Workforce Development", Some(COUNCIL)),
    ("performance", "Performance Manager", Some(COUNCIL)),
    ("virtual-school", "Head of the Virtual School", Some(COUNCIL)),
    ("public-protection", "Detective Superintendent, Public Protection", Some(POLICE)),
    ("designated-nurse", "Designated Nurse for Safeguarding", Some(HEALTH)),
];

/// Groups: key, name, kind, people.
const GROUPS: [(&str, &str, GroupKind, &[&str]); 4] = [
    (
        "board",
        "Improvement Board",
        GroupKind::Board,
        &[CHAIR, "director", "public-protection", "designated-nurse"],
    ),
    ("practice-group", "Practice sub-group", GroupKind::SubGroup, &["protection", "care", "quality"]),
    (
        "front-door",
        "Front door project board",
        GroupKind::ProjectBoard,
        &["first-response", "public-protection"],
    ),
    (
        "audit-group",
        "Audit task and finish group",
        GroupKind::TaskAndFinish,
        &["quality", "designated-nurse"],
    ),
];

/// Who leads an action: posts, and now and then a group or an organisation.
const LEADS: [&str; 16] = [
    "first-response",
    "first-response",
    "protection",
    "protection",
    "care",
    "care",
    "quality",
    "quality",
    "workforce",
    "performance",
    "virtual-school",
    "public-protection",
    "designated-nurse",
    "practice-group",
    "front-door",
    "partnership",
];
/// Who contributes.
const CONTRIBUTORS: [&str; 5] = [POLICE, HEALTH, "voluntary", "audit-group", "board"];

pub(super) fn organisations(place: &str) -> Vec<Organisation> {
    let of = |key: &str, name: String, kind| Organisation {
        key: key.to_owned(),
        name,
        kind,
        also_called: Vec::new(),
        identifiers: Vec::new(),
        from: None,
        until: None,
    };
    vec![
        of(COUNCIL, format!("{place} Council"), Kind::Council),
        of(POLICE, format!("{place} Police"), Kind::Police),
        of(HEALTH, format!("{place} Health Trust"), Kind::Nhs),
        of("partnership", format!("{place} Safeguarding Partnership"), Kind::SafeguardingPartnership),
        of("voluntary", format!("{place} Families Together"), Kind::Voluntary),
        // What every authority has to do with, and so all programmes of a deployment share.
        of(INSPECTORATE, "The inspectorate of children's services".to_owned(), Kind::Inspectorate),
        of(DEPARTMENT, "The department for children's services".to_owned(), Kind::GovernmentDepartment),
    ]
}

pub(super) fn people() -> Vec<Person> {
    let of = |(key, post, organisation): &(&str, &str, Option<&str>)| Person {
        key: (*key).to_owned(),
        name: None,
        post: Some((*post).to_owned()),
        also_called: Vec::new(),
        organisation: organisation.map(str::to_owned),
        from: None,
        until: None,
    };
    POSTS.iter().map(of).collect()
}

pub(super) fn groups(place: &str) -> Vec<Group> {
    let of = |(key, name, kind, people): &(&str, &str, GroupKind, &[&str])| Group {
        key: (*key).to_owned(),
        name: format!("{place} {name}"),
        also_called: Vec::new(),
        kind: *kind,
        organisation: Some(COUNCIL.to_owned()),
        people: people.iter().map(|key| (*key).to_owned()).collect(),
        from: None,
        until: None,
    };
    GROUPS.iter().map(of).collect()
}

/// A programme's own subjects are called after it, so that somebody can be a member of one and of no other.
pub(super) fn members(slug: &str, board_members: &[String], programme_offices: &[String]) -> Vec<Member> {
    let of = |subject: String, role, organisation: Option<&str>, person: Option<&str>| Member {
        subject,
        role,
        organisation: organisation.map(str::to_owned),
        person: person.map(str::to_owned),
        chair: false,
        programme_office: false,
    };
    let own = |who: &str| format!("{slug}-{who}");
    let board = |subject: &String| of(subject.clone(), Role::Board, Some(COUNCIL), None);
    let office = |subject: &String| Member {
        programme_office: true,
        ..of(subject.clone(), Role::Officer, Some(COUNCIL), None)
    };
    let mut members = vec![
        Member { chair: true, ..of(own("board-chair"), Role::Board, None, Some(CHAIR)) },
        board(&own("board-member")),
        Member { person: Some(OFFICE.to_owned()), ..office(&own("programme-office")) },
        of(own("lead"), Role::Officer, Some(COUNCIL), Some("first-response")),
        of(own("police"), Role::Partner, Some(POLICE), Some("public-protection")),
        of(own("health"), Role::Partner, Some(HEALTH), Some("designated-nurse")),
        of(own("scrutiny"), Role::Scrutiny, Some(COUNCIL), None),
    ];
    members.extend(board_members.iter().map(board));
    members.extend(programme_offices.iter().map(office));
    members
}

/// One or two who lead.
pub(super) fn leads(dice: &mut Dice) -> Vec<String> {
    let first = dice.one(&LEADS);
    let second = Some(dice.one(&LEADS)).filter(|second| *second != first && dice.in_a_hundred(30));
    [first].into_iter().chain(second).map(str::to_owned).collect()
}

/// Up to two who contribute.
pub(super) fn contributors(dice: &mut Dice) -> Vec<String> {
    let from = dice.number(0..CONTRIBUTORS.len());
    let count = dice.number(0..3);
    CONTRIBUTORS.iter().cycle().skip(from).take(count).map(|key| (*key).to_owned()).collect()
}

/// The post that speaks for those who lead.
pub(super) fn speaker(leads: &[String]) -> &str {
    let is_post = |key: &&String| POSTS.iter().any(|(post, ..)| post == key);
    leads.iter().find(is_post).map_or(OFFICE, String::as_str)
}

/// The organisation that answers for what they lead.
pub(super) fn organisation(leads: &[String]) -> &str {
    let speaker = speaker(leads);
    let post = POSTS.iter().find(|(post, ..)| *post == speaker);
    post.and_then(|(.., organisation)| *organisation).unwrap_or(COUNCIL)
}
