//! What cannot work says why, and what to do.

use crate::support::program::{Program, fail, mindloom};
use crate::support::scratch_dir;

#[test]
fn a_second_server_on_a_data_directory_is_refused() {
    let dir = scratch_dir();
    let server = Program::serve(&dir, &[]);
    let error = fail(
        mindloom(["serve", "--bind", "127.0.0.1:0"])
            .arg("--data-dir")
            .arg(&dir),
    );
    assert!(
        error.contains("already runs on the data directory"),
        "{error}"
    );
    assert!(error.contains(&*dir.to_string_lossy()), "{error}");
    assert_eq!(server.get("/readyz").0, 200);
}

#[test]
fn without_any_postgresql_the_error_names_three_ways_out() {
    let dir = scratch_dir();
    let error = fail(
        mindloom(["serve", "--bind", "127.0.0.1:0", "--pg-packaged"])
            .arg("--data-dir")
            .arg(dir.join("data"))
            .arg("--cache-dir")
            .arg(dir.join("cache"))
            .env("PATH", &dir),
    );
    for way in ["DATABASE_URL", "MINDLOOM_PG_BIN", "python3"] {
        assert!(error.contains(way), "{way} is missing in: {error}");
    }
}

#[test]
fn given_programs_that_will_not_do_are_refused_with_the_reason() {
    let dir = scratch_dir();
    let error = fail(
        mindloom(["serve", "--bind", "127.0.0.1:0", "--pg-bin"])
            .arg(&dir)
            .arg("--data-dir")
            .arg(dir.join("data")),
    );
    assert!(
        error.contains("MINDLOOM_PG_BIN=") && error.contains("postgres is not there"),
        "{error}"
    );
}

#[test]
fn a_port_in_use_is_named_before_anything_is_started() {
    let dir = scratch_dir().join("data");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address").to_string();
    let error = fail(
        mindloom(["serve", "--bind", &address])
            .arg("--data-dir")
            .arg(&dir),
    );
    assert!(
        error.contains(&format!("cannot listen on {address}")),
        "{error}"
    );
    assert!(!dir.exists());
}

#[test]
fn joining_needs_a_server() {
    let dir = scratch_dir().join("data");
    let error = fail(mindloom(["database-url"]).arg("--data-dir").arg(&dir));
    assert!(error.contains("no mindloom server runs"), "{error}");
}
