//! A server with other secrets than its neighbours is refused, and rotating them goes on working.

use std::path::Path;

use crate::support::program::{Program, fail, mindloom, succeed};
use crate::support::{TestDb, scratch_dir};

const FIRST: &str = "the-first-secret-of-at-least-32-bytes";
const OTHER: &str = "another-secret-of-at-least-32-bytes!!";

fn serve(directory: &Path, url: &str, arguments: &[&str]) {
    drop(Program::serve(
        directory,
        &[arguments, &["--database-url", url]].concat(),
    ));
}

fn refusal(directory: &Path, url: &str, arguments: &[&str]) -> String {
    let mut command = mindloom(["serve", "--bind", "127.0.0.1:0", "--database-url", url]);
    fail(command.args(arguments).arg("--data-dir").arg(directory))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_with_another_secret_for_tokens_is_refused() {
    let test = TestDb::new().await;
    let directory = scratch_dir();
    serve(&directory, test.url(), &["--jwt-secret", FIRST]);
    let said = refusal(&directory, test.url(), &["--jwt-secret", OTHER]);
    assert!(said.contains("MINDLOOM_JWT_SECRET"), "{said}");
    assert!(!said.contains(OTHER), "{said}");
    serve(&directory, test.url(), &["--jwt-secret", FIRST]);
    serve(
        &directory,
        test.url(),
        &["--jwt-secret", OTHER, "--accept-new-secrets"],
    );
    serve(&directory, test.url(), &["--jwt-secret", OTHER]);
    let said = refusal(&directory, test.url(), &["--jwt-secret", FIRST]);
    assert!(said.contains("MINDLOOM_JWT_SECRET"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_the_master_key_is_refused_and_rotation_goes_on() {
    let test = TestDb::new().await;
    let (here, there) = (scratch_dir(), scratch_dir());
    let same = ["--jwt-secret", FIRST];
    serve(&here, test.url(), &same);
    let said = refusal(&there, test.url(), &same);
    assert!(said.contains("MINDLOOM_MASTER_KEY"), "{said}");
    let copy = || std::fs::copy(here.join("master.keys"), there.join("master.keys"));
    copy().expect("the keys are copied");
    serve(&there, test.url(), &same);

    succeed(
        mindloom([
            "keys",
            "rotate",
            "--encryption",
            "--database-url",
            test.url(),
        ])
        .arg("--data-dir")
        .arg(&here),
    );
    let said = refusal(&there, test.url(), &same);
    assert!(
        said.contains("MINDLOOM_MASTER_KEY"),
        "the former key alone: {said}"
    );
    serve(&here, test.url(), &same);
    copy().expect("the keys are copied");
    serve(&there, test.url(), &same);
}
