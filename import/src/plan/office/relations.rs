//! How the parts of an office file name each other.

use std::collections::BTreeMap;

use super::super::error::ReadError;
use super::archive::Archive;
use super::xml::{Node, Walk};

/// What a part points at: by the id that it uses, the kind (the last word of the type) and the name of the other part.
pub(crate) struct Relations(BTreeMap<String, (String, String)>);

impl Relations {
    /// Those of a part; of the file itself for "".
    pub fn of(archive: &mut Archive<'_>, part: &str) -> Result<Relations, ReadError> {
        let (folder, name) = part.rsplit_once('/').unwrap_or(("", part));
        let place = if folder.is_empty() {
            format!("_rels/{name}.rels")
        } else {
            format!("{folder}/_rels/{name}.rels")
        };
        let mut found = BTreeMap::new();
        let Some(text) = archive.xml(&place)? else { return Ok(Relations(found)) };
        let mut walk = Walk::new(&text);
        while let Some(node) = walk.next()? {
            let Node::Start(element) = node else { continue };
            if element.name != "Relationship" || element.get("TargetMode").as_deref() == Some("External") {
                continue;
            }
            if let (Some(id), Some(kind), Some(target)) =
                (element.get("Id"), element.get("Type"), element.get("Target"))
            {
                let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
                found.insert(id, (kind, resolve(folder, &target)));
            }
        }
        Ok(Relations(found))
    }

    /// The part that an id stands for.
    pub fn target(&self, id: &str) -> Option<&str> {
        self.0.get(id).map(|(_, target)| target.as_str())
    }

    /// The first part of a kind.
    pub fn of_kind(&self, wanted: &str) -> Option<&str> {
        self.0.values().find(|(kind, _)| kind == wanted).map(|(_, target)| target.as_str())
    }
}

/// A target is meant from the folder of the part that names it, or from the top if it begins with a stroke.
fn resolve(folder: &str, target: &str) -> String {
    let mut path: Vec<&str> = if target.starts_with('/') {
        Vec::new()
    } else {
        folder.split('/').filter(|p| !p.is_empty()).collect()
    };
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                path.pop();
            }
            step => path.push(step),
        }
    }
    path.join("/")
}
