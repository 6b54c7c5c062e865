//! PostgreSQL starts and ends with its server.

use std::time::Duration;

use nix::sys::signal::Signal;

use crate::support::program::{Program, eventually, is_alive, mindloom, postmaster, succeed};
use crate::support::scratch_dir;

#[test]
fn postgresql_starts_and_ends_with_the_server() {
    let dir = scratch_dir();
    let first = Program::serve(&dir, &[]);
    println!("first start: {:.2} s", first.start_time.as_secs_f64());
    assert_eq!(first.get("/healthz").0, 200);
    assert_eq!(first.get("/readyz").0, 200);
    let postgres = postmaster(&dir);
    assert!(is_alive(postgres));
    assert!(first.end(Signal::SIGTERM), "SIGTERM is no failure");
    assert!(
        !is_alive(postgres),
        "PostgreSQL has ended before its server has"
    );

    let second = Program::serve(&dir, &[]);
    println!("second start: {:.2} s", second.start_time.as_secs_f64());
    let postgres = postmaster(&dir);
    assert!(second.end(Signal::SIGINT), "SIGINT is no failure");
    assert!(!is_alive(postgres));
}

#[test]
fn a_server_that_was_told_to_stop_raises_no_alarm() {
    let server = Program::serve(&scratch_dir(), &[]);
    assert_eq!(server.get("/readyz").0, 200);
    let log = server.log_at_end(Signal::SIGTERM);
    assert!(log.contains("stopped"), "{log}");
    assert!(
        !log.contains("\"WARN\"") && !log.contains("\"ERROR\""),
        "{log}"
    );
}

#[test]
fn however_soon_a_server_is_told_to_stop_it_raises_no_alarm() {
    let dir = scratch_dir();
    // Migrated, so that the starts that follow are short.
    assert!(Program::serve(&dir, &[]).end(Signal::SIGTERM));
    for number in 0..10 {
        let server = Program::serve(&dir, &[]);
        // Another moment each time: what begins with the server is then at another point.
        std::thread::sleep(Duration::from_millis(number * 10));
        let log = server.log_at_end(Signal::SIGTERM);
        assert!(log.contains("stopped"), "{number}: {log}");
        assert!(
            !log.contains("\"WARN\"") && !log.contains("\"ERROR\""),
            "{number}: {log}"
        );
    }
}

#[test]
fn commands_join_a_running_server_and_leave_it_running() {
    let dir = scratch_dir();
    let server = Program::serve(&dir, &[]);
    let postgres = postmaster(&dir);
    let status = succeed(mindloom(["migrate", "status"]).arg("--data-dir").arg(&dir));
    assert!(
        status.lines().count() > 1 && status.lines().all(|line| line.starts_with("applied")),
        "{status}"
    );
    let url = succeed(mindloom(["database-url"]).arg("--data-dir").arg(&dir));
    assert!(url.starts_with("postgresql://mindloom:"), "{url}");
    assert_eq!(postmaster(&dir), postgres);
    assert_eq!(server.get("/readyz").0, 200);
}

#[test]
fn commands_start_postgresql_for_themselves_when_no_server_runs() {
    let dir = scratch_dir();
    let applied = succeed(mindloom(["migrate", "up"]).arg("--data-dir").arg(&dir));
    assert!(
        applied.starts_with("applied m0001_foundation\n"),
        "{applied}"
    );
    eventually("PostgreSQL ends with the command", || {
        !dir.join("postgres/cluster/postmaster.pid").exists()
    });
    let again = succeed(mindloom(["migrate", "up"]).arg("--data-dir").arg(&dir));
    assert_eq!(again, "nothing to do\n");
}

#[test]
fn a_long_data_directory_gets_its_socket_elsewhere() {
    let dir = scratch_dir().join("a-directory-with-a-very-long-name".repeat(4));
    let _server = Program::serve(&dir, &[]);
    let url = succeed(mindloom(["database-url"]).arg("--data-dir").arg(&dir));
    assert!(url.contains("%2Ftmp%2Fmindloom-"), "{url}");
}

#[tokio::test]
async fn tcp_is_there_when_asked_for_and_wants_the_password() {
    let dir = scratch_dir();
    let port = free_port();
    let server = tokio::task::spawn_blocking({
        let dir = dir.clone();
        move || Program::serve(&dir, &["--pg-port", &port.to_string()])
    })
    .await
    .expect("a server");
    let url = succeed(mindloom(["database-url"]).arg("--data-dir").arg(&dir));
    let (_, rest) = url.trim().split_once("mindloom:").expect("a user");
    let (password, _) = rest.split_once('@').expect("a password");
    let mut config = tokio_postgres::Config::new();
    config
        .host("127.0.0.1")
        .port(port)
        .user("mindloom")
        .dbname("mindloom");
    assert!(
        config.connect(tokio_postgres::NoTls).await.is_err(),
        "no password"
    );
    assert!(
        config
            .password("guess")
            .connect(tokio_postgres::NoTls)
            .await
            .is_err(),
        "a wrong password"
    );
    assert!(
        config
            .password(password)
            .connect(tokio_postgres::NoTls)
            .await
            .is_ok(),
        "the right password"
    );
    drop(server);
}

/// A port that was free a moment ago.
fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}
