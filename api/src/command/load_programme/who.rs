//! Who takes part: organisations, the programme, people, groups, members, and the words for health.

use entity::{group_member, membership, organisation_identifier, party, programme, rating};
use import::programme::{Group, Health, Member, Organisation, Person, Role};
use uuid::Uuid;

use super::build::{At, Build, called};
use crate::authz::identity::{CLIENT, GROUP, is_webhook};

/// What every programme calls the four healths unless it says otherwise.
const RATINGS: [(Health, &str, &str); 4] = [
    (Health::OffTrack, "Red", "#d4351c"),
    (Health::AtRisk, "Amber", "#f47738"),
    (Health::OnTrack, "Green", "#00703c"),
    (Health::Done, "Blue", "#1d70b8"),
];

/// What a programme calls the four healths as long as it says nothing else.
pub(in crate::command) fn usual_ratings(programme_id: Uuid) -> Vec<rating::Model> {
    let of = |(health, label, colour): &(Health, &str, &str)| rating::Model {
        programme_id,
        health: health.to_string(),
        label: (*label).to_owned(),
        colour: (*colour).to_owned(),
        meaning: None,
    };
    RATINGS.iter().map(of).collect()
}

impl<'a> Build<'a> {
    pub(super) fn who(&mut self) {
        let file = &self.bundle.file;
        let known: Vec<_> =
            self.known.parties.iter().map(|row| (row.id, row.name.clone(), row.post.clone())).collect();
        for (id, name, post) in known {
            for words in [name, post].into_iter().flatten() {
                self.called.insert(called(&words), id);
            }
        }
        for organisation in &file.organisations {
            let id = self.organisation(organisation);
            self.parties.insert(&organisation.key, id);
            self.name(id, [Some(&organisation.name)], &organisation.also_called);
        }
        self.programme();
        // Former holders first: a table that names a post means who holds it now.
        let (former, present): (Vec<_>, Vec<_>) =
            file.people.iter().partition(|person| person.until.is_some());
        for person in former.into_iter().chain(present) {
            let id = self.person(person);
            self.parties.insert(&person.key, id);
            self.name(id, [person.name.as_ref(), person.post.as_ref()], &person.also_called);
        }
        for group in &file.groups {
            let id = self.group(group);
            self.parties.insert(&group.key, id);
            self.name(id, [Some(&group.name)], &group.also_called);
        }
        for member in &file.members {
            self.member(member);
        }
    }

    fn name<'w>(
        &mut self,
        id: Uuid,
        words: impl IntoIterator<Item = Option<&'w String>>,
        also: &'w [String],
    ) {
        for words in words.into_iter().flatten().chain(also) {
            self.called.insert(called(words), id);
        }
    }

    fn organisation(&mut self, given: &Organisation) -> Uuid {
        let by_identifier = self.known.identifiers.iter().find(|row| {
            given
                .identifiers
                .iter()
                .any(|identifier| identifier.scheme == row.scheme && identifier.value == row.value)
        });
        let by_name = || {
            let same =
                |row: &&party::Model| row.programme_id.is_none() && row.name.as_ref() == Some(&given.name);
            self.known.parties.iter().find(same).map(|row| row.id)
        };
        if let Some(id) = by_identifier.map(|row| row.organisation_id).or_else(by_name) {
            return id;
        }
        let id = Uuid::now_v7();
        let identifiers = given.identifiers.iter().map(|identifier| organisation_identifier::Model {
            organisation_id: id,
            scheme: identifier.scheme.clone(),
            value: identifier.value.clone(),
        });
        self.rows.identifiers.extend(identifiers);
        let row = party::Model {
            name: Some(given.name.clone()),
            organisation_kind: Some(given.kind.to_string()),
            organisation_id: Some(id),
            from_on: given.from,
            until_on: given.until,
            ..self.blank(id, "ORGANISATION")
        };
        self.rows.organisations.push(row);
        id
    }

    /// A party of this kind that nothing is known of. Organisations belong to no programme.
    pub(super) fn blank(&self, id: Uuid, kind: &str) -> party::Model {
        party::Model {
            id,
            programme_id: (kind != "ORGANISATION").then_some(self.programme),
            kind: kind.to_owned(),
            name: None,
            post: None,
            group_kind: None,
            organisation_kind: None,
            organisation_id: None,
            from_on: None,
            until_on: None,
            version: 1,
            created_at: self.when.now,
            updated_at: self.when.now,
        }
    }

    fn programme(&mut self) {
        let Some(given) = &self.bundle.file.programme else { return };
        let Some(authority_id) = self.party(At("programme", &given.slug, "authority"), &given.authority)
        else {
            return;
        };
        self.rows.programmes.push(programme::Model {
            id: self.programme,
            slug: given.slug.clone(),
            name: given.name.clone(),
            authority_id,
            is_public: given.public,
            version: 1,
            created_at: self.when.now,
            updated_at: self.when.now,
        });
        for mut row in usual_ratings(self.programme) {
            if let Some(own) =
                self.bundle.file.ratings.iter().find(|rating| rating.health.as_str() == row.health)
            {
                (row.label, row.colour) = (own.label.clone(), own.colour.clone());
                row.meaning.clone_from(&own.meaning);
            }
            self.rows.ratings.push(row);
        }
    }

    fn person(&mut self, given: &Person) -> Uuid {
        let same =
            |row: &&party::Model| row.kind == "PERSON" && row.name == given.name && row.post == given.post;
        if let Some(row) = self.known.parties.iter().find(same) {
            return row.id;
        }
        let id = Uuid::now_v7();
        let organisation_id =
            self.maybe_party(At("person", &given.key, "organisation"), given.organisation.as_ref());
        let row = party::Model {
            name: given.name.clone(),
            post: given.post.clone(),
            organisation_id,
            from_on: given.from,
            until_on: given.until,
            ..self.blank(id, "PERSON")
        };
        self.rows.people_and_groups.push(row);
        id
    }

    fn group(&mut self, given: &Group) -> Uuid {
        let same = |row: &&party::Model| row.kind == "GROUP" && row.name.as_ref() == Some(&given.name);
        if let Some(row) = self.known.parties.iter().find(same) {
            return row.id;
        }
        let id = Uuid::now_v7();
        let organisation_id =
            self.maybe_party(At("group", &given.key, "organisation"), given.organisation.as_ref());
        let row = party::Model {
            name: Some(given.name.clone()),
            group_kind: Some(given.kind.to_string()),
            organisation_id,
            from_on: given.from,
            until_on: given.until,
            ..self.blank(id, "GROUP")
        };
        self.rows.people_and_groups.push(row);
        for person in &given.people {
            if let Some(person_id) = self.party(At("group", &given.key, "people"), person) {
                let row = group_member::Model { programme_id: self.programme, group_id: id, person_id };
                self.rows.group_members.push(row);
            }
        }
        id
    }

    /// What holds for subjects that this service gives, and for groups, as for `memberAdd`.
    fn subject(&mut self, given: &Member) {
        let at = |field| At("member", &given.subject, field);
        if given.subject.starts_with(CLIENT) {
            let right = "register the client through the API, which makes it a member";
            self.problem(at("subject"), "the subject of a machine client", right);
        }
        if is_webhook(&given.subject) {
            let right = "make the endpoint through the API, which makes it a member";
            self.problem(at("subject"), "the subject of a webhook", right);
        }
        if given.subject == GROUP {
            self.problem(at("subject"), "no group", "say which group of the directory: group: and its id");
        }
        if !given.subject.starts_with(GROUP) {
            return;
        }
        if given.chair {
            self.problem(at("chair"), "a group as the chair", "only one of its people chairs the board");
        }
        if given.person.is_some() {
            self.problem(at("person"), "a group with a post", "leave it out: people hold posts");
        }
    }

    fn member(&mut self, given: &Member) {
        self.subject(given);
        let role = given.role.to_string();
        let same = |row: &membership::Model| row.subject == given.subject && row.role == role;
        if self.known.memberships.iter().any(same) {
            return;
        }
        let at = |field| At("member", &given.subject, field);
        let row = membership::Model {
            id: Uuid::now_v7(),
            programme_id: (given.role != Role::Admin).then_some(self.programme),
            subject: given.subject.clone(),
            role,
            organisation_id: self.maybe_party(at("organisation"), given.organisation.as_ref()),
            person_id: self.maybe_party(at("person"), given.person.as_ref()),
            is_chair: given.chair,
            is_programme_office: given.programme_office,
            version: 1,
            created_at: self.when.now,
            updated_at: self.when.now,
        };
        self.rows.memberships.push(row);
    }
}
