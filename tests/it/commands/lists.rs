//! An empty list says that it is empty, beside standard output, which programs read.

use crate::support::TestDb;
use crate::support::program::mindloom;

#[tokio::test(flavor = "multi_thread")]
async fn empty_lists_say_so() {
    let test = TestDb::new().await;
    let data_dir = crate::support::scratch_dir();
    for (arguments, said) in [
        (["mail"].as_slice(), "no mails in the last day"),
        (&["keys", "list"], "no keys in the database"),
    ] {
        let mut command = mindloom(arguments);
        command.args(["--database-url", test.url(), "--data-dir"]);
        let output = command.arg(&data_dir).output().expect("the binary runs");
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {error}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
        assert!(error.contains(said), "{arguments:?}: {error}");
    }
}
