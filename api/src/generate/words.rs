//! What everything is called, and how it is told.

use super::dice::Dice;

/// Where names of places begin.
pub(super) const BEGINNINGS: [&str; 20] = [
    "Alder", "Amber", "Barrow", "Bracken", "Cinder", "Clay", "Elder", "Fallow", "Gorse", "Harrow", "Hazel",
    "Juniper", "Kestrel", "Linden", "Marrow", "Plover", "Rowan", "Sorrel", "Teasel", "Willow",
];
/// Where they end.
pub(super) const ENDINGS: [&str; 20] = [
    "shire", "mere", "holt", "wick", "combe", "garth", "stead", "haven", "marsh", "moor", "reach", "vale",
    "wold", "thorpe", "bourne", "cliffe", "fold", "gate", "hurst", "ridge",
];

/// The name of the place at a place in the list of all.
pub(super) fn place(place: usize) -> String {
    let (row, column) = (place / BEGINNINGS.len(), place % BEGINNINGS.len());
    format!("{}{}", BEGINNINGS[column], ENDINGS[(row + column) % ENDINGS.len()])
}

/// Themes of plans, each with a part.
pub(super) const THEMES: [(&str, &str); 6] = [
    ("The front door", "Contacts and referrals"),
    ("Practice", "Assessment and planning"),
    ("Children in care", "Placements and permanence"),
    ("Leaving care", "Pathway plans"),
    ("Workforce", "Supervision"),
    ("Leadership and governance", "Performance information"),
];

const DO: [&str; 12] = [
    "Strengthen",
    "Set up",
    "Review",
    "Agree",
    "Embed",
    "Widen",
    "Simplify",
    "Bring together",
    "Test",
    "Publish",
    "Renew",
    "Make routine",
];
const WHAT: [&str; 16] = [
    "the threshold document",
    "the offer of early help",
    "management oversight of decisions",
    "supervision of social workers",
    "the timeliness of assessments",
    "child protection plans",
    "the sufficiency of placements",
    "pathway planning",
    "return interviews for children who go missing",
    "the audit programme",
    "the induction of new staff",
    "the collection of children's views",
    "performance reports to the board",
    "the escalation of disagreements between agencies",
    "life story work",
    "health assessments for children in care",
];
const SO_THAT: [&str; 10] = [
    "so that children are seen without delay",
    "so that decisions are made once and by the right person",
    "so that plans say what will be different for the child",
    "so that no child waits for an allocated worker",
    "so that families tell their story only once",
    "so that managers know which cases drift",
    "so that children in care stay near their schools",
    "so that practice is the same in every team",
    "so that partners share what they know in time",
    "so that young people know what they are entitled to",
];
const HAPPENED: [&str; 12] = [
    "The revised guidance went to every team and was talked through in their meetings",
    "The working group met twice and agreed what is to be measured",
    "Two teams have tried the new form and found it shorter",
    "Recruitment to the vacant posts has closed with fewer applications than hoped",
    "The sample looked at this month was better recorded than the last one",
    "Training was given to most of the staff concerned",
    "Partners have named who will sit on the panel",
    "The backlog has been halved and is looked at weekly",
    "The first report from the new system was checked against the old one",
    "Young people were asked what they thought and the answers were mixed",
    "The draft protocol is with the legal team of the council",
    "The team managers now sign off every decision on the day",
];
const BESIDES: [&str; 8] = [
    "What remains is to show that it lasts.",
    "The next sample will show whether it holds.",
    "Attendance of partners was good throughout.",
    "One team is behind the others and has been given help.",
    "The figures of the quarter are not in yet.",
    "Families have told us that they notice.",
    "Nothing else stands in the way.",
    "The change of the case system has taken more time than planned.",
];
const IN_THE_WAY: [&str; 6] = [
    "Two posts are vacant and covered by agency staff.",
    "The new case system cannot yet report on this.",
    "A partner has not named a representative.",
    "The contract with the provider ends before the work does.",
    "Sickness in the team has taken time from it.",
    "The policy waits for agreement by the committee.",
];
const NEXT: [&str; 6] = [
    "Look at a further sample.",
    "Report to the next meeting of the sub-group.",
    "Bring the second cohort into the training.",
    "Publish the revised procedure.",
    "Ask families again in the autumn.",
    "Close the old pathway.",
];
const STEPS: [&str; 8] = [
    "Write down how it is done now",
    "Agree the change with partners",
    "Try it in one team",
    "Train the staff concerned",
    "Move every team over",
    "Look at a sample of cases",
    "Ask those whom it concerns",
    "Report to the board",
];
const FINDINGS: [&str; 6] = [
    "Staff know their children well and speak of them with warmth.",
    "Records do not always say why a decision was made.",
    "Partners take part in conferences and bring what they know.",
    "Supervision is regular but seldom reflective.",
    "Children's views shape their plans in most cases seen.",
    "Audits find what is done rather than what difference it makes.",
];

/// What an action is to achieve.
pub(super) fn aim(dice: &mut Dice) -> String {
    format!("{} {} {}", dice.one(&DO), dice.one(&WHAT), dice.one(&SO_THAT))
}

/// What a source asks for.
pub(super) fn demand(dice: &mut Dice) -> String {
    format!("{} {}, {}.", dice.one(&DO), dice.one(&WHAT), dice.one(&SO_THAT))
}

/// What a lead reports.
pub(super) fn narrative(dice: &mut Dice) -> String {
    format!("{}. {} {}.", dice.one(&HAPPENED), dice.one(&BESIDES), dice.one(&HAPPENED))
}

/// What stands in the way.
pub(super) fn obstacle(dice: &mut Dice) -> String {
    dice.one(&IN_THE_WAY).to_owned()
}

/// What comes next.
pub(super) fn next(dice: &mut Dice) -> String {
    dice.one(&NEXT).to_owned()
}

/// The step of an action at a place.
pub(super) fn step(dice: &mut Dice) -> String {
    format!("{}: {}", dice.one(&STEPS), dice.one(&WHAT))
}

/// What a review found.
pub(super) fn finding(place: usize) -> String {
    FINDINGS[place % FINDINGS.len()].to_owned()
}

/// What evidence speaks of.
pub(super) fn subject(dice: &mut Dice) -> &'static str {
    dice.one(&WHAT)
}

/// What evidence says.
pub(super) fn summary(dice: &mut Dice) -> String {
    format!("{}. {}", dice.one(&HAPPENED), dice.one(&BESIDES))
}
