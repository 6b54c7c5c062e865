//! `mindloom migrate` and `mindloom reset`.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::program::{fail, mindloom, succeed};
use crate::support::{TestDb, connect, scratch_dir};

#[tokio::test(flavor = "multi_thread")]
async fn migrations_go_up_and_down_step_by_step() {
    let test = TestDb::empty().await;
    let run =
        |arguments: &[&str]| succeed(mindloom(arguments).args(["--database-url", test.url()]));
    let all = run(&["migrate", "status"]);
    assert!(all.lines().all(|line| line.starts_with("pending")), "{all}");
    assert_eq!(
        run(&["migrate", "up", "--steps", "1"]),
        "applied m0001_foundation\n"
    );
    let status = run(&["migrate", "status"]);
    assert_eq!(
        status
            .lines()
            .filter(|line| line.starts_with("applied"))
            .count(),
        1,
        "{status}"
    );
    assert_eq!(
        run(&["migrate", "down", "--yes"]),
        "rolled back m0001_foundation\n"
    );
    assert_eq!(run(&["migrate", "up"]).lines().count(), all.lines().count());
    assert_eq!(run(&["migrate", "up"]), "nothing to do\n");
    assert_eq!(
        run(&["migrate", "down", "--all", "--yes"]).lines().count(),
        all.lines().count()
    );
    assert_eq!(run(&["migrate", "down", "--yes"]), "nothing to do\n");
}

/// What a command prints at a terminal where something is typed, and whether it succeeds; nothing without util-linux's
/// `script`, which makes the terminal.
fn at_a_terminal(arguments: &[&str], typed: &str) -> Option<(String, bool)> {
    let command = mindloom(arguments);
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let line: Vec<String> = words
        .map(|word| format!("'{}'", word.to_str().expect("a plain word")))
        .collect();
    let mut script = Command::new("script");
    script.args([
        "--quiet",
        "--return",
        "--command",
        &line.join(" "),
        "/dev/null",
    ]);
    for (name, _) in command.get_envs() {
        script.env_remove(name);
    }
    let pipes = script.stdin(Stdio::piped()).stdout(Stdio::piped());
    let Ok(mut terminal) = pipes.spawn() else {
        assert!(std::env::var_os("CI").is_none(), "script is missing");
        eprintln!("skipped: script is missing");
        return None;
    };
    let mut keyboard = terminal.stdin.take().expect("it is piped");
    keyboard.write_all(typed.as_bytes()).expect("typed");
    let output = terminal.wait_with_output().expect("it ends");
    drop(keyboard);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    Some((said, output.status.success()))
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_at_a_terminal_is_asked() {
    let test = TestDb::new().await;
    let newest = migration::known().pop().expect("at least one migration");
    let down = ["migrate", "down", "--database-url", test.url()];
    for refusal in ["n\n", "\n", "no\n"] {
        let Some((said, done)) = at_a_terminal(&down, refusal) else {
            return;
        };
        assert!(!done && said.contains("Go on? [y/N]"), "{said}");
        assert!(said.contains("nothing was changed"), "{said}");
        assert!(!said.contains("rolled back"), "{said}");
    }
    let (said, done) = at_a_terminal(&down, "y\n").expect("a terminal");
    assert!(done && said.contains("Go on? [y/N]"), "{said}");
    assert!(said.contains(&format!("rolled back {newest}")), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_that_need_tables_name_the_missing_migrations() {
    let test = TestDb::empty().await;
    for arguments in [
        ["schema"].as_slice(),
        &["mail"],
        &["keys", "list"],
        &["vacuum"],
    ] {
        let error = fail(mindloom(arguments).args(["--database-url", test.url()]));
        assert!(
            error.contains("from m0001_foundation; run `mindloom migrate up` first"),
            "{arguments:?}: {error}"
        );
    }
    succeed(&mut mindloom([
        "migrate",
        "up",
        "--database-url",
        test.url(),
    ]));
    succeed(&mut mindloom([
        "migrate",
        "down",
        "--yes",
        "--database-url",
        test.url(),
    ]));
    let error = fail(&mut mindloom(["schema", "--database-url", test.url()]));
    let newest = migration::known().pop().expect("at least one migration");
    assert!(
        error.contains(&format!("missing in the database: 1, from {newest}")),
        "{error}"
    );
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_named_at_once() {
    let started = Instant::now();
    let nowhere = "postgresql://nobody:secret@127.0.0.1:1/nothing";
    let arguments = ["--bind", "127.0.0.1:0", "--database-url", nowhere];
    let error = fail(&mut mindloom(arguments));
    assert!(error.contains("127.0.0.1:1 cannot be reached"), "{error}");
    assert!(!error.contains("secret"), "{error}");
    assert!(started.elapsed() < Duration::from_secs(20));
}

#[tokio::test(flavor = "multi_thread")]
async fn fresh_and_reset_want_a_confirmation_and_delete_everything() {
    let test = TestDb::new().await;
    test.user("ada@example.org").await;
    let count = async || {
        let client = test.db.system().await.expect("a connection of the owner");
        let row = client
            .query_one("select count(*) from auth.users", &[])
            .await
            .expect("a count");
        row.get::<_, i64>(0)
    };
    for arguments in [
        ["migrate", "down"].as_slice(),
        &["migrate", "down", "--all"],
        &["migrate", "fresh"],
        &["reset"],
    ] {
        let error = fail(mindloom(arguments).args(["--database-url", test.url()]));
        assert!(error.contains("confirm with --yes"), "{error}");
    }
    assert_eq!(count().await, 1);
    succeed(&mut mindloom([
        "reset",
        "--yes",
        "--database-url",
        test.url(),
    ]));
    assert_eq!(count().await, 0);
    test.user("ada@example.org").await;
    succeed(&mut mindloom([
        "migrate",
        "fresh",
        "--yes",
        "--database-url",
        test.url(),
    ]));
    assert_eq!(count().await, 0);
}

/// Whoever waits at a start says for whom, and not for ever.
#[tokio::test(flavor = "multi_thread")]
async fn a_start_names_who_holds_the_lock_that_it_waits_for() {
    let test = TestDb::new().await;
    let holder = connect(&test.settings).await;
    let pid = "set application_name = 'an old start'; select pg_advisory_lock(x'6d696e646c6f6f6d'::bigint)";
    holder.batch_execute(pid).await.expect("the lock");
    let pid: i32 = holder
        .query_one("select pg_backend_pid()", &[])
        .await
        .expect("a process id")
        .get(0);
    let serve = || {
        let arguments = [
            "serve",
            "--bind",
            "127.0.0.1:0",
            "--migration-wait-ms",
            "300",
        ];
        let mut command = mindloom(arguments);
        command.args(["--database-url", test.url(), "--data-dir"]);
        command.arg(scratch_dir());
        fail(&mut command)
    };
    let said = serve();
    let named = format!("process {pid} (an old start, user mindloom, from this machine");
    assert!(
        said.contains("another program has been migrating"),
        "{said}"
    );
    assert!(said.contains(&named), "{said}");

    holder
        .batch_execute("select pg_advisory_unlock_all()")
        .await
        .expect("unlocked");
    let known = migration::known();
    let at = known
        .iter()
        .position(|name| name == "m0080_portable_triggers");
    let back = known.len() - at.expect("a migration that changes a table");
    let back = u32::try_from(back).expect("a few");
    migration::down(test.owner().await, Some(back))
        .await
        .expect("back");
    holder
        .batch_execute("begin; select from public.notes")
        .await
        .expect("a transaction that reads the table");
    let said = serve();
    assert!(
        said.contains("m0080_portable_triggers: a lock that it needs"),
        "{said}"
    );
    assert!(said.contains(&named), "{said}");
}
