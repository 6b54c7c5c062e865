//! `cargo bench --bench documents`: what it costs to judge a document that is not known yet, to look at
//! the variables of one that is, and to read the schema that both are judged by.
//!
//! The schema is `schema.graphql`; no database takes part.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use async_graphql::parser::{
    parse_schema,
    types::{ExecutableDocument, OperationDefinition},
};
use clap::Parser;
use mindloom::{
    config::Settings,
    engine::input::{Scope, Variables, check_variables},
    graphql::{Limits, validation::validate},
    schema::{Rules, Types},
};
use serde_json::json;

type Failure = Box<dyn std::error::Error + Send + Sync>;

const SCHEMA: &str = include_str!("../schema.graphql");

const LIST: &str = "query ($cluster: UUID, $first: Int) { notes(where: {clusterId: {eq: $cluster}}, orderBy: [{createdAt: DESC}], first: $first) { nodes { id content createdAt } } }";

/// Measures the judging of documents.
#[derive(Parser)]
struct Options {
    /// How often each is done.
    #[arg(long, default_value_t = 5_000)]
    rounds: usize,
    /// What cargo passes to every benchmark.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> Result<(), Failure> {
    let options = Options::parse();
    let limits = Limits::new(Settings::from_flags(Vec::<String>::new())?.limits);
    let memory_before = resident_bytes();
    let begun = Instant::now();
    let rules = Rules::new(|| SCHEMA.to_owned());
    rules.schema()?;
    let took = begun.elapsed();
    let grown = resident_bytes().saturating_sub(memory_before);
    println!(
        "reading the schema ({} KB): {took:?}, {} KB resident",
        SCHEMA.len() / 1024,
        grown / 1024
    );
    for (name, document) in [
        ("list", LIST.to_owned()),
        ("2 KB", long(2_048)),
        ("20 KB", long(20_480)),
    ] {
        let times = times(options.rounds, || {
            drop(black_box(validate(&rules, &limits, &document)))
        });
        if let Err(faults) = validate(&rules, &limits, &document) {
            return Err(format!("{name}: {}", faults[0].error).into());
        }
        println!(
            "judging {name} ({} bytes): {}",
            document.len(),
            shown(&times)
        );
    }
    let spoilt = LIST
        .replace("content", "contant")
        .replace("$first)", "$furst)");
    let times_wrong = times(options.rounds, || {
        drop(black_box(validate(&rules, &limits, &spoilt)))
    });
    println!("refusing a list with two typos: {}", shown(&times_wrong));

    let types = Types::new(&parse_schema(SCHEMA)?);
    let (document, _) =
        validate(&rules, &limits, LIST).map_err(|faults| faults[0].error.to_string())?;
    let operation = only_operation(&document)?;
    let variables = json!({"cluster": "0197e9a2-7b3c-7d4e-8f5a-6b7c8d9e0f1a", "first": 20});
    let variables: Variables = serde_json::from_value(variables)?;
    let mut shape = Vec::new();
    let looked = times(options.rounds, || {
        shape.clear();
        let scope = Scope {
            types: &types,
            definitions: &operation.variable_definitions,
            variables: &variables,
        };
        drop(black_box(check_variables(scope, &mut shape)));
    });
    println!(
        "looking at the variables of a known document: {}",
        shown(&looked)
    );
    Ok(())
}

fn only_operation(document: &ExecutableDocument) -> Result<&OperationDefinition, Failure> {
    let operation = document.operations.iter().next();
    operation
        .map(|(_, operation)| &operation.node)
        .ok_or_else(|| "no operation".into())
}

/// A document of about so many bytes, as an application's page asks: lists with conditions, nested
/// lists, fragments.
fn long(bytes: usize) -> String {
    let mut document =
        String::from("query Page($cluster: UUID, $text: String!, $first: Int = 20) {\n");
    let fragment =
        "fragment Row on Note { id content createdAt updatedAt tags cluster { id title } }\n";
    let mut n = 0;
    while document.len() + fragment.len() < bytes {
        n += 1;
        document.push_str(&format!(
            "  notes{n}: notes(where: {{and: [{{clusterId: {{eq: $cluster}}}}, {{or: [{{content: {{contains: $text}}}}, {{tags: {{overlaps: [\"a\", \"b\"]}}}}]}}]}}, orderBy: [{{createdAt: DESC}}, {{id: ASC}}], first: $first) {{\n    totalCount\n    nodes {{ ...Row user {{ id }} }}\n    pageInfo {{ hasNextPage endCursor }}\n  }}\n"
        ));
    }
    document.push_str("}\n");
    document.push_str(fragment);
    document
}

fn times(rounds: usize, mut work: impl FnMut()) -> Vec<Duration> {
    for _ in 0..rounds / 10 {
        work();
    }
    let mut times: Vec<Duration> = (0..rounds)
        .map(|_| {
            let begun = Instant::now();
            work();
            begun.elapsed()
        })
        .collect();
    times.sort_unstable();
    times
}

fn shown(times: &[Duration]) -> String {
    let at = |share: usize| {
        times
            .get(times.len() * share / 100)
            .copied()
            .unwrap_or_default()
    };
    format!("median {:?}, p99 {:?}", at(50), at(99))
}

/// What the process holds in memory; nothing where the system does not say.
fn resident_bytes() -> usize {
    const PAGE_BYTES: usize = 4_096;
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = statm
        .split_whitespace()
        .nth(1)
        .and_then(|pages| pages.parse::<usize>().ok());
    pages.unwrap_or_default() * PAGE_BYTES
}
