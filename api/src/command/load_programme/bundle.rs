//! A programme file with everything that it takes in: the files it includes, its plans' tables, the answers to their questions.

use std::collections::BTreeMap;

use import::plan::{AnswerError, Answers, Document, LeadKind, ReadError, Understanding, extract, understand};
use import::programme::{
    self, Organisation, OrganisationKind, Plan, PlanStatus, ProgrammeFile, ProgrammeFileError,
};
use sha2::{Digest, Sha256};

/// A plan's table as it was understood, its questions answered.
#[derive(Debug, Clone)]
pub struct Table {
    /// What was understood.
    pub understanding: Understanding,
    /// The digest of the table and of the answers.
    pub digest: String,
}

impl Table {
    /// Reads a table and applies the answers to its questions.
    ///
    /// # Errors
    /// When it is no plan, or an answer answers nothing.
    pub fn read(bytes: &[u8], answers: Option<&str>) -> Result<Self, TableError> {
        let document = extract(bytes, &mut |_, _| ())?;
        Ok(Self::of(&document, bytes, answers)?)
    }

    /// As [`Table::read`], of a file that was read already.
    ///
    /// # Errors
    /// An answer answers nothing.
    pub fn of(document: &Document, bytes: &[u8], answers: Option<&str>) -> Result<Self, AnswerError> {
        let mut understanding = understand(document);
        if let Some(text) = answers {
            understanding = import::apply(&understanding, &Answers::parse(text)?)?;
        }
        let digest = digest([bytes, answers.unwrap_or_default().as_bytes()]);
        Ok(Self { understanding, digest })
    }

    /// What the table calls those organisations that lead something.
    pub(super) fn lead_names(&self) -> impl Iterator<Item = &str> {
        let leads = self.understanding.rows.iter().flat_map(|row| &row.leads);
        leads.filter(|lead| lead.kind == LeadKind::Organisation).map(|lead| lead.printed.as_str())
    }
}

/// Why a table was not taken.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// It is no plan.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// An answer does not fit.
    #[error(transparent)]
    Answers(#[from] AnswerError),
}

/// Why a programme file, or one that it takes in, was not taken.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// The programme file itself.
    #[error(transparent)]
    Programme(#[from] ProgrammeFileError),
    /// A file could not be had.
    #[error("{file}: {why}")]
    File {
        /// Its name.
        file: String,
        /// What is wrong.
        why: String,
    },
    /// A plan's table or its answers.
    #[error("{file}: {error}")]
    Table {
        /// The file.
        file: String,
        /// What is wrong.
        error: TableError,
    },
}

/// Everything that is loaded together.
#[derive(Debug, Clone)]
pub struct Bundle {
    /// The programme file, checked.
    pub file: ProgrammeFile,
    /// The tables of its plans, by the plan's key.
    pub tables: BTreeMap<String, Table>,
    /// The bytes of the files of its evidence, by their names.
    pub files: BTreeMap<String, Vec<u8>>,
    /// The digest of all files: the same again is nothing to do.
    pub digest: String,
}

impl Bundle {
    /// Reads the programme file `name` and what it takes in. `open` gives the bytes of a file in its folder, or why it cannot.
    ///
    /// # Errors
    /// [`BundleError`], naming the file and what would be right.
    pub fn read(name: &str, open: impl Fn(&str) -> Result<Vec<u8>, String>) -> Result<Self, BundleError> {
        let mut taken: Vec<Vec<u8>> = Vec::new();
        let text_of = |bytes: Vec<u8>| {
            String::from_utf8(bytes).map_err(|_| "it is not UTF-8 text: save it as UTF-8".to_owned())
        };
        let at = |file: &str| {
            let file = file.to_owned();
            move |why: String| BundleError::File { file, why }
        };
        let bytes = open(name).map_err(at(name))?;
        taken.push(bytes.clone());
        let text = text_of(bytes).map_err(at(name))?;
        let file = programme::read(name, &text, |included| {
            let bytes = open(included)?;
            taken.push(bytes.clone());
            text_of(bytes)
        })?;
        let mut tables = BTreeMap::new();
        for plan in &file.plans {
            let Some(table) = &plan.actions_from else { continue };
            let bytes = open(table).map_err(at(table))?;
            let mut answers = None;
            if let Some(from) = &plan.answers_from {
                answers = Some(open(from).and_then(text_of).map_err(at(from))?);
            }
            let read = Table::read(&bytes, answers.as_deref()).map_err(|error| {
                let file = match (&error, &plan.answers_from) {
                    (TableError::Answers(_), Some(answers)) => answers.clone(),
                    _ => table.clone(),
                };
                BundleError::Table { file, error }
            })?;
            taken.push(read.digest.clone().into_bytes());
            tables.insert(plan.key.clone(), read);
        }
        let mut files = BTreeMap::new();
        for name in file.evidence.iter().flat_map(|evidence| &evidence.files) {
            let bytes = open(name).map_err(at(name))?;
            if bytes.is_empty() {
                return Err(at(name)("it is empty: a file of evidence has at least one byte".to_owned()));
            }
            files.insert(name.clone(), bytes);
        }
        // Without files nothing is added, so that what was loaded before there were any is known again.
        let of_files = files.iter().flat_map(|(name, bytes)| [name.as_bytes(), bytes.as_slice()]);
        let digest = digest(taken.iter().map(Vec::as_slice).chain(of_files));
        Ok(Self { file, tables, files, digest })
    }

    /// A programme that stands in no file, and takes in none.
    ///
    /// # Errors
    /// It breaks rules of the format.
    pub fn of_programme(file: ProgrammeFile) -> Result<Self, BundleError> {
        let file = file.checked()?;
        let digest = digest([format!("{file:?}").as_bytes()]);
        Ok(Self { file, tables: BTreeMap::new(), files: BTreeMap::new(), digest })
    }

    /// A plan's table alone, to be added to a programme that is there, as a draft of its authority.
    pub(super) fn of_plan(slug: &str, title: &str, authority: String, table: Table) -> Self {
        // Messages name the plan by its key: the title is what the user knows.
        let (owner, key) = ("authority".to_owned(), title.to_owned());
        let organisation = Organisation {
            key: owner.clone(),
            name: authority,
            kind: OrganisationKind::Council,
            also_called: Vec::new(),
            identifiers: Vec::new(),
            from: None,
            until: None,
        };
        let plan = Plan { key: key.clone(), owner, actions_from: Some(key.clone()), ..draft_plan(title) };
        let file = ProgrammeFile {
            adds_to: Some(slug.to_owned()),
            organisations: vec![organisation],
            plans: vec![plan],
            ..ProgrammeFile::default()
        };
        let digest = table.digest.clone();
        Self { file, tables: BTreeMap::from([(key, table)]), files: BTreeMap::new(), digest }
    }
}

/// A draft of which nothing is known but its title.
pub(super) fn draft_plan(title: &str) -> Plan {
    Plan {
        key: String::new(),
        title: title.to_owned(),
        status: PlanStatus::Draft,
        owner: String::new(),
        start_on: None,
        end_on: None,
        follows: None,
        update_every_days: 42,
        strands_required: 2,
        considered_on: None,
        agreed_on: None,
        published_on: None,
        closed_on: None,
        actions_from: None,
        answers_from: None,
        answers_to: Vec::new(),
        themes: Vec::new(),
        actions: Vec::new(),
    }
}

/// SHA-256 over several texts, each with its length in front.
pub(super) fn digest<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut sum = Sha256::new();
    for part in parts {
        sum.update(format!("{}:", part.len()));
        sum.update(part);
    }
    in_hexadecimal(sum)
}

/// The SHA-256 of a file's bytes.
pub(super) fn sha256(bytes: &[u8]) -> String {
    in_hexadecimal(Sha256::new_with_prefix(bytes))
}

fn in_hexadecimal(sum: Sha256) -> String {
    sum.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
