//! Nothing committed is lost, whoever is killed.

use std::path::Path;

use nix::sys::signal::{Signal, kill};

use crate::support::program::{Program, eventually, is_alive, mindloom, postmaster, succeed};
use crate::support::scratch_dir;

/// Runs statements in the database of a running server; how many rows the last one gave.
fn sql(dir: &Path, text: &str) -> usize {
    let url = succeed(mindloom(["database-url"]).arg("--data-dir").arg(dir));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(url.trim(), tokio_postgres::NoTls)
            .await
            .expect("a connection");
        tokio::spawn(connection);
        let messages = client.simple_query(text).await.expect("the statements run");
        messages
            .iter()
            .filter(|message| matches!(message, tokio_postgres::SimpleQueryMessage::Row(_)))
            .count()
    })
}

const WRITE: &str =
    "create table public.kept (n int); insert into public.kept select generate_series(1, 100)";
const READ: &str = "select n from public.kept";

#[test]
fn a_killed_server_loses_nothing() {
    let dir = scratch_dir();
    let server = Program::serve(&dir, &[]);
    sql(&dir, WRITE);
    let postgres = postmaster(&dir);
    assert!(!server.end(Signal::SIGKILL));
    // At once: PostgreSQL may still be shutting down.
    let server = Program::serve(&dir, &[]);
    println!(
        "start after kill -9 of the server: {:.2} s",
        server.start_time.as_secs_f64()
    );
    assert!(!is_alive(postgres) || postmaster(&dir) != postgres);
    assert_eq!(sql(&dir, READ), 100);
}

#[test]
fn a_killed_postgresql_is_started_again() {
    let dir = scratch_dir();
    let server = Program::serve(&dir, &[]);
    sql(&dir, WRITE);
    let postgres = postmaster(&dir);
    kill(postgres, Signal::SIGKILL).expect("PostgreSQL runs");
    eventually("PostgreSQL runs again", || {
        postmaster(&dir) != postgres && server.get("/readyz").0 == 200
    });
    assert_eq!(sql(&dir, READ), 100);
    assert_eq!(server.get("/healthz").0, 200);
    eventually("the workers have it again", || {
        server.log().contains("the workers have the database again")
    });
    // Whoever asked meanwhile was told; the log is not filled with it.
    let log = server.log();
    for (line, times_max) in [
        ("no database connection", 2),
        ("the workers lost the database", 1),
    ] {
        let times = log.matches(line).count();
        assert!(times <= times_max, "{line}: {times} times\n{log}");
    }
}

#[test]
fn both_killed_at_once_recover() {
    let dir = scratch_dir();
    let server = Program::serve(&dir, &[]);
    sql(&dir, WRITE);
    kill(postmaster(&dir), Signal::SIGKILL).expect("PostgreSQL runs");
    assert!(!server.end(Signal::SIGKILL));
    let _server = Program::serve(&dir, &[]);
    assert_eq!(sql(&dir, READ), 100);
}

#[test]
fn a_postgresql_that_outlived_its_server_is_ended_first() {
    let dir = scratch_dir();
    let server = Program::serve(&dir, &[]);
    sql(&dir, WRITE);
    let postgres = postmaster(&dir);
    // A stopped process takes no signal, so it cannot follow its server.
    kill(postgres, Signal::SIGSTOP).expect("PostgreSQL runs");
    assert!(!server.end(Signal::SIGKILL));
    assert!(is_alive(postgres));
    let resume = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(500));
        let _ = kill(postgres, Signal::SIGCONT);
    });
    let _server = Program::serve(&dir, &[]);
    resume.join().expect("a thread that only sleeps");
    assert_ne!(postmaster(&dir), postgres);
    assert_eq!(sql(&dir, READ), 100);
}

#[test]
fn the_last_processes_of_a_killed_postgresql_are_waited_for() {
    let dir = scratch_dir();
    let server = Program::serve(&dir, &[]);
    sql(&dir, WRITE);
    let postgres = postmaster(&dir);
    kill(postgres, Signal::SIGKILL).expect("PostgreSQL runs");
    assert!(!server.end(Signal::SIGKILL));
    eventually("PostgreSQL is waited for", || !is_alive(postgres));
    // Stands for a process that has not noticed yet: it works in the cluster's directory, as all of them do.
    let mut late = std::process::Command::new("sleep")
        .arg("3")
        .current_dir(dir.join("postgres/cluster"))
        .spawn()
        .expect("sleep");
    let _server = Program::serve(&dir, &[]);
    assert!(
        late.try_wait().expect("its status").is_some(),
        "PostgreSQL was started beside a process of the former one"
    );
    assert_eq!(sql(&dir, READ), 100);
}
