//! The guide, the reference, the README and the example operations do what they say, on the demonstration.

mod examples;
mod links;
mod names;
mod page;
mod run;
mod shown;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Schema};
use futures_util::future::join_all;
use futures_util::{StreamExt, stream};

use crate::support::db::Own;
use crate::visibility::door::Door;
use page::Block;
use run::Reader;

/// The root of the repository.
fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// The schema as it stands in the repository.
static SCHEMA: LazyLock<Valid<Schema>> = LazyLock::new(|| {
    let text = fs::read_to_string(root().join("schema.graphql")).unwrap();
    Schema::parse_and_validate(text, "schema.graphql").unwrap()
});

/// The files of a folder of the repository with this ending, in order.
fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let all = fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path());
    let mut all: Vec<_> = all.filter(|path| path.to_str().unwrap().ends_with(ending)).collect();
    all.sort();
    all
}

/// A page's path from the root, and its text.
fn read(path: &Path) -> (String, String) {
    let name = path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
    (name, fs::read_to_string(path).unwrap())
}

/// The pages that show GraphQL.
fn pages() -> Vec<(String, String)> {
    let mut all = files("docs/guide", ".md");
    all.extend([root().join("docs/api.md"), root().join("README.md")]);
    all.iter().map(|path| read(path)).collect()
}

/// A fresh demonstration on each database.
async fn demonstrations() -> Vec<Door> {
    let all = [Some(Own::sqlite_demonstration().await), Own::postgres_demonstration().await];
    if all[1].is_none() {
        eprintln!("TEST_POSTGRES_URL is not set: not run on PostgreSQL");
    }
    let mut doors = Vec::new();
    for own in all.into_iter().flatten() {
        doors.push(Door::with_files(own).await);
    }
    doors
}

/// What is no request with one answer fits the schema, once the schema has what it is about.
fn validate(block: &Block) {
    assert!(block.document.trim_start().starts_with("subscription"), "{}: can be run", block.place);
    if SCHEMA.schema_definition.subscription.is_none() {
        return eprintln!("{}: the schema has no subscriptions", block.place);
    }
    if let Err(errors) = ExecutableDocument::parse_and_validate(&SCHEMA, &block.document, &block.place) {
        panic!("{}", errors.errors);
    }
}

/// Runs the blocks of a page, one after the other, and tells where it shows something else than what comes.
async fn follow(door: &Door, blocks: &[Block]) -> Vec<String> {
    let (mut reader, mut differences) = (Reader::new(door), Vec::new());
    for block in blocks {
        let Some(run) = &block.run else {
            validate(block);
            continue;
        };
        let place = &block.place;
        assert!(!is_mutation(block) || block.document.contains("userErrors"), "{place}: no userErrors");
        let exchange = reader.run(place, &block.document, run).await;
        if let Some(sent) = &block.sends {
            reader.send(place, sent).await;
        }
        let answer = block.shown_answer.as_ref().map(|shown| run::meant(shown, &exchange.answer));
        let pairs =
            [(&block.shown_variables, Some(&exchange.variables)), (&block.shown_answer, answer.as_deref())];
        for (shown, real) in pairs {
            if let (Some(shown), Some(real)) = (shown, real)
                && let Err(differs) = shown::fits(shown, real, "")
            {
                differences.push(format!("{place}: {differs}\n{real:#}"));
            }
        }
    }
    differences
}

fn is_mutation(block: &Block) -> bool {
    block.document.contains("mutation")
}

/// Runs the blocks of a page on both databases, and gives back what it was run on: demonstrations of its own where it changes
/// something, so that this does not show on another page.
async fn follow_on_both(blocks: &[Block], shared: &[Door]) -> (Vec<String>, Vec<Door>) {
    let own = if blocks.iter().any(is_mutation) { demonstrations().await } else { Vec::new() };
    let mut differences = Vec::new();
    for door in if own.is_empty() { shared } else { &own } {
        differences.extend(follow(door, blocks).await);
    }
    (differences, own)
}

#[tokio::test]
async fn every_block_of_the_pages_does_what_its_page_says() {
    let mut all = Vec::new();
    for (name, text) in pages() {
        let blocks = page::blocks(&name, &text);
        assert_eq!(blocks.is_empty(), !text.contains("```graphql"), "{name}");
        all.push(blocks);
    }
    let mut doors = demonstrations().await;
    // Several at a time, because making databases is mostly waiting; and dropping them still more, so that comes last.
    let told = stream::iter(&all).map(|blocks| follow_on_both(blocks, &doors)).buffered(4);
    let (differences, own): (Vec<_>, Vec<_>) = told.unzip().await;
    doors.extend(own.into_iter().flatten());
    join_all(doors.into_iter().map(|door| door.own.drop())).await;
    let differences = differences.concat();
    assert!(differences.is_empty(), "{}", differences.join("\n\n"));
}
