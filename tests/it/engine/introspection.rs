//! Questions about the schema are answered as async-graphql answers them.

use mindloom::{
    actions,
    auth::{Caller, Role},
    graphql::{build_schemas, read_model},
};
use serde_json::{Map, Value, json};

use crate::support::TestApi;

const STANDARD: &str = include_str!("introspection.graphql");

const QUESTIONS: [(&str, &str); 6] = [
    (STANDARD, "{}"),
    (
        "query ($name: String!, $all: Boolean = true) { a: __type(name: $name) { ...T } b: __type(name: \"NoSuchType\") { ...T }
          __schema { __typename queryType { n: name kind } directives { __typename locations args(includeDeprecated: $all) { name } } } }
         fragment T on __Type { kind fields(includeDeprecated: $all) { __typename name type { ...W ofType { ...W ofType { ...W } } } } }
         fragment W on __Type { __typename kind name description fields { name } enumValues { name } inputFields { name } isOneOf }",
        r#"{"name": "Note"}"#,
    ),
    (
        "query ($name: String!, $all: Boolean = false) { __type(name: $name) { ... on __Type { inputFields(includeDeprecated: $all)
          { name defaultValue type { name ofType { name inputFields { name @skip(if: $all) } } } } } possibleTypes { name } interfaces { name } } }",
        r#"{"name": "NoteFilter", "all": false}"#,
    ),
    (
        "{ __type(name: \"Node\") { name possibleTypes { name interfaces { name possibleTypes { name } } } } }",
        "{}",
    ),
    (
        "{ __schema { types { name } types { kind } mutationType { fields(includeDeprecated: false) { name args { name type { name kind } } } } } }",
        "{}",
    ),
    (
        "{ __schema { subscriptionType { fields { name isDeprecated deprecationReason } } description } }",
        "{}",
    ),
];

#[tokio::test]
async fn every_question_has_async_graphqls_answer() {
    let api = TestApi::new().await;
    let model = read_model(&api.test.db).await.expect("a model");
    let (users, service) = build_schemas(&model, &actions::registry()).expect("two schemas");
    let claims = Map::from_iter([("role".to_owned(), json!("service_role"))]);
    let operator = Caller::from_claims(Role::ServiceRole, claims);
    for (caller, schema) in [(Caller::anonymous(), users), (operator, service)] {
        for (query, variables) in QUESTIONS {
            let variables: Value = serde_json::from_str(variables).expect("JSON");
            let asked = async_graphql::Request::new(query)
                .variables(async_graphql::Variables::from_json(variables.clone()));
            let mut expected = schema.dynamic.execute(asked).await;
            say_nothing_of_the_schema(&mut expected.data);
            assert_eq!(expected.errors, [], "{query}");
            // As text: the order of fields is part of the answer.
            let expected = serde_json::to_string(&expected.data).expect("JSON");
            let given = api.bytes(&caller, query, variables).await;
            let given = String::from_utf8(given).expect("text");
            assert_eq!(given, format!("{{\"data\":{expected}}}"), "{query}");
        }
    }
}

/// async-graphql says of every schema what a schema is; this one says nothing of itself.
fn say_nothing_of_the_schema(data: &mut async_graphql::Value) {
    if let async_graphql::Value::Object(fields) = data
        && let Some(async_graphql::Value::Object(schema)) = fields.get_mut("__schema")
        && let Some(description) = schema.get_mut("description")
    {
        *description = async_graphql::Value::Null;
    }
}

#[tokio::test]
async fn nothing_that_introspection_has_is_left_out() {
    const LEAVES: &str = "{ __type(name: $type) { fields { name type { ...T } args { name } } } }";
    let api = TestApi::new().await;
    let nobody = Caller::anonymous();
    let query = format!(
        "query ($type: String!) {LEAVES} fragment T on __Type {{ kind ofType {{ kind ofType {{ kind ofType {{ kind }} }} }} }}"
    );
    let mut seen = 0;
    for (type_name, path) in [
        ("__Schema", "__schema { FIELDS }"),
        ("__Type", "__type(name: \"Note\") { FIELDS }"),
        ("__Field", "__type(name: \"Note\") { fields { FIELDS } }"),
        (
            "__InputValue",
            "__type(name: \"NoteFilter\") { inputFields { FIELDS } }",
        ),
        (
            "__EnumValue",
            "__type(name: \"OrderDirection\") { enumValues { FIELDS } }",
        ),
        ("__Directive", "__schema { directives { FIELDS } }"),
    ] {
        let described = api.data(&nobody, &query, json!({"type": type_name})).await;
        let fields = described["__type"]["fields"].as_array().expect("fields");
        for field in fields {
            let name = field["name"].as_str().expect("a name");
            let is_object = field["type"].to_string().contains("\"OBJECT\"");
            let selected = match is_object {
                true => format!("{name} {{ __typename }}"),
                false => name.to_owned(),
            };
            let answer = api
                .data(
                    &nobody,
                    &format!("{{ {} }}", path.replace("FIELDS", &selected)),
                    json!({}),
                )
                .await;
            let text = answer.to_string();
            assert!(
                [
                    "description",
                    "deprecationReason",
                    "specifiedByURL",
                    "isOneOf",
                    "defaultValue",
                    "possibleTypes",
                    "enumValues",
                    "inputFields",
                    "ofType"
                ]
                .contains(&name)
                    || !text.contains(&format!("\"{name}\":null")),
                "{type_name}.{name}: {text}"
            );
            seen += 1;
        }
    }
    assert!(seen > 30, "{seen} fields");
}

#[tokio::test]
async fn types_that_are_opened_again_and_again_end_at_a_limit() {
    let api = TestApi::new().await;
    // Every table is a Node, and Node is every table's.
    let mut query = "name".to_owned();
    for _ in 0..4 {
        query = format!("possibleTypes {{ interfaces {{ {query} }} }}");
    }
    let query = format!("{{ __type(name: \"Node\") {{ {query} }} }}");
    let (code, message, _) = api.error(&Caller::anonymous(), &query, json!({})).await;
    assert_eq!(code, "LIMIT_EXCEEDED");
    assert!(
        message.starts_with("The answer about the schema"),
        "{message}"
    );
}
