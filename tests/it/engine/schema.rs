use std::collections::{BTreeSet, HashMap, HashSet};

use async_graphql::{
    Positioned,
    parser::{
        parse_schema,
        types::{
            FieldDefinition, InputValueDefinition, TypeDefinition, TypeKind, TypeSystemDefinition,
        },
    },
};
use async_graphql_value::ConstValue;
use mindloom::{
    actions,
    auth::Role,
    graphql::{build_schema, read_model},
    schema::base_name,
};

use crate::support::{TestDb, assert_golden};

/// `schema.graphql` is what clients generate their types from, so it must be the schema that is
/// served. After a change of the schema: `UPDATE_GOLDEN=1 cargo test schema_file`.
#[tokio::test]
async fn the_schema_file_is_the_schema_that_is_served() {
    let test = TestDb::new().await;
    let model = read_model(&test.db).await.expect("the model");
    let schema = build_schema(&model, Role::Authenticated, &actions::registry()).expect("a schema");
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schema.graphql");
    let built = schema.sdl();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(path, &built).expect("schema.graphql is written");
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        kept == built,
        "schema.graphql is out of date: run with UPDATE_GOLDEN=1"
    );
}

/// What the service role may ask beyond `schema.graphql`, and what it may not ask of it.
#[tokio::test]
async fn the_service_roles_schema_differs_as_the_golden_file_says() {
    let test = TestDb::new().await;
    let model = read_model(&test.db).await.expect("the model");
    let lines = |role| -> BTreeSet<String> {
        let schema = build_schema(&model, role, &actions::registry()).expect("a schema");
        within_their_types(&schema.sdl())
    };
    let (users, service) = (lines(Role::Authenticated), lines(Role::ServiceRole));
    let more = service.difference(&users).map(|line| format!("+ {line}\n"));
    let less = users.difference(&service).map(|line| format!("- {line}\n"));
    assert_golden(
        "engine/service_schema.txt",
        &more.chain(less).collect::<String>(),
    );
}

/// The lines of a schema without its descriptions, each behind the type that it stands in.
fn within_their_types(sdl: &str) -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    let (mut ty, mut in_description) = ("", false);
    for line in sdl.lines() {
        let text = line.trim();
        if text.starts_with("\"\"\"") || in_description {
            // A description may begin and end in one line.
            in_description ^= text.matches("\"\"\"").count() == 1;
        } else if !line.starts_with([' ', '\t']) {
            ty = text.trim_end_matches(" {");
            lines.insert(ty.to_owned());
        } else {
            lines.insert(format!("{ty}: {text}"));
        }
    }
    lines
}

#[tokio::test]
async fn secrets_are_in_no_schema() {
    let test = TestDb::new().await;
    let model = read_model(&test.db).await.expect("the model");
    for role in [Role::Authenticated, Role::ServiceRole] {
        let sdl = build_schema(&model, role, &actions::registry())
            .expect("a schema")
            .sdl();
        for secret in ["apiKeyEncrypted", "sharePasswordHash", "encryptedPassword"] {
            assert!(
                !sdl.contains(&format!("{secret}: String")),
                "{secret} is in the schema of {role:?}"
            );
        }
    }
}

/// graphql-js can print a default of a custom scalar only when it is a string, a number or a boolean: an object or a
/// list there stops every tool that prints the schema.
#[tokio::test]
async fn defaults_are_such_that_every_tool_can_print_them() {
    const STANDARD: [&str; 5] = ["Boolean", "Float", "ID", "Int", "String"];
    let test = TestDb::new().await;
    let model = read_model(&test.db).await.expect("the model");
    for role in [Role::Authenticated, Role::ServiceRole] {
        let schema = build_schema(&model, role, &actions::registry()).expect("a schema");
        let document = parse_schema(schema.sdl()).expect("the exported schema is SDL");
        let types = || document.definitions.iter().filter_map(type_definition);
        let scalars: HashSet<&str> = types()
            .filter(|ty| matches!(ty.kind, TypeKind::Scalar))
            .map(|ty| ty.name.node.as_str())
            .filter(|name| !STANDARD.contains(name))
            .collect();
        assert!(scalars.contains("JSON"), "{scalars:?}");
        let mut defaults = 0;
        for value in types().flat_map(input_values) {
            let Some(default) = &value.default_value else {
                continue;
            };
            defaults += 1;
            let composed = matches!(default.node, ConstValue::Object(_) | ConstValue::List(_));
            let scalar = scalars.contains(base_name(&value.ty.node));
            assert!(
                !(matches!(default.node, ConstValue::Object(_)) || composed && scalar),
                "{}: {} = {}",
                value.name.node,
                value.ty.node,
                default.node
            );
        }
        assert!(defaults > 30, "{defaults}");
    }
}

fn type_definition(definition: &TypeSystemDefinition) -> Option<&TypeDefinition> {
    match definition {
        TypeSystemDefinition::Type(ty) => Some(&ty.node),
        _ => None,
    }
}

/// The arguments of a type's fields, and the fields of an input object.
fn input_values(ty: &TypeDefinition) -> Vec<&InputValueDefinition> {
    match &ty.kind {
        TypeKind::Object(object) => arguments(&object.fields),
        TypeKind::Interface(interface) => arguments(&interface.fields),
        TypeKind::InputObject(input) => input.fields.iter().map(|f| &f.node).collect(),
        _ => Vec::new(),
    }
}

fn arguments(fields: &[Positioned<FieldDefinition>]) -> Vec<&InputValueDefinition> {
    let all = fields.iter().flat_map(|field| &field.node.arguments);
    all.map(|argument| &argument.node).collect()
}

/// Documentation is written where the schema is, and a tool shows it where somebody types.
#[tokio::test]
async fn everything_in_both_schemas_is_described() {
    let test = TestDb::new().await;
    let model = read_model(&test.db).await.expect("the model");
    for role in [Role::Authenticated, Role::ServiceRole] {
        let schema = build_schema(&model, role, &actions::registry()).expect("a schema");
        let document = parse_schema(schema.sdl()).expect("the exported schema is SDL");
        let mut silent = Vec::new();
        let mut seen = 0;
        for ty in document.definitions.iter().filter_map(type_definition) {
            for (name, description) in described(ty) {
                seen += 1;
                if description.is_none_or(|text| text.trim().is_empty()) {
                    silent.push(name);
                }
            }
        }
        assert!(silent.is_empty(), "{role:?}: {silent:#?}");
        assert!(seen > 9_000, "{seen}");
    }
}

/// A type, its fields, values and arguments, each with its description.
fn described(ty: &TypeDefinition) -> Vec<(String, Option<&String>)> {
    let type_name = ty.name.node.as_str();
    let mut all = vec![(type_name.to_owned(), text(&ty.description))];
    let fields = match &ty.kind {
        TypeKind::Object(object) => object.fields.as_slice(),
        TypeKind::Interface(interface) => interface.fields.as_slice(),
        TypeKind::InputObject(input) => {
            let of = input.fields.iter().map(|field| &field.node);
            all.extend(of.map(|f| (format!("{type_name}.{}", f.name.node), text(&f.description))));
            &[]
        }
        TypeKind::Enum(values) => {
            let of = values.values.iter().map(|value| &value.node);
            all.extend(of.map(|v| {
                (
                    format!("{type_name}.{}", v.value.node),
                    text(&v.description),
                )
            }));
            &[]
        }
        _ => &[],
    };
    for field in fields {
        let field_name = format!("{type_name}.{}", field.node.name.node);
        for argument in &field.node.arguments {
            let name = format!("{field_name}({})", argument.node.name.node);
            all.push((name, text(&argument.node.description)));
        }
        all.push((field_name, text(&field.node.description)));
    }
    all
}

fn text(description: &Option<Positioned<String>>) -> Option<&String> {
    description.as_ref().map(|text| &text.node)
}

#[tokio::test]
async fn every_type_is_reachable_from_a_root() {
    let test = TestDb::new().await;
    let model = read_model(&test.db).await.expect("the model");
    for role in [Role::Authenticated, Role::ServiceRole] {
        let schema = build_schema(&model, role, &actions::registry()).expect("a schema");
        let document = parse_schema(schema.sdl()).expect("the exported schema is SDL");
        let types: HashMap<&str, &TypeDefinition> = document
            .definitions
            .iter()
            .filter_map(type_definition)
            .map(|ty| (ty.name.node.as_str(), ty))
            .collect();
        let mut reached = HashSet::from(["Query", "Mutation", "Subscription"]);
        let mut waiting: Vec<&str> = reached.iter().copied().collect();
        while let Some(name) = waiting.pop() {
            let ty = types.get(name);
            let implementers = types.values().filter(|ty| implements(ty, name));
            let named = ty.into_iter().flat_map(|ty| named_types(ty));
            for next in named.chain(implementers.map(|ty| ty.name.node.as_str())) {
                if reached.insert(next) {
                    waiting.push(next);
                }
            }
        }
        let mut lost: Vec<_> = types
            .keys()
            .filter(|name| !reached.contains(*name))
            .collect();
        lost.sort();
        assert!(lost.is_empty(), "{role:?}: {lost:?}");
    }
}

fn implements(ty: &TypeDefinition, interface: &str) -> bool {
    match &ty.kind {
        TypeKind::Object(object) => object.implements.iter().any(|i| i.node == interface),
        _ => false,
    }
}

/// The types of a type's fields and arguments, and the members of a union.
fn named_types(ty: &TypeDefinition) -> Vec<&str> {
    let mut named: Vec<&str> = input_values(ty)
        .into_iter()
        .map(|value| base_name(&value.ty.node))
        .collect();
    match &ty.kind {
        TypeKind::Object(object) => named.extend(field_types(&object.fields)),
        TypeKind::Interface(interface) => named.extend(field_types(&interface.fields)),
        TypeKind::Union(union) => named.extend(union.members.iter().map(|m| m.node.as_str())),
        _ => {}
    }
    named
}

fn field_types(fields: &[Positioned<FieldDefinition>]) -> impl Iterator<Item = &str> {
    fields.iter().map(|field| base_name(&field.node.ty.node))
}
