use async_graphql::parser::parse_query;
use clap::{Args, FromArgMatches};
use serde_json::{Map, Value, json};

use super::Limits;
use crate::{
    config::LimitSettings,
    error::{Code, Result},
};

fn limits(flags: &[&str]) -> Limits {
    let command = LimitSettings::augment_args(clap::Command::new("limits"));
    let arguments = std::iter::once("limits").chain(flags.iter().copied());
    let matches = command.try_get_matches_from(arguments).unwrap();
    Limits::new(LimitSettings::from_arg_matches(&matches).unwrap())
}

fn check(limits: &Limits, document: &str, variables: Value) -> Result<()> {
    limits.check_text(document)?;
    let shapes = limits.check_document(&parse_query(document).unwrap())?;
    let variables = variables.as_object().cloned().unwrap_or_else(Map::new);
    limits.check_operation(&shapes, None, &variables)
}

/// The limit that refuses a document, by name.
fn refused(limits: &Limits, document: &str, variables: Value) -> String {
    let error = check(limits, document, variables).unwrap_err();
    assert_eq!(error.code(), Code::LimitExceeded, "{error}");
    error.details()["limit"].as_str().unwrap().to_owned()
}

/// The smallest `max_cost` with which a document passes.
fn cost(document: &str, variables: &Value) -> u64 {
    let passes = |cost: u64| {
        check(
            &limits(&["--max-cost", &cost.to_string()]),
            document,
            variables.clone(),
        )
        .is_ok()
    };
    let (mut low, mut high) = (1, 1_000_000);
    while low < high {
        let middle = (low + high) / 2;
        if passes(middle) {
            high = middle
        } else {
            low = middle + 1
        }
    }
    low
}

#[test]
fn pages_multiply_what_lies_below_their_rows() {
    let none = json!({});
    assert_eq!(cost("{ version }", &none), 1);
    // 1 for notes, 1 for totalCount, 10 × (nodes + id + title).
    assert_eq!(
        cost(
            "{ notes(first: 10) { totalCount nodes { id title } } }",
            &none
        ),
        2 + 30
    );
    assert_eq!(
        cost("{ notes { edges { node { id } } } }", &none),
        1 + 50 * 3
    );
    let nested = "query ($n: Int = 5) { a: clusters(first: $n) { nodes { notes(last: 10) { nodes { id } } } } }";
    assert_eq!(cost(nested, &none), 1 + 5 * (1 + 1 + 10 * 2));
    assert_eq!(cost(nested, &json!({"n": 7})), 1 + 7 * (1 + 1 + 10 * 2));
    let fragments = "{ notes(first: 3) { ...C } } fragment C on NoteConnection { ... on X { nodes { id } } pageInfo { endCursor } }";
    assert_eq!(cost(fragments, &none), 1 + 2 + 3 * 2);
    // Groups come by the page, too; numbers over all rows are one row.
    let groups = "{ notesAggregate(groupBy: [{column: CONTENT}]) { count group { content } } }";
    assert_eq!(cost(groups, &none), 1 + 1_000 * 3);
    assert_eq!(
        cost(&groups.replace("groupBy", "first: 7, groupBy"), &none),
        1 + 7 * 3
    );
    assert_eq!(cost("{ notesAggregate { count } }", &none), 2);
}

#[test]
fn groups_without_a_size_cost_as_many_as_there_may_be() {
    let none = json!({});
    let groups = "{ notesAggregate(groupBy: [{column: CONTENT}]) { count } }";
    let filled = "{ notesAggregate(groupBy: [{column: CREATED_AT, truncate: DAY, fill: {from: $a, to: $b}}]) { count } }";
    let written = "query ($by: [NoteGrouping!]) { notesAggregate(groupBy: $by) { count } }";
    let entry = "query ($by: NoteGrouping!) { notesAggregate(groupBy: [$by]) { count } }";
    for (document, most) in [
        (groups, 1_000),
        (filled, 10_000),
        (written, 10_000),
        (entry, 10_000),
    ] {
        assert_eq!(cost(document, &none), 1 + most, "{document}");
        // Null is no size, be it written, a variable's value or its absence.
        let nothing = document.replace("groupBy", "first: null, groupBy");
        assert_eq!(cost(&nothing, &none), 1 + most, "{nothing}");
        let variable = document.replace("groupBy", "first: $n, groupBy");
        assert_eq!(cost(&variable, &none), 1 + most, "{variable}");
        assert_eq!(cost(&variable, &json!({"n": null})), 1 + most, "{variable}");
        assert_eq!(cost(&variable, &json!({"n": 7})), 1 + 7, "{variable}");
        let default = variable.replace("{ notes", "query ($n: Int = 3) { notes");
        if default.starts_with("query ($n") {
            assert_eq!(cost(&default, &none), 1 + 3, "{default}");
        }
    }
    // What is filled in may be more than a page, and is no page that is asked for.
    let limits = limits(&["--max-page-size", "20"]);
    check(&limits, filled, json!({})).unwrap();
    let asked = filled.replace("groupBy", "first: 21, groupBy");
    assert_eq!(refused(&limits, &asked, json!({})), "pageSize");
}

#[test]
fn each_limit_refuses_by_its_name() {
    let strict = limits(&[
        "--max-depth",
        "4",
        "--max-aliases",
        "2",
        "--max-fields",
        "10",
        "--max-page-size",
        "20",
    ]);
    assert!(check(&strict, "{ a { b { c { d } } } }", json!({})).is_ok());
    assert_eq!(
        refused(&strict, "{ a { b { c { d { e } } } } }", json!({})),
        "depth"
    );
    assert_eq!(
        refused(
            &strict,
            "{ a { ...F } } fragment F on T { b { c { d { e } } } }",
            json!({})
        ),
        "depth"
    );
    assert_eq!(refused(&strict, "{ x: a y: a z: a }", json!({})), "aliases");
    assert_eq!(
        refused(&strict, "{ a b c d e f g h i j k }", json!({})),
        "fields"
    );
    assert_eq!(
        refused(&strict, "{ notes(first: 21) { nodes { id } } }", json!({})),
        "pageSize"
    );
    assert_eq!(
        refused(
            &strict,
            "query ($n: Int) { notes(last: $n) { nodes { id } } }",
            json!({"n": 21})
        ),
        "pageSize"
    );
    assert_eq!(
        refused(
            &limits(&["--max-document-bytes", "256"]),
            &" ".repeat(257),
            json!({})
        ),
        "documentBytes"
    );
}

#[test]
fn hostile_documents_are_refused_at_once() {
    let limits = limits(&[]);
    let aliases: String = (0..10_000).map(|n| format!("a{n}: version ")).collect();
    let deep = format!("{{ a {} }}", "{ a ".repeat(500) + &"}".repeat(500));
    let values = format!("{{ a(b: {}{}) }}", "[".repeat(500), "]".repeat(500));
    // 2^60 fields.
    let bomb: String = (0..60)
        .map(|n| format!("fragment F{n} on Q {{ ...F{m} ...F{m} }} ", m = n + 1))
        .collect();
    let bomb = format!("{{ ...F0 }} {bomb} fragment F60 on Q {{ version }}");
    let chain: String = (0..900)
        .map(|n| format!("fragment F{n} on Q {{ ...F{} }} ", n + 1))
        .collect();
    let chain = format!("{{ ...F0 }} {chain} fragment F900 on Q {{ version }}");
    let begin = std::time::Instant::now();
    for document in [&format!("{{ {aliases} }}"), &deep, &values, &bomb, &chain] {
        refused(&limits, document, json!({}));
    }
    // The parser takes part of it; a debug build is several times slower than the one that is shipped.
    assert!(begin.elapsed().as_millis() < 500, "{:?}", begin.elapsed());
}

#[test]
fn fragments_that_spread_themselves_are_invalid() {
    let cycle = "{ ...A } fragment A on Q { ...B } fragment B on Q { a { ...A } }";
    assert_eq!(
        check(&limits(&[]), cycle, json!({})).unwrap_err().code(),
        Code::GraphqlValidationFailed
    );
    let unused = "{ a } fragment A on Q { ...A }";
    assert_eq!(
        check(&limits(&[]), unused, json!({})).unwrap_err().code(),
        Code::GraphqlValidationFailed
    );
}

#[test]
fn the_introspection_of_tools_passes() {
    let of_type = "ofType { kind name ".repeat(9) + &"}".repeat(9);
    let document = format!(
        "{{ __schema {{ types {{ fields {{ args {{ type {{ kind name {of_type} }} }} }} }} directives {{ name }} }} }}"
    );
    check(&limits(&[]), &document, json!({})).unwrap();
}

#[test]
fn a_lower_maximum_lowers_the_default_page_too() {
    let lowered = limits(&["--max-page-size", "2", "--default-page-size", "50"]);
    assert_eq!(lowered.settings().default_page_rows(), 2);
    // A page costs by its rows: 1, and 2 for each of at most 2 rows.
    let lists = limits(&["--max-page-size", "2", "--max-cost", "10"]);
    check(&lists, "{ notes { nodes { id } } }", json!({})).unwrap();
    let refused = limits(&["--max-page-size", "50", "--max-cost", "10"]);
    check(&refused, "{ notes { nodes { id } } }", json!({})).unwrap_err();
}
