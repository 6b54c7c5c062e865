//! A wrong setting is named, with what is allowed.

use crate::support::program::{fail, mindloom, succeed};

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
            && error.contains("did you mean MINDLOOM_BIND?"),
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

#[test]
fn help_lists_every_command_and_every_setting() {
    let help = succeed(&mut mindloom(["--help"]));
    for name in mindloom::config::variables() {
        assert!(help.contains(&format!("[env: {name}")), "{name}");
    }
    for command in [
        "serve",
        "migrate",
        "verify",
        "reset",
        "vacuum",
        "database-url",
        "demo",
        "schema",
        "token",
    ] {
        assert!(help.contains(command), "{command}");
        assert!(
            succeed(&mut mindloom([command, "--help"])).contains("Usage: mindloom"),
            "{command}"
        );
    }
}
