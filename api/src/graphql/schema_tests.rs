//! The schema, its bindings, the policy and the commands name each other without a gap.

use apollo_compiler::schema::ExtendedType;

use super::*;
use crate::authz::matrix::FIELDS;

/// The object types that are bound to the model, with the names of their fields: all but the parts of pages.
fn bound() -> Vec<(String, Vec<String>)> {
    let parts = |name: &str| {
        let made = ["Connection", "Edge", "Payload"].iter().any(|end| name.ends_with(end));
        made || ["PageInfo", "Mutation", "UserError"].contains(&name)
    };
    let types = loaded().schema.types.iter().filter(|(name, ty)| !ty.is_built_in() && !parts(name));
    let fields = types.filter_map(|(name, ty)| match ty {
        ExtendedType::Object(ty) => {
            Some((name.to_string(), ty.fields.keys().map(ToString::to_string).collect()))
        }
        _ => None,
    });
    fields.collect()
}

#[test]
fn every_field_is_bound_and_every_binding_is_a_field() {
    let mut faults = Vec::new();
    for (ty, fields) in bound() {
        let Some(def) = Model::get().ty(&ty) else {
            faults.push(format!("{ty} is not bound"));
            continue;
        };
        faults.extend(
            fields
                .iter()
                .filter(|name| def.field(name).is_none())
                .map(|name| format!("{ty}.{name} is not bound")),
        );
        let extra = def.fields.iter().filter(|(name, _)| !fields.iter().any(|field| field == name));
        faults.extend(extra.map(|(name, _)| format!("{ty}.{name} is bound but not in the schema")));
    }
    let names: Vec<String> = bound().into_iter().map(|(name, _)| name).collect();
    let extra = Model::get().types().filter(|def| !names.iter().any(|name| name == def.name));
    faults.extend(extra.map(|def| format!("{} is bound but not in the schema", def.name)));

    assert_eq!(faults, Vec::<String>::new());
}

#[test]
fn the_policy_names_every_field_once_and_nothing_else() {
    let mut named: Vec<String> = FIELDS
        .iter()
        .flat_map(|(ty, _, fields)| fields.split(' ').map(move |name| format!("{ty}.{name}")))
        .collect();
    let mut all: Vec<String> = bound()
        .into_iter()
        .flat_map(|(ty, fields)| fields.into_iter().map(move |name| format!("{ty}.{name}")))
        .collect();
    named.sort();
    all.sort();

    assert_eq!(named, all);
}

/// What an input of every field of the schema looks like, with a value of its type in each.
fn filled(input: &str) -> serde_json::Value {
    let fields = &loaded().schema.get_input_object(input).unwrap().fields;
    let fields = fields.iter().filter(|(name, _)| *name != IDEMPOTENCY_KEY);
    fields.map(|(name, field)| (name.to_string(), filled_as(&field.ty))).collect()
}

fn filled_as(ty: &Type) -> serde_json::Value {
    if ty.is_list() {
        return vec![filled_as(ty.item_type())].into();
    }
    match ty.inner_named_type().as_str() {
        "ID" => "act_00000000000000000000000000000000".into(),
        "Int" => 1.into(),
        "Float" => 1.5.into(),
        "Boolean" => true.into(),
        "Date" => "2018-12-10".into(),
        "DateTime" => "2018-12-10T09:00:00Z".into(),
        "String" => "text".into(),
        name => match loaded().schema.get_enum(name) {
            Some(ty) => ty.values.keys().next().unwrap().as_str().into(),
            None => filled(name),
        },
    }
}

#[test]
fn every_command_reads_every_field_of_its_input_and_can_do_without_the_optional_ones() {
    let mut faults = Vec::new();
    for command in registered() {
        let name = input_of(command.operation);
        let Some(definition) = loaded().schema.get_input_object(&name) else {
            faults.push(format!("{name} is not in the schema"));
            continue;
        };
        let full = filled(&name);
        let required = |(name, _): &(&String, &serde_json::Value)| {
            definition.fields.get(name.as_str()).is_some_and(|field| field.ty.is_non_null())
        };
        let least: serde_json::Value =
            full.as_object().unwrap().iter().filter(required).map(|(k, v)| (k.clone(), v.clone())).collect();
        let nulls: serde_json::Value = full
            .as_object()
            .unwrap()
            .iter()
            .map(|(k, v)| {
                if required(&(k, v)) { (k.clone(), v.clone()) } else { (k.clone(), serde_json::Value::Null) }
            })
            .collect();
        for input in [full, least, nulls] {
            faults.extend(command.check(&input).err().map(|fault| format!("{name}: {fault} in {input}")));
        }
    }

    assert_eq!(faults, Vec::<String>::new());
}

#[test]
fn every_mutation_has_a_rule_of_the_policy_and_every_rule_a_mutation() {
    use crate::authz::rules::SYSTEM;
    let offered: Vec<_> = registered().map(|command| command.operation).collect();
    let ruled: Vec<_> = Operation::ALL.iter().copied().filter(|of| !SYSTEM.contains(of)).collect();
    let missing: Vec<_> = ruled.iter().filter(|of| !offered.contains(of)).map(|of| of.as_str()).collect();

    assert_eq!(missing, Vec::<&str>::new(), "these have a rule and no mutation");
    assert!(offered.iter().all(|of| ruled.contains(of)), "a command of the API may not be the system's");
    assert_eq!(offered.len(), ruled.len(), "a command stands twice");
}

#[test]
fn everything_in_the_schema_is_described() {
    let mut bare = Vec::new();
    let mut look = |place: String, description: &Option<Node<str>>| {
        if description.as_ref().is_none_or(|text| text.trim().is_empty()) {
            bare.push(place);
        }
    };
    for (name, ty) in loaded().schema.types.iter().filter(|(_, ty)| !ty.is_built_in()) {
        match ty {
            ExtendedType::Object(ty) => {
                look(name.to_string(), &ty.description);
                for (field, def) in &ty.fields {
                    look(format!("{name}.{field}"), &def.description);
                    def.arguments
                        .iter()
                        .for_each(|arg| look(format!("{name}.{field}({})", arg.name), &arg.description));
                }
            }
            ExtendedType::Interface(ty) => {
                look(name.to_string(), &ty.description);
                ty.fields.iter().for_each(|(field, def)| look(format!("{name}.{field}"), &def.description));
            }
            ExtendedType::InputObject(ty) => {
                look(name.to_string(), &ty.description);
                ty.fields.iter().for_each(|(field, def)| look(format!("{name}.{field}"), &def.description));
            }
            ExtendedType::Enum(ty) => {
                look(name.to_string(), &ty.description);
                ty.values.iter().for_each(|(value, def)| look(format!("{name}.{value}"), &def.description));
            }
            ExtendedType::Union(ty) => look(name.to_string(), &ty.description),
            ExtendedType::Scalar(ty) => look(name.to_string(), &ty.description),
        }
    }

    assert_eq!(bare, Vec::<String>::new());
}

#[test]
fn the_file_at_the_root_is_this_schema() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../schema.graphql");
    let file = std::fs::read_to_string(path).unwrap();

    assert!(file == loaded().sdl, "schema.graphql differs: run `cargo run -- schema > schema.graphql`");
}
