use std::collections::BTreeSet;

use super::*;

/// The variables of a document, as it declares them: their names, and whether they are needed.
fn declared(document: &str) -> BTreeSet<(String, bool)> {
    let document = async_graphql::parser::parse_query(document).expect("a document");
    let (_, operation) = document.operations.iter().next().expect("an operation");
    let variables = operation.node.variable_definitions.iter();
    variables
        .map(|variable| {
            let variable = &variable.node;
            let needed = !variable.var_type.node.nullable && variable.default_value.is_none();
            (variable.name.node.to_string(), needed)
        })
        .collect()
}

#[test]
fn a_tools_arguments_are_its_documents_variables() {
    for tool in all() {
        let told: BTreeSet<(String, bool)> = tool
            .arguments
            .iter()
            .filter(|argument| argument.name != "offset")
            .map(|argument| (argument.name.to_owned(), argument.is_needed))
            .collect();
        assert_eq!(told, declared(tool.document), "{}", tool.name);
        let paged = tool
            .arguments
            .iter()
            .any(|argument| argument.name == "offset");
        assert_eq!(paged, tool.texts == Texts::Paged, "{}", tool.name);
        let is_mutation = tool.document.trim_start().starts_with("mutation");
        assert_eq!(is_mutation, tool.writes, "{}", tool.name);
    }
}

#[test]
fn every_argument_has_a_schema_and_every_tool_a_name_of_its_own() {
    let mut names = BTreeSet::new();
    for tool in all() {
        assert!(names.insert(tool.name), "{}", tool.name);
        assert!(tool.description.len() > 20, "{}", tool.name);
        for argument in tool.arguments {
            let schema: Result<Map<String, Value>, _> = serde_json::from_str(argument.schema);
            assert!(schema.is_ok(), "{}: {}", tool.name, argument.name);
        }
        let schema = tool.schema();
        let properties = schema["properties"].as_object().expect("an object");
        assert_eq!(properties.len(), tool.arguments.len());
    }
    assert!(names.len() < 20, "few tools");
}

#[test]
fn unknown_arguments_are_named_and_null_is_none() {
    let tool = named("read_note").expect("a tool");
    let given = |value: Value| value.as_object().cloned().unwrap_or_default();
    let refused = tool.prepare(given(json!({"id": "x", "ID": "y"})));
    let refused = refused.err().expect("a refusal");
    assert!(
        refused.contains("\"ID\"") && refused.contains("id, offset"),
        "{refused}"
    );
    let prepared = tool.prepare(given(json!({"id": "x", "offset": null})));
    let prepared = prepared.expect("arguments");
    assert_eq!(prepared.variables.len(), 1);
    assert_eq!(prepared.cut, Cut::From(0));
    for offset in [json!(-1), json!("1"), json!(1.5)] {
        assert!(
            tool.prepare(given(json!({"id": "x", "offset": offset})))
                .is_err()
        );
    }
}

#[test]
fn long_texts_are_cut_between_characters() {
    let mut list =
        json!({"notes": {"nodes": [{"content": "é".repeat(1_000), "title": "é".repeat(1_000)}]}});
    Cut::Begun.apply(&mut list);
    let node = &list["notes"]["nodes"][0];
    assert_eq!(
        node["content"].as_str().expect("a text").chars().count(),
        401
    );
    assert_eq!(
        node["title"].as_str().expect("a text").chars().count(),
        1_000
    );
    let whole = "ab".repeat(30_000);
    let (mut read, mut offset) = (String::new(), Some(0));
    while let Some(from) = offset {
        let mut page = json!({"document": {"content": whole}});
        Cut::From(from).apply(&mut page);
        read.push_str(page["document"]["content"].as_str().expect("a text"));
        offset = page["document"]["nextOffset"]
            .as_u64()
            .map(|next| next as usize);
    }
    assert_eq!(read, whole);
    let mut beyond = json!({"content": "ab"});
    Cut::From(5).apply(&mut beyond);
    assert_eq!(beyond, json!({"content": ""}));
}
