//! The example operations run, and are as client tools want them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use apollo_compiler::ast::{self, Definition};
use apollo_compiler::executable::{Selection, SelectionSet};
use apollo_compiler::{ExecutableDocument, Name, Node};
use serde_json::Value;

use super::page::{Run, run};
use super::run::Reader;
use super::{SCHEMA, demonstrations, files, read, root};

const FOLDER: &str = "docs/examples";

/// The one definition of a file, and the names of the fragments that it spreads.
fn definition(name: &str, text: &str) -> (Definition, BTreeSet<String>) {
    let document = ast::Document::parse(text, name).unwrap_or_else(|errors| panic!("{}", errors.errors));
    assert_eq!(document.definitions.len(), 1, "{name}: one definition in a file");
    let mut spread = BTreeSet::new();
    let definition = document.definitions[0].clone();
    match &definition {
        Definition::OperationDefinition(of) => spreads(&of.selection_set, &mut spread),
        Definition::FragmentDefinition(of) => spreads(&of.selection_set, &mut spread),
        _ => panic!("{name}: neither an operation nor a fragment"),
    }
    (definition, spread)
}

fn spreads(selections: &[ast::Selection], into: &mut BTreeSet<String>) {
    for selection in selections {
        match selection {
            ast::Selection::Field(field) => spreads(&field.selection_set, into),
            ast::Selection::InlineFragment(inline) => spreads(&inline.selection_set, into),
            ast::Selection::FragmentSpread(spread) => {
                into.insert(spread.fragment_name.to_string());
            }
        }
    }
}

/// The shared fragments by name: their text, and those that they spread.
fn fragments() -> BTreeMap<String, (String, BTreeSet<String>)> {
    let of = |path: &std::path::PathBuf| {
        let (place, text) = read(path);
        let (definition, spread) = definition(&place, &text);
        let Definition::FragmentDefinition(fragment) = definition else { panic!("{place}: no fragment") };
        assert!(place.ends_with(&format!("/{}.graphql", fragment.name)), "{place}: {}", fragment.name);
        (fragment.name.to_string(), (text, spread))
    };
    files(&format!("{FOLDER}/fragments"), ".graphql").iter().map(of).collect()
}

/// An example with everything that it needs.
struct Example {
    place: String,
    document: String,
    variables: BTreeSet<String>,
    run: Run,
    fragments: BTreeSet<String>,
}

fn example(name: &str) -> Example {
    let (place, text) = read(&root().join(format!("{FOLDER}/{name}.graphql")));
    let (definition, mut open) = definition(&place, &text);
    let Definition::OperationDefinition(operation) = definition else { panic!("{place}: no operation") };
    assert_eq!(operation.name.as_ref().map(Name::as_str), Some(name), "{place}");
    let (shared, mut needed, mut document) = (fragments(), BTreeSet::new(), text.clone());
    while let Some(fragment) = open.pop_first() {
        if needed.insert(fragment.clone()) {
            let (text, spread) = shared.get(&fragment).unwrap_or_else(|| panic!("{place}: no {fragment}"));
            document.push_str(text);
            open.extend(spread.iter().cloned());
        }
    }
    let comment =
        text.lines().filter_map(|line| line.strip_prefix("# ")).find(|line| line.starts_with("run as "));
    let mut run = comment.map_or_else(Run::default, |comment| run(&place, comment));
    let variables = fs::read_to_string(root().join(format!("{FOLDER}/{name}.variables.json"))).unwrap();
    run.variables = serde_json::from_str(&variables).unwrap();
    let variables = operation.variables.iter().map(|variable| variable.name.to_string()).collect();
    Example { place, document, variables, run, fragments: needed }
}

/// The names of the examples in the order of the README.
fn names() -> Vec<String> {
    let readme = fs::read_to_string(root().join(FOLDER).join("README.md")).unwrap();
    let rows = readme
        .lines()
        .filter_map(|line| line.strip_prefix("| [")?.split_once("](").map(|(name, _)| name.to_owned()));
    let names: Vec<String> = rows.collect();
    let there = files(FOLDER, ".graphql");
    let there: BTreeSet<_> = there.iter().map(|path| path.file_stem().unwrap().to_str().unwrap()).collect();
    assert_eq!(
        names.iter().map(String::as_str).collect::<BTreeSet<_>>(),
        there,
        "the README lists other examples"
    );
    names
}

/// A cache of objects needs the id of every object that has one.
fn ids(document: &ExecutableDocument, set: &SelectionSet, is_above: bool, place: &str) {
    let is_here = is_above || selects_id(document, set);
    let has_id = SCHEMA.type_field(&set.ty, "id").is_ok();
    assert!(!has_id || is_here, "{place}: no id on a {}: {}", set.ty, set.serialize().no_indent());
    for selection in &set.selections {
        match selection {
            Selection::Field(field) if !field.selection_set.selections.is_empty() => {
                ids(document, &field.selection_set, false, place);
            }
            Selection::InlineFragment(inline) => ids(document, &inline.selection_set, is_here, place),
            Selection::FragmentSpread(spread) => {
                let fragment = &document.fragments[&spread.fragment_name];
                ids(document, &fragment.selection_set, is_here, place);
            }
            Selection::Field(_) => {}
        }
    }
}

fn selects_id(document: &ExecutableDocument, set: &SelectionSet) -> bool {
    set.selections.iter().any(|selection| match selection {
        Selection::Field(field) => field.name == "id" && field.alias.is_none(),
        Selection::FragmentSpread(spread) => {
            selects_id(document, &document.fragments[&spread.fragment_name].selection_set)
        }
        Selection::InlineFragment(_) => false,
    })
}

#[test]
fn examples_are_as_client_tools_want_them() {
    let mut used = BTreeSet::new();
    for name in names() {
        let Example { place, document, variables, run, fragments } = example(&name);
        let document = ExecutableDocument::parse_and_validate(&SCHEMA, document, &place);
        let document = document.unwrap_or_else(|errors| panic!("{place}: {}", errors.errors));
        let operation: &Node<_> = document.operations.named.values().next().unwrap();
        ids(&document, &operation.selection_set, false, &place);
        let given: BTreeSet<_> = run.variables.as_object().unwrap().keys().cloned().collect();
        assert!(given.is_subset(&variables), "{place}: {given:?} are not all of {variables:?}");
        used.extend(fragments);
    }
    assert_eq!(used, fragments().into_keys().collect(), "a fragment that no example uses");
}

#[tokio::test]
async fn every_example_runs() {
    let names = names();
    for door in demonstrations().await {
        let mut reader = Reader::new(&door);
        for name in &names {
            let Example { place, document, run, .. } = example(name);
            let answer = reader.run(&place, &document, &run).await.answer;
            let first = answer["data"].as_object().unwrap().values().next().unwrap();
            assert_ne!(first, &Value::Null, "{place}: finds nothing");
        }
        door.own.drop().await;
    }
}
