//! Which documents `serve` runs: any, or those of a manifest.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use clap::Args;

use super::CliError;
use crate::graphql::{Allowed, LARGEST_MANIFEST, Limits, Manifest, Policy};

/// Which documents run, and which are known by an id.
#[derive(Args, Debug, Clone)]
pub struct DocumentArgs {
    /// The manifest of trusted documents: JSON that leads from an id to the text, as graphql-codegen and Relay write it.
    /// Clients name its documents by documentId
    #[arg(long, value_name = "FILE", env = "GOLDEN_THREAD_TRUSTED_DOCUMENTS")]
    pub trusted_documents: Option<String>,
    /// Which documents run: any, or trusted, those of the manifest alone
    #[arg(long, value_name = "WHICH", env = "GOLDEN_THREAD_DOCUMENTS", default_value = "any",
          value_parser = parse_allowed)]
    pub documents: Allowed,
    /// Let clients register any document by its SHA-256, as Apollo's do (automatic persisted queries). It saves bytes, and
    /// keeps nothing out
    #[arg(long, env = "GOLDEN_THREAD_AUTOMATIC_PERSISTED_QUERIES")]
    pub automatic_persisted_queries: bool,
}

/// Reads which documents run. An empty value, as a compose file passes for a variable that is not set, counts as none.
fn parse_allowed(text: &str) -> Result<Allowed, String> {
    match text.trim() {
        "" | "any" => Ok(Allowed::Any),
        "trusted" => Ok(Allowed::Trusted),
        _ => Err("it is any or trusted".to_owned()),
    }
}

impl DocumentArgs {
    /// Reads the manifest and checks every document in it.
    pub(super) fn policy(&self, limits: &Limits) -> Result<Policy, CliError> {
        let path = self.trusted_documents.as_deref().map(str::trim).filter(|path| !path.is_empty());
        let manifest = path.map(|path| manifest(Path::new(path), limits)).transpose()?;
        if let Some(manifest) = &manifest {
            tracing::info!(documents = manifest.len(), "read the manifest of trusted documents");
        }
        Policy::new(manifest, self.documents, self.automatic_persisted_queries).map_err(|fault| {
            CliError::usage(format!(
                "{fault} (--documents, --trusted-documents, --automatic-persisted-queries)"
            ))
        })
    }
}

fn manifest(path: &Path, limits: &Limits) -> Result<Manifest, CliError> {
    let unreadable = |fault: &dyn std::fmt::Display| {
        CliError::usage(format!("the manifest of trusted documents {}: {fault}", path.display()))
    };
    let mut bytes = Vec::new();
    // One byte more than is taken tells that there is too much, and no file is too large for the memory.
    let file = File::open(path).map_err(|fault| unreadable(&fault))?;
    file.take(LARGEST_MANIFEST as u64 + 1).read_to_end(&mut bytes).map_err(|fault| unreadable(&fault))?;
    Manifest::read(&bytes, limits).map_err(|fault| unreadable(&fault))
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use rstest::rstest;

    use super::super::{Cli, Command};
    use super::*;

    fn policy(args: &[&str]) -> Result<Policy, CliError> {
        match Cli::try_parse_from(["golden-thread", "serve"].iter().chain(args)).unwrap().command {
            Command::Serve(serve) => serve.documents.policy(&Limits::default()),
            other => panic!("{other:?}"),
        }
    }

    fn refusal(args: &[&str]) -> String {
        let error = policy(args).err().unwrap();
        assert_eq!(error.exit_code(), 2);
        let text = error.to_string();
        assert_eq!(text.lines().count(), 1);
        text
    }

    #[test]
    fn nothing_need_be_said() {
        assert!(policy(&[]).is_ok());
        assert!(policy(&["--trusted-documents=", "--documents="]).is_ok());
        assert!(policy(&["--automatic-persisted-queries"]).is_ok());
        assert!(Cli::try_parse_from(["golden-thread", "serve", "--documents=some"]).is_err());
    }

    #[rstest]
    #[case(r#"{"one": "{ nothing }"}"#, "document \"one\": ")]
    #[case(r#"{"one": "{\n  viewer {\n"}"#, "document \"one\": ")]
    #[case("{", "it is not as it should be")]
    #[case(r#"{"sha256:00": "{ __typename }"}"#, "document \"sha256:00\": ")]
    fn a_fault_of_the_manifest_is_one_line(#[case] manifest: &str, #[case] said: &str) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("documents.json");
        std::fs::write(&file, manifest).unwrap();
        let file = file.display().to_string();
        let text = refusal(&["--trusted-documents", &file]);
        assert!(text.contains(said) && text.contains(&file), "{text}");
    }

    #[test]
    fn a_manifest_that_is_not_there_or_too_large() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("documents.json");
        let name = file.display().to_string();
        assert!(refusal(&["--trusted-documents", &name]).contains(&name));
        assert!(refusal(&["--trusted-documents", &folder.path().display().to_string()]).contains("manifest"));
        std::fs::write(&file, " ".repeat(LARGEST_MANIFEST + 1)).unwrap();
        assert!(refusal(&["--trusted-documents", &name]).contains("8388608 bytes"));
    }

    #[test]
    fn what_contradicts_itself_is_refused() {
        assert!(refusal(&["--documents=trusted"]).contains("no manifest"));
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("documents.json");
        std::fs::write(&file, r#"{"one": "{ __typename }"}"#).unwrap();
        let name = file.display().to_string();
        let trusted = ["--trusted-documents", &name, "--documents", "trusted"];
        assert!(policy(&trusted).is_ok());
        let both = [&trusted[..], &["--automatic-persisted-queries"]].concat();
        assert!(refusal(&both).contains("cannot register"));
    }
}
