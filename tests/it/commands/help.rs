//! Help shows what somebody looks for, and completions know everything.

use crate::support::program::{mindloom, succeed};

const COMMANDS: [&str; 15] = [
    "admin",
    "completions",
    "database-url",
    "demo",
    "keys",
    "mail",
    "migrate",
    "reset",
    "schema",
    "serve",
    "settings",
    "token",
    "vacuum",
    "verify",
    "help",
];

#[test]
fn the_settings_are_listed_in_full_where_help_says() {
    for arguments in [
        ["help", "settings"].as_slice(),
        &["settings", "--help"],
        &["settings"],
        &["serve", "--help"],
        &["help", "serve"],
    ] {
        let help = succeed(&mut mindloom(arguments));
        for name in mindloom::config::variables() {
            assert!(
                help.contains(&format!("[env: {name}")),
                "{arguments:?}: {name}"
            );
        }
    }
}

/// `mindloom schema | head -1`: whoever reads has seen enough.
#[test]
fn nobody_needs_to_read_all_of_it() {
    for arguments in [
        ["settings", "--markdown"].as_slice(),
        &["settings"],
        &["completions", "bash"],
    ] {
        let mut command = mindloom(arguments);
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let output = command.stdout(writer).output().expect("it runs");
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {told}");
        assert_eq!(told, "", "{arguments:?}");
    }
}

/// What cannot be kept is said.
#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_a_failure() {
    let full = std::fs::File::options().write(true).open("/dev/full");
    let mut command = mindloom(["settings", "--markdown"]);
    let output = command
        .stdout(full.expect("a full disk"))
        .output()
        .expect("it runs");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(
        !output.status.success() && told.contains("No space left"),
        "{told}"
    );
}

#[test]
fn a_commands_help_is_about_the_command() {
    let all = succeed(&mut mindloom(["--help"]));
    for command in COMMANDS {
        assert!(
            all.lines()
                .any(|line| line.starts_with(&format!("  {command} "))),
            "{command}: {all}"
        );
        if ["help", "serve", "settings"].contains(&command) {
            continue;
        }
        let help = succeed(&mut mindloom([command, "--help"]));
        assert!(
            help.contains(&format!("Usage: mindloom {command}")),
            "{help}"
        );
        assert!(help.contains("mindloom help settings"), "{command}: {help}");
        assert!(help.contains("--data-dir"), "{command}: {help}");
        assert!(!help.contains("--max-body-bytes"), "{command}: {help}");
        let lines = help.lines().count();
        assert!(lines <= 70, "{command}: {lines} lines");
    }
    assert!(all.lines().count() <= 60, "{all}");
    let token = succeed(&mut mindloom(["token", "--help"]));
    let (own, shared) = (token.find("--user"), token.find("--data-dir"));
    assert!(
        own.is_some() && own < shared,
        "own options come first: {token}"
    );
    let below = succeed(&mut mindloom(["migrate", "down", "--help"]));
    assert!(
        below.contains("--steps") && !below.contains("--max-body-bytes"),
        "{below}"
    );
}

#[test]
fn settings_work_before_and_after_every_command_although_help_is_silent() {
    for arguments in [
        ["--max-batch", "many", "verify"].as_slice(),
        &["verify", "--max-batch", "many"],
        &["keys", "list", "--max-batch", "many"],
        &["serve", "--max-batch", "many"],
        &["--max-batch", "many", "serve"],
    ] {
        let error = crate::support::program::fail(&mut mindloom(arguments));
        assert!(error.contains("--max-batch"), "{arguments:?}: {error}");
    }
}

#[test]
fn shells_complete_commands_and_settings() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = succeed(&mut mindloom(["completions", shell]));
        for word in ["database-url", "migrate", "public-url"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
}
