//! Leaves out of a schema what nobody can come to from a root: types that are written for every table and that some
//! tables have no use for.

use std::collections::{HashMap, HashSet};

use async_graphql::Positioned;
use async_graphql::parser::types::{
    FieldDefinition, InputValueDefinition, ServiceDocument, TypeDefinition, TypeKind,
    TypeSystemDefinition,
};

use super::types::base_name;

const ROOTS: [&str; 3] = ["Query", "Mutation", "Subscription"];

/// The document without types that are not reachable from the roots. Types that implement a reachable interface are
/// reachable.
pub fn only(document: ServiceDocument) -> ServiceDocument {
    let reached = reached(&document);
    let mut definitions = document.definitions;
    definitions.retain(|definition| match definition {
        TypeSystemDefinition::Type(ty) => reached.contains(ty.node.name.node.as_str()),
        _ => true,
    });
    ServiceDocument { definitions }
}

fn reached(document: &ServiceDocument) -> HashSet<String> {
    let types: HashMap<&str, &TypeDefinition> = document
        .definitions
        .iter()
        .filter_map(|definition| match definition {
            TypeSystemDefinition::Type(ty) => Some((ty.node.name.node.as_str(), &ty.node)),
            _ => None,
        })
        .collect();
    let mut implementers: HashMap<&str, Vec<&str>> = HashMap::new();
    for (name, ty) in &types {
        if let TypeKind::Object(object) = &ty.kind {
            for interface in &object.implements {
                implementers.entry(&interface.node).or_default().push(name);
            }
        }
    }
    let mut reached: HashSet<&str> = HashSet::new();
    let mut waiting: Vec<&str> = ROOTS.to_vec();
    while let Some(name) = waiting.pop() {
        if reached.insert(name)
            && let Some(ty) = types.get(name)
        {
            waiting.extend(next(ty));
            waiting.extend(implementers.get(name).into_iter().flatten());
        }
    }
    reached.into_iter().map(str::to_owned).collect()
}

/// The types that a type names.
fn next(ty: &TypeDefinition) -> Vec<&str> {
    match &ty.kind {
        TypeKind::Object(object) => {
            let interfaces = object.implements.iter().map(|name| name.node.as_str());
            of_fields(&object.fields).chain(interfaces).collect()
        }
        TypeKind::Interface(interface) => of_fields(&interface.fields).collect(),
        TypeKind::Union(union) => union.members.iter().map(|m| m.node.as_str()).collect(),
        TypeKind::InputObject(input) => of_inputs(&input.fields).collect(),
        TypeKind::Scalar | TypeKind::Enum(_) => Vec::new(),
    }
}

fn of_fields(fields: &[Positioned<FieldDefinition>]) -> impl Iterator<Item = &str> {
    fields.iter().flat_map(|field| {
        let own = base_name(&field.node.ty.node);
        std::iter::once(own).chain(of_inputs(&field.node.arguments))
    })
}

fn of_inputs(inputs: &[Positioned<InputValueDefinition>]) -> impl Iterator<Item = &str> {
    inputs.iter().map(|input| base_name(&input.node.ty.node))
}
