//! Random documents of the whole schema: whatever is asked, the server knows why it says no.

use std::collections::HashMap;

use mindloom::auth::{Caller, Role};
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::{Map, Value, json};

use crate::support::TestApi;

const DOCUMENTS: u64 = 400;

const INTROSPECTION: &str = "{ __schema { types { kind name
    fields { name args { name type { ...T } } type { ...T } }
    inputFields { name type { ...T } }
    enumValues { name } possibleTypes { name } } } }
  fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";

#[tokio::test]
async fn random_documents_are_never_an_internal_error() {
    // The log says what an INTERNAL hides.
    let _ = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::ERROR)
        .with_test_writer()
        .try_init();
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let admin = api.test.admin("admin@example.org").await;
    let service = Map::from_iter([("role".to_owned(), json!("service_role"))]);
    let service = Caller::from_claims(Role::ServiceRole, service);
    let mut wrong = Vec::new();
    for (caller, seed) in [
        (&ada, 0),
        (&admin, 1),
        (&service, 2),
        (&Caller::anonymous(), 3),
    ] {
        let schema = Types::read(&api.ask(caller, INTROSPECTION, json!({})).await);
        for seed in (seed * DOCUMENTS)..(seed + 1) * DOCUMENTS {
            let mut random = StdRng::seed_from_u64(seed);
            let (keyword, root) =
                [("query", "Query"), ("mutation", "Mutation")][usize::from(seed % 3 == 0)];
            let document = format!("{keyword} {}", schema.selection(&mut random, root, 4));
            let answer = api.ask(caller, &document, json!({})).await;
            assert!(
                answer.get("data").is_some() || answer.get("errors").is_some(),
                "{answer}"
            );
            if codes(&answer).contains(&"INTERNAL") {
                wrong.push(format!("seed {seed}: {document}\n{}", answer["errors"]));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} documents:\n{}",
        wrong.len(),
        wrong.join("\n\n")
    );
}

/// The types of a schema, from its introspection.
struct Types(HashMap<String, Value>);

impl Types {
    fn read(answer: &Value) -> Self {
        let types = answer["data"]["__schema"]["types"]
            .as_array()
            .expect("an introspection");
        Types(
            types
                .iter()
                .map(|ty| (name(ty).to_owned(), ty.clone()))
                .collect(),
        )
    }

    /// Some fields of a type with some of their arguments.
    fn selection(&self, random: &mut StdRng, type_name: &str, depth: u32) -> String {
        let ty = &self.0[type_name];
        let mut out = String::from("{ __typename ");
        let none = Vec::new();
        if let Some(possible) = ty["possibleTypes"]
            .as_array()
            .filter(|types| !types.is_empty())
        {
            let one = name(&possible[random.random_range(0..possible.len())]);
            out += &format!(
                "... on {one} {} ",
                self.selection(random, one, depth.saturating_sub(1))
            );
        }
        let fields = ty["fields"].as_array().unwrap_or(&none);
        for place in 0..random.random_range(1..4) {
            if fields.is_empty() {
                break;
            }
            let field = &fields[random.random_range(0..fields.len())];
            let inner = named(&field["type"]);
            let composite = matches!(
                self.0[inner]["kind"].as_str(),
                Some("OBJECT" | "INTERFACE" | "UNION")
            );
            if composite && depth == 0 {
                continue;
            }
            out += &format!(
                "f{place}: {}{} ",
                name(field),
                self.arguments(random, field)
            );
            if composite {
                out += &self.selection(random, inner, depth - 1);
            }
        }
        out + "}"
    }

    fn arguments(&self, random: &mut StdRng, field: &Value) -> String {
        let none = Vec::new();
        let mut given = Vec::new();
        for argument in field["args"].as_array().unwrap_or(&none) {
            if argument["type"]["kind"] == "NON_NULL" || random.random_bool(0.25) {
                let value = self.value(random, &argument["type"], 3);
                given.push(format!("{}: {value}", name(argument)));
            }
        }
        if given.is_empty() {
            String::new()
        } else {
            format!("({})", given.join(", "))
        }
    }

    fn value(&self, random: &mut StdRng, ty: &Value, depth: u32) -> String {
        match ty["kind"].as_str() {
            Some("NON_NULL") => self.value_not_null(random, &ty["ofType"], depth),
            _ if random.random_bool(0.07) => "null".to_owned(),
            _ => self.value_not_null(random, ty, depth),
        }
    }

    fn value_not_null(&self, random: &mut StdRng, ty: &Value, depth: u32) -> String {
        match ty["kind"].as_str() {
            Some("LIST") => {
                let count = random.random_range(0..3);
                let values: Vec<String> = (0..count)
                    .map(|_| self.value(random, &ty["ofType"], depth))
                    .collect();
                format!("[{}]", values.join(", "))
            }
            Some("ENUM") => {
                let values = self.0[name(ty)]["enumValues"].as_array().expect("values");
                name(&values[random.random_range(0..values.len())]).to_owned()
            }
            Some("INPUT_OBJECT") => self.input_object(random, name(ty), depth),
            _ => scalar(random, name(ty)),
        }
    }

    fn input_object(&self, random: &mut StdRng, type_name: &str, depth: u32) -> String {
        let fields = self.0[type_name]["inputFields"].as_array().expect("fields");
        let likely = if depth == 0 {
            0.0
        } else {
            (2.0 / fields.len() as f64).min(0.6)
        };
        let mut given = Vec::new();
        for field in fields {
            if field["type"]["kind"] == "NON_NULL" || random.random_bool(likely) {
                let value = self.value(random, &field["type"], depth.saturating_sub(1));
                given.push(format!("{}: {value}", name(field)));
            }
        }
        format!("{{{}}}", given.join(", "))
    }
}

/// A literal of a scalar type: plain, at the edge, or wrong.
fn scalar(random: &mut StdRng, ty: &str) -> String {
    let text = [
        r#""""#,
        r#""a""#,
        r#""'; drop table notes; --""#,
        r#""%_\\""#,
        r#""a\u0000b""#,
        r#""(((""#,
        r#""\\""#,
        r#""é😀 two words""#,
        r#""$1""#,
        r#""hour""#,
        r#""UTC""#,
    ];
    let pool: &[&str] = match ty {
        "Int" => &["0", "1", "-1", "5", "2147483647", "-2147483648"],
        "Float" => &["0", "-0.5", "1e308", "1e-308", "0.99"],
        "Boolean" => &["true", "false"],
        "UUID" => &[
            r#""0197e9a2-7b3c-7d4e-8f5a-6b7c8d9e0f1a""#,
            r#""00000000-0000-0000-0000-000000000000""#,
            r#""x""#,
        ],
        "DateTime" => &[
            r#""2026-05-01T08:30:00Z""#,
            r#""infinity""#,
            r#""-infinity""#,
            r#""-004713-11-24T00:00:00Z""#,
            r#""+294276-12-31T23:59:59Z""#,
            r#""yesterday""#,
        ],
        "Date" => &[r#""2026-05-01""#, r#""infinity""#, r#""2026-02-30""#],
        "BigInt" => &[
            "1",
            r#""9223372036854775807""#,
            r#""-9223372036854775808""#,
            r#""1.5""#,
        ],
        "Decimal" => &[
            "0.5",
            r#""NaN""#,
            r#""-Infinity""#,
            r#""1e1000""#,
            r#""99999999999999999999.99""#,
        ],
        "JSON" => &[
            "{a: 1}",
            "[]",
            r#""text""#,
            "1",
            "true",
            r#"{a: "b\u0000"}"#,
            "{a: {b: [null]}}",
        ],
        "Vector" => &["[1, 2, 3]", "[]", r#""x""#],
        "Inet" => &[r#""10.0.0.1""#, r#""::1/64""#, r#""10.0.0""#],
        "Bytes" => &[r#""AAEC""#, r#""""#, r#""?""#],
        "Interval" => &[
            r#""P1D""#,
            r#""PT0.000001S""#,
            r#""infinity""#,
            r#""1 day""#,
        ],
        _ => &text,
    };
    pool[random.random_range(0..pool.len())].to_owned()
}

fn name(value: &Value) -> &str {
    value["name"].as_str().expect("a name")
}

/// The name of the type inside lists and non-nulls.
fn named(ty: &Value) -> &str {
    if ty["ofType"].is_null() {
        name(ty)
    } else {
        named(&ty["ofType"])
    }
}

/// The codes of an answer's errors.
fn codes(answer: &Value) -> Vec<&str> {
    let errors = answer["errors"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    errors
        .iter()
        .map(|error| error["extensions"]["code"].as_str().expect("a code"))
        .collect()
}
