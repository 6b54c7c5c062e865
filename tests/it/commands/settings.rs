//! A wrong setting is named, with what is allowed.

use crate::support::assert_golden;
use crate::support::program::{fail, mindloom, succeed};

/// What the page says is what the program takes; a secret has no default to show.
#[test]
fn the_reference_of_settings_is_what_the_program_takes() {
    let reference = succeed(&mut mindloom(["settings", "--markdown"]));
    assert_golden("../../docs/settings.md", &reference);
    for name in mindloom::config::variables() {
        assert!(
            reference.contains(&format!("\n- variable: `{name}`\n")),
            "{name}"
        );
    }
}

#[test]
fn wrong_values_are_named_with_what_is_allowed() {
    let cases = [
        ("MINDLOOM_BIND", "4000", "127.0.0.1:4000"),
        ("MINDLOOM_LOG_FORMAT", "xml", "json"),
        (
            "MINDLOOM_LOG",
            "mindloom=loud",
            "error, warn, info, debug, trace",
        ),
        ("MINDLOOM_LOG", "loud", "error, warn, info, debug, trace"),
        ("MINDLOOM_REQUEST_POOL_SIZE", "0", "1..=1000"),
        ("MINDLOOM_PG_PORT", "none", "--pg-port"),
        ("DATABASE_URL", "mysql://root@localhost/x", "postgresql://"),
        (
            "DATABASE_URL",
            "postgresql://u@h/d?sslmode=maybe",
            "verify-full",
        ),
        ("MINDLOOM_JWT_SECRET", "too-short-to-be-safe", "at least 32"),
    ];
    for (name, value, allowed) in cases {
        let error = fail(mindloom(["verify"]).env(name, value));
        assert!(error.contains(allowed), "{name}={value}: {error}");
    }
}

#[test]
fn a_misspelt_variable_is_refused_with_the_nearest_name() {
    let error = fail(mindloom(["verify"]).env("MINDLOOM_BNID", "127.0.0.1:0"));
    assert!(
        error.contains("MINDLOOM_BNID is not a setting")
            && error.contains("did you mean MINDLOOM_BIND?")
            && error.contains("mindloom settings"),
        "{error}"
    );
}

#[test]
fn a_wrong_secret_is_not_shown() {
    let error = fail(mindloom(["verify"]).env("MINDLOOM_JWT_SECRET", "hunter2"));
    assert!(
        !error.contains("hunter2") && error.contains("--jwt-secret"),
        "{error}"
    );
    let error = fail(mindloom(["verify"]).env("DATABASE_URL", "postgresql://u:hunter2@h:port/d"));
    assert!(
        !error.contains("hunter2") && error.contains("--database-url"),
        "{error}"
    );
}

/// A data directory in which nothing was made shows that no database was begun.
#[test]
fn wrong_names_are_found_before_a_database_is_started() {
    let cases = [
        (
            ["--documents", "/nowhere/documents"],
            "/nowhere/documents cannot be read",
        ),
        (
            ["--aal2-tables", "public.vault_note"],
            "did you mean public.vault_notes?",
        ),
        (
            ["--aal2-tables", "public.notes,nothing"],
            "nothing is no table of this server",
        ),
        (["--bind", "localhost"], "127.0.0.1:4000"),
        (
            ["--bind", "192.0.2.1:4000"],
            "this machine has no such address",
        ),
        (["--jwks", "/nowhere/keys.json"], "MINDLOOM_JWT_ISSUER"),
    ];
    for (flags, said) in cases {
        let data_dir = crate::support::scratch_dir();
        let mut command = mindloom(flags);
        if flags[0] != "--bind" {
            command.args(["--bind", "127.0.0.1:0"]);
        }
        let error = fail(command.arg("--data-dir").arg(&data_dir));
        assert!(error.contains(said), "{flags:?}: {error}");
        let made = std::fs::read_dir(&data_dir).expect("a directory").count();
        assert_eq!(made, 0, "{flags:?}");
    }
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("its address").to_string();
    let error = fail(&mut mindloom(["--bind", &address]));
    assert!(error.contains("another program does; --bind"), "{error}");
    let data_dir = crate::support::scratch_dir();
    let mut command = mindloom([
        "--jwks",
        "/nowhere/keys.json",
        "--jwt-issuer",
        "https://a.example",
    ]);
    command.args(["--bind", "127.0.0.1:0", "--data-dir"]);
    let error = fail(command.arg(&data_dir));
    assert!(error.contains("/nowhere/keys.json"), "{error}");
    assert!(!data_dir.join("postgres").exists(), "{error}");
}
