//! What PostgreSQL writes into its log, and who may read it.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::Path,
};

use nix::sys::signal::Signal;
use tokio_postgres::NoTls;

use crate::support::{
    program::{Program, mindloom, succeed},
    scratch_dir,
};

/// What somebody wrote, and nobody else should read.
const SECRET: &str = "swordfish";

fn mode(path: &Path) -> u32 {
    let metadata = fs::metadata(path).expect("it is there");
    metadata.permissions().mode() & 0o777
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_holds_no_rows_and_is_its_owners_alone() {
    let dir = scratch_dir();
    let log = dir.join("postgres.log");
    let first = Program::serve(&dir, &[]);
    assert_eq!(mode(&log), 0o600);
    assert!(first.end(Signal::SIGTERM));
    // As an earlier version left it.
    fs::set_permissions(&log, Permissions::from_mode(0o644)).expect("ours");
    let _second = Program::serve(&dir, &[]);
    assert_eq!(mode(&log), 0o600);

    let url = succeed(mindloom(["database-url", "--data-dir"]).arg(&dir));
    let (client, connection) = tokio_postgres::connect(url.trim(), NoTls)
        .await
        .expect("a connection");
    tokio::spawn(connection);
    client
        .batch_execute("create temp table secrets (value text unique check (value <> 'short'))")
        .await
        .expect("a table");
    let insert = "insert into secrets values ($1)";
    client.execute(insert, &[&SECRET]).await.expect("a row");
    // A key, a failing row, a literal, a parameter: each error quotes what was sent, to whoever sent it.
    let mut refused = vec![client.execute(insert, &[&SECRET]).await.expect_err("taken")];
    for statement in [
        format!("insert into secrets values ('{SECRET}')"),
        format!("insert into secrets select 'short' where '{SECRET}' is not null"),
        format!("select '{SECRET}' from nowhere"),
        format!(
            "create unique index on secrets ((1)); insert into secrets values ('{SECRET} again')"
        ),
    ] {
        refused.push(client.batch_execute(&statement).await.expect_err("refused"));
    }
    client
        .batch_execute("select 1 / 0 as the_last")
        .await
        .expect_err("refused");
    let detail = refused[0]
        .as_db_error()
        .and_then(|error| error.detail())
        .unwrap_or_default();
    assert!(detail.contains(SECRET), "the sender is told: {detail}");
    let logged = fs::read_to_string(&log).expect("the log");
    assert!(
        logged.contains("division by zero"),
        "errors are still logged: {logged}"
    );
    assert!(!logged.contains(SECRET), "{logged}");
    assert!(!logged.contains("Failing row"), "{logged}");
}
