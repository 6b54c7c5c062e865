//! The binary under load and faults, as those who operate it meet them.

mod rates;
mod rolling_restart;
mod slow_clients;
mod slow_readers;

use crate::support::{TestDb, program::mindloom};

/// A token of the role on the server that uses this secret.
fn token(test: &TestDb, arguments: &[&str]) -> String {
    let mut command = mindloom([
        "token",
        "--jwt-secret",
        SECRET,
        "--database-url",
        test.url(),
    ]);
    crate::support::program::succeed(command.args(arguments))
        .trim()
        .to_owned()
}

const SECRET: &str = "a secret of the tests, long enough for HS256";
