//! Selections of everything that a type has, made from the schema itself, so that a new field is in them by itself.

use std::collections::BTreeMap;

use chrono::Utc;
use serde_json::{Value, json};

use super::door::Door;
use crate::support::{Persona, TestApp};

/// Something that answers queries.
pub trait Service {
    /// The whole answer as it came, the request's id blotted out.
    async fn tell(&self, persona: Persona, document: &str, variables: Value) -> String;
}

impl Service for TestApp {
    async fn tell(&self, persona: Persona, document: &str, variables: Value) -> String {
        self.query(persona, document, variables).await.without_request_id()
    }
}

impl Service for Door {
    async fn tell(&self, persona: Persona, document: &str, variables: Value) -> String {
        let token = persona.subject().map(|subject| self.token(subject, Utc::now()));
        let (_, answer) = self.knock(token.as_deref(), document, variables).await;
        let text = answer.to_string();
        match answer["errors"][0]["extensions"]["requestId"].as_str() {
            Some(id) => text.replace(id, "-"),
            None => text,
        }
    }
}

/// The fields of each object type, in the schema's order.
pub struct Schema(BTreeMap<String, Vec<Field>>);

/// One field of an object type.
pub struct Field {
    /// Its name.
    pub name: String,
    /// The type at its core.
    pub ty: String,
    /// Whether that is an enum or scalar.
    pub is_leaf: bool,
}

impl Schema {
    /// Asks the service for it.
    pub async fn of(service: &impl Service) -> Self {
        let document = "{ __schema { types { name kind fields { name args { type { kind } } type { kind name ofType { kind name
            ofType { kind name ofType { kind name } } } } } } } }";
        let answer = service.tell(Persona::Anonymous, document, json!({})).await;
        let answer: Value = serde_json::from_str(&answer).unwrap();
        let types = answer["data"]["__schema"]["types"].as_array().unwrap().iter();
        let objects = types.filter(|ty| ty["kind"] == "OBJECT");
        let named = |ty: &Value| ty["name"].as_str().unwrap().to_owned();
        Self(objects.map(|ty| (named(ty), fields(ty))).collect())
    }

    /// The fields of a type that need no argument: the others have tests of their own.
    pub fn fields(&self, ty: &str) -> &[Field] {
        &self.0[ty]
    }

    /// The object types that stand for things and their parts: neither pages nor introspection.
    pub fn types(&self) -> impl Iterator<Item = &str> {
        let is_page =
            |name: &str| name.ends_with("Connection") || name.ends_with("Edge") || name == "PageInfo";
        self.0.keys().map(String::as_str).filter(move |name| !is_page(name) && !name.starts_with("__"))
    }

    /// One field of a type with everything in it but other things, of which there is the id.
    pub fn whole_field(&self, field: &Field, size: usize) -> String {
        let name = &field.name;
        let is_thing = |ty: &str| self.0.get(ty).is_none_or(|fields| fields.iter().any(|of| of.name == "id"));
        if field.is_leaf {
            name.clone()
        } else if field.ty.ends_with("Connection") {
            let node = match field.ty.as_str() {
                "ChangeConnection" => self.whole("Change", size),
                _ => "...on Node { id }".to_owned(),
            };
            let edge = field.ty.replace("Connection", "Edge");
            let link = self.0[&edge].iter().filter(|of| of.is_leaf).map(|of| of.name.as_str());
            let link = link.collect::<Vec<_>>().join(" ");
            format!(
                "{name}(first: {size}) {{ totalCount pageInfo {{ hasNextPage }} edges {{ {link} node {{ {node} }} }} }}"
            )
        } else if is_thing(&field.ty) {
            format!("{name} {{ __typename ...on Node {{ id }} }}")
        } else {
            format!("{name} {{ {} }}", self.whole(&field.ty, size))
        }
    }

    /// Every field of a type.
    pub fn whole(&self, ty: &str, size: usize) -> String {
        let fields = self.fields(ty).iter().map(|field| self.whole_field(field, size));
        fields.collect::<Vec<_>>().join(" ")
    }
}

fn fields(ty: &Value) -> Vec<Field> {
    let of = |field: &Value| {
        let mut core = &field["type"];
        while core["name"].is_null() {
            core = &core["ofType"];
        }
        Field {
            name: field["name"].as_str().unwrap().to_owned(),
            ty: core["name"].as_str().unwrap().to_owned(),
            is_leaf: core["kind"] == "SCALAR" || core["kind"] == "ENUM",
        }
    };
    let needs = |argument: &Value| argument["type"]["kind"] == "NON_NULL";
    let is_asked = |field: &&Value| !field["args"].as_array().unwrap().iter().any(needs);
    ty["fields"].as_array().unwrap().iter().filter(is_asked).map(of).collect()
}
