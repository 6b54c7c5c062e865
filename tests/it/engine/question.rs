//! Random questions about notes and clusters, each as GraphQL arguments and as SQL.

use rand::{Rng, rngs::StdRng, seq::IndexedRandom};
use serde_json::{Value, json};

/// What the notes of these tests contain: few values, so that many are equal, and awkward ones.
pub const CONTENTS: [&str; 9] = [
    "alpha",
    "beta",
    "Alpha beta",
    "100%",
    "a_b",
    "it's \"quoted\" \\ so",
    "two\nlines",
    "ünï",
    "zeta one two three",
];
/// When the notes were made or deleted.
pub const TIMES: [&str; 4] = [
    "2025-03-01T00:00:00Z",
    "2025-03-01T00:00:00.000001Z",
    "2025-06-30T23:59:59.5Z",
    "2024-12-31T22:00:00Z",
];
/// What the clusters are called.
pub const TITLES: [&str; 4] = ["Alpha", "beta", "Beta", "it's 5% \\"];
/// How sure the machine was of a cluster.
pub const SCORES: [&str; 4] = ["0.00", "0.25", "0.50", "1.00"];
/// The labels of `cluster_status` and their names.
pub const STATUSES: [(&str, &str); 3] = [
    ("suggested", "SUGGESTED"),
    ("accepted", "ACCEPTED"),
    ("dismissed", "DISMISSED"),
];
/// The tags of notes.
pub const TAGS: [&str; 4] = ["a", "b", "c d", "é"];
const ORDERS: [(&str, &str); 6] = [
    ("ASC", "asc nulls last"),
    ("DESC", "desc nulls first"),
    ("ASC_NULLS_FIRST", "asc nulls first"),
    ("ASC_NULLS_LAST", "asc nulls last"),
    ("DESC_NULLS_FIRST", "desc nulls first"),
    ("DESC_NULLS_LAST", "desc nulls last"),
];

/// The same condition twice.
pub struct Condition {
    /// As the value of `where`; the names of enum values are strings.
    pub input: Value,
    /// As SQL.
    pub sql: String,
}

/// The same order twice.
pub struct Order {
    /// As the value of `orderBy`.
    pub input: Value,
    /// As SQL over `n`, and over `nc` for the note's cluster; the id breaks ties.
    pub sql: String,
}

/// A condition on the note `alias`.
pub fn note_condition(random: &mut StdRng, alias: &str, depth: u32) -> Condition {
    if let Some(combined) = combination(random, alias, depth, note_condition) {
        return combined;
    }
    let at = |name: &str| format!("{alias}.{name}");
    match random.random_range(0..10) {
        0 | 1 => text(random, "content", &at("content"), &CONTENTS),
        2 => number(random, "wordCount", &at("word_count")),
        3 => time(random, "createdAt", &at("created_at")),
        4 => time(random, "deletedAt", &at("deleted_at")),
        5 => is_null(random, "clusterId", &at("cluster_id")),
        6 => is_null(random, "deletedAt", &at("deleted_at")),
        7 => tags(random, &at("tags")),
        8 => metadata(random, &at("metadata")),
        _ => {
            let to = format!("{alias}c");
            let inner = cluster_condition(random, &to, depth.saturating_sub(1));
            Condition {
                input: json!({ "cluster": inner.input }),
                sql: format!(
                    "exists (select from public.clusters {to} where {to}.id = {alias}.cluster_id and {})",
                    inner.sql
                ),
            }
        }
    }
}

/// What must hold, beside a condition, for a note to be in a list: that it is not in the bin, unless the
/// condition speaks of that.
pub fn kept(condition: &Value, alias: &str) -> String {
    if speaks_of_the_bin(condition) {
        "true".to_owned()
    } else {
        format!("{alias}.deleted_at is null")
    }
}

fn speaks_of_the_bin(condition: &Value) -> bool {
    let one = |(name, inner): (&String, &Value)| match name.as_str() {
        "deletedAt" => true,
        "and" | "or" => inner
            .as_array()
            .is_some_and(|all| all.iter().any(speaks_of_the_bin)),
        "not" => speaks_of_the_bin(inner),
        _ => false,
    };
    condition
        .as_object()
        .is_some_and(|fields| fields.iter().any(one))
}

/// A condition on the cluster `alias`.
pub fn cluster_condition(random: &mut StdRng, alias: &str, depth: u32) -> Condition {
    if let Some(combined) = combination(random, alias, depth, cluster_condition) {
        return combined;
    }
    let at = |name: &str| format!("{alias}.{name}");
    match random.random_range(0..if depth > 0 { 5 } else { 3 }) {
        0 => text(random, "title", &at("title"), &TITLES),
        1 => {
            let score = pick(random, &SCORES);
            let (name, operator) = comparison(random);
            compared(
                "confidenceScore",
                &at("confidence_score"),
                name,
                operator,
                score,
            )
        }
        2 => {
            let (label, name) = pick(random, &STATUSES);
            let column = at("status");
            match random.random_range(0..3) {
                0 => condition("status", "eq", name, format!("{column} = '{label}'")),
                1 => condition(
                    "status",
                    "ne",
                    name,
                    format!("{column} is distinct from '{label}'"),
                ),
                _ => condition(
                    "status",
                    "in",
                    json!([name]),
                    format!("{column} = '{label}'"),
                ),
            }
        }
        _ => {
            let to = format!("{alias}n");
            let inner = note_condition(random, &to, depth - 1);
            let kept = kept(&inner.input, &to);
            let rows = format!(
                "select from public.notes {to} where {to}.cluster_id = {alias}.id and {kept} and "
            );
            let (quantifier, sql) = match random.random_range(0..3) {
                0 => ("some", format!("exists ({rows} ({}))", inner.sql)),
                1 => ("none", format!("not exists ({rows} ({}))", inner.sql)),
                _ => (
                    "every",
                    format!("not exists ({rows} ({}) is not true)", inner.sql),
                ),
            };
            Condition {
                input: json!({ "notes": { quantifier: inner.input } }),
                sql,
            }
        }
    }
}

/// An order of notes by up to three terms.
pub fn note_order(random: &mut StdRng) -> Order {
    const TERMS: [(&[&str], &str); 8] = [
        (&["content"], "n.content"),
        (&["wordCount"], "n.word_count"),
        (&["createdAt"], "n.created_at"),
        (&["deletedAt"], "n.deleted_at"),
        (&["clusterId"], "n.cluster_id"),
        (&["cluster", "title"], "nc.title"),
        (&["cluster", "confidenceScore"], "nc.confidence_score"),
        (&["id"], "n.id"),
    ];
    let count = random.random_range(0..=3);
    let chosen: Vec<_> = TERMS.choose_multiple(random, count).collect();
    let mut input = Vec::new();
    let mut sql = String::new();
    for (path, expression) in chosen {
        let (name, direction) = pick(random, &ORDERS);
        let term = path
            .iter()
            .rev()
            .fold(json!(name), |inner, field| json!({ *field: inner }));
        input.push(term);
        sql += &format!("{expression} {direction}, ");
    }
    Order {
        input: Value::from(input),
        sql: sql + "n.id",
    }
}

fn combination(
    random: &mut StdRng,
    alias: &str,
    depth: u32,
    inner: fn(&mut StdRng, &str, u32) -> Condition,
) -> Option<Condition> {
    if depth == 0 || random.random_range(0..3) > 0 {
        return None;
    }
    let (name, joined) = [("and", " and "), ("or", " or "), ("not", "")][random.random_range(0..3)];
    if name == "not" {
        let inner = inner(random, alias, depth - 1);
        let sql = format!("(({}) is not true)", inner.sql);
        return Some(Condition {
            input: json!({ "not": inner.input }),
            sql,
        });
    }
    let count = random.random_range(1..4);
    let all: Vec<Condition> = (0..count)
        .map(|_| inner(random, alias, depth - 1))
        .collect();
    let sql: Vec<String> = all.iter().map(|one| format!("({})", one.sql)).collect();
    let input: Vec<Value> = all.into_iter().map(|one| one.input).collect();
    Some(Condition {
        input: json!({ name: input }),
        sql: format!("({})", sql.join(joined)),
    })
}

fn text(random: &mut StdRng, field: &str, column: &str, pool: &[&str]) -> Condition {
    let value = pick(random, pool);
    let part: String = value
        .chars()
        .skip(random.random_range(0..3))
        .take(3)
        .collect();
    let (whole, part_sql) = (literal(value), literal(&part));
    match random.random_range(0..9) {
        0 => condition(
            field,
            "startsWith",
            part.as_str(),
            format!("starts_with({column}, {part_sql})"),
        ),
        1 => condition(
            field,
            "endsWith",
            part.as_str(),
            format!("right({column}, length({part_sql})) = {part_sql}"),
        ),
        2 => condition(
            field,
            "contains",
            part.as_str(),
            format!("strpos({column}, {part_sql}) > 0"),
        ),
        3 => condition(field, "like", "%a_b%", format!("{column} like '%a_b%'")),
        4 => condition(field, "ilike", "a%A", format!("{column} ilike 'a%A'")),
        5 => condition(field, "regex", "^[a-z]+$", format!("{column} ~ '^[a-z]+$'")),
        6 => {
            let other = pick(random, pool);
            let list = format!("({whole}, {})", literal(other));
            condition(
                field,
                "in",
                json!([value, other]),
                format!("{column} in {list}"),
            )
        }
        7 => condition(
            field,
            "notIn",
            json!([value]),
            format!("({column} in ({whole})) is not true"),
        ),
        _ => {
            let (name, operator) = comparison(random);
            compared(field, column, name, operator, value)
        }
    }
}

fn number(random: &mut StdRng, field: &str, column: &str) -> Condition {
    let value = random.random_range(-1..6);
    let (name, operator) = comparison(random);
    condition(field, name, value, format!("{column} {operator} {value}"))
}

fn time(random: &mut StdRng, field: &str, column: &str) -> Condition {
    let value = pick(random, &TIMES);
    let (name, operator) = comparison(random);
    compared(field, column, name, operator, value)
}

fn is_null(random: &mut StdRng, field: &str, column: &str) -> Condition {
    match random.random_bool(0.5) {
        true => condition(field, "isNull", true, format!("{column} is null")),
        false => condition(field, "isNull", false, format!("{column} is not null")),
    }
}

fn tags(random: &mut StdRng, column: &str) -> Condition {
    let count = random.random_range(0..3);
    let tags: Vec<&str> = TAGS.choose_multiple(random, count).copied().collect();
    let quoted: Vec<String> = tags.iter().map(|tag| literal(tag)).collect();
    let array = format!("array[{}]::text[]", quoted.join(", "));
    let (name, operator) = [
        ("contains", "@>"),
        ("containedBy", "<@"),
        ("overlaps", "&&"),
        ("eq", "="),
    ][random.random_range(0..4)];
    condition(
        "tags",
        name,
        json!(tags),
        format!("{column} {operator} {array}"),
    )
}

fn metadata(random: &mut StdRng, column: &str) -> Condition {
    match random.random_range(0..3) {
        0 => condition(
            "metadata",
            "hasKey",
            "source",
            format!("{column} ? 'source'"),
        ),
        1 => {
            let value = json!({ "importance": "high" });
            condition(
                "metadata",
                "contains",
                value,
                format!("{column} @> '{{\"importance\": \"high\"}}'"),
            )
        }
        _ => {
            let path = json!({ "path": ["custom", "n"], "gte": 2 });
            condition(
                "metadata",
                "path",
                path,
                format!("{column} #> '{{custom,n}}' >= '2'"),
            )
        }
    }
}

fn compared(field: &str, column: &str, name: &str, operator: &str, value: &str) -> Condition {
    condition(
        field,
        name,
        value,
        format!("{column} {operator} {}", literal(value)),
    )
}

fn condition(field: &str, operator: &str, value: impl Into<Value>, sql: String) -> Condition {
    let value: Value = value.into();
    Condition {
        input: json!({ field: { operator: value } }),
        sql,
    }
}

fn comparison(random: &mut StdRng) -> (&'static str, &'static str) {
    let all = [
        ("eq", "="),
        ("ne", "is distinct from"),
        ("lt", "<"),
        ("lte", "<="),
        ("gt", ">"),
        ("gte", ">="),
    ];
    pick(random, &all)
}

fn pick<T: Copy>(random: &mut StdRng, pool: &[T]) -> T {
    pool[random.random_range(0..pool.len())]
}

/// A text as an SQL literal.
pub fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
