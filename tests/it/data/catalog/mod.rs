//! Rules that every object of the database keeps. They cover the lints of Supabase's splinter as far
//! as those concern a schema (its lints of usage, bloat and project settings do not), and some more.
//!
//! A rule is a query whose rows are the objects that break it. An exception is written down with its
//! reason, and must still be one: the lists may only shrink.

use std::collections::BTreeSet;

use crate::support::TestDb;

/// Schemas that hold tables which the API or sign-in uses.
const OWN: &str = "('auth', 'public', 'private', 'storage', 'realtime')";

/// Asserts that the objects which `query` returns are those of `exceptions`, each given a reason.
async fn holds(query: &str, exceptions: &[(&str, &str)]) {
    let test = TestDb::new().await;
    let client = test.db.system().await.expect("a connection");
    let query = query.replace("OWN", OWN);
    let rows = client.query(&query, &[]).await;
    let rows = rows.unwrap_or_else(|error| panic!("{query}: {:?}", error.as_db_error()));
    let found: BTreeSet<String> = rows.iter().map(|row| row.get(0)).collect();
    let allowed: BTreeSet<String> = exceptions
        .iter()
        .map(|(name, _)| (*name).to_owned())
        .collect();
    let broken: Vec<_> = found.difference(&allowed).collect();
    let outdated: Vec<_> = allowed.difference(&found).collect();
    assert!(broken.is_empty(), "these break the rule: {broken:#?}");
    assert!(
        outdated.is_empty(),
        "these keep the rule and need no exception: {outdated:#?}"
    );
}

mod coverage;
mod functions;
mod lints;
mod policies;
mod reach;
mod rules;
mod tables;
