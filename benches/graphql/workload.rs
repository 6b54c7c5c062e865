//! What is asked: each question once as a document and once as SQL that builds the same JSON.

use rand::{Rng, rngs::SmallRng};

use crate::{
    sample::{NOTES_MIN, USERS, note_id},
    server::Server,
};

/// A question, asked of both sides.
pub struct Workload {
    /// Names it in the report.
    pub name: &'static str,
    /// Writes a request for a random user.
    pub request: fn(&Server, &mut SmallRng, &mut Vec<u8>),
    /// The statement for pgbench; `:u` is the user's number, `:n` the number of one of the user's notes.
    pub sql: &'static str,
    /// The least ratio of the server's rate to pgbench's.
    pub target: f64,
}

/// All of them.
pub const WORKLOADS: [Workload; 4] = [
    Workload {
        name: "list of 20 rows",
        request: list,
        sql: LIST_SQL,
        target: 0.9,
    },
    Workload {
        name: "nested 10 x 10",
        request: nested,
        sql: NESTED_SQL,
        target: 1.3,
    },
    Workload {
        name: "one row by key",
        request: one,
        sql: ONE_SQL,
        target: 0.5,
    },
    Workload {
        name: "insert returning the row",
        request: insert,
        sql: INSERT_SQL,
        target: 0.6,
    },
];

const LIST: &str = "query Notes { notes(first: 20, orderBy: [{createdAt: DESC}]) \
    { nodes { id content tags wordCount metadata createdAt updatedAt } } }";
const LIST_SQL: &str = "select coalesce(json_agg(t), '[]') from (
  select id, content, tags, word_count as \"wordCount\", metadata, created_at as \"createdAt\",
    updated_at as \"updatedAt\"
  from public.notes order by created_at desc, id limit 20) t";

const NESTED: &str = "query Clusters { clusters(first: 10, orderBy: [{createdAt: DESC}]) \
    { nodes { id title notes(first: 10, orderBy: [{createdAt: DESC}]) { nodes { id content createdAt } } } } }";
const NESTED_SQL: &str = "select coalesce(json_agg(t), '[]') from (
  select c.id, c.title, n.notes from public.clusters c
  cross join lateral (
    select coalesce(json_agg(t), '[]') as notes from (
      select n.id, n.content, n.created_at as \"createdAt\" from public.notes n
      where n.cluster_id = c.id order by n.created_at desc, n.id limit 10) t) n
  order by c.created_at desc, c.id limit 10) t";

const ONE: &str =
    "query Note($id: UUID!) { note(id: $id) { id content tags wordCount createdAt } }";
const ONE_SQL: &str = "select row_to_json(t) from (
  select id, content, tags, word_count as \"wordCount\", created_at as \"createdAt\" from public.notes
  where id = ('00000000-0000-4001-8000-' || lpad((:u * 100000 + :n)::text, 12, '0'))::uuid) t";

const INSERT: &str = "mutation Create($input: NoteInput!) \
    { createNote(input: $input) { id content tags wordCount createdAt } }";
const INSERT_SQL: &str = "with t as (
  insert into public.notes (content, tags) values ('A note of the benchmark', '{bench}')
  returning id, content, tags, word_count as \"wordCount\", created_at as \"createdAt\")
  select row_to_json(t) from t";

fn list(server: &Server, random: &mut SmallRng, out: &mut Vec<u8>) {
    server.request(random.random_range(1..=USERS), LIST, "{}", out);
}

fn nested(server: &Server, random: &mut SmallRng, out: &mut Vec<u8>) {
    server.request(random.random_range(1..=USERS), NESTED, "{}", out);
}

fn one(server: &Server, random: &mut SmallRng, out: &mut Vec<u8>) {
    let (user, note) = (
        random.random_range(1..=USERS),
        random.random_range(0..NOTES_MIN),
    );
    let variables = format!(r#"{{"id":"{}"}}"#, note_id(user, note));
    server.request(user, ONE, &variables, out);
}

fn insert(server: &Server, random: &mut SmallRng, out: &mut Vec<u8>) {
    let variables = r#"{"input":{"content":"A note of the benchmark","tags":["bench"]}}"#;
    server.request(random.random_range(1..=USERS), INSERT, variables, out);
}
