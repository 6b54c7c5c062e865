//! `mindloom serve` looks at what protects the rows before it answers anybody.

use std::path::Path;

use crate::support::program::{Program, fail, mindloom, succeed};
use crate::support::{TestDb, connect, scratch_dir};

fn refusal(directory: &Path, url: &str) -> String {
    let arguments = ["serve", "--bind", "127.0.0.1:0", "--database-url", url];
    fail(mindloom(arguments).arg("--data-dir").arg(directory))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_whose_rows_are_not_protected_is_refused() {
    let test = TestDb::new().await;
    let client = connect(&test.settings).await;
    let directory = scratch_dir();
    let notes = "\"Users can view own notes\" on public.notes";
    for (damage, repair, named) in [
        (
            format!("alter policy {notes} rename to hidden"),
            format!(
                "alter policy hidden on public.notes rename to {}",
                &notes[..26]
            ),
            "policy public.notes \"Users can view own notes\" is missing",
        ),
        (
            format!("alter policy {notes} using (true)"),
            format!("alter policy {notes} using (user_id = (select auth.uid()))"),
            "policy public.notes \"Users can view own notes\" is different",
        ),
        (
            "alter table public.notes disable row level security".to_owned(),
            "alter table public.notes enable row level security".to_owned(),
            "row level security of public.notes is off",
        ),
        (
            "create policy everyone on public.notes for select to anon using (true)".to_owned(),
            "drop policy everyone on public.notes".to_owned(),
            "policy public.notes everyone is too much: permissive select to anon using true",
        ),
        (
            "grant delete on public.clusters to anon".to_owned(),
            "revoke delete on public.clusters from anon".to_owned(),
            "grant table public.clusters to anon is too much: DELETE",
        ),
        (
            "grant update (note_count) on public.clusters to authenticated".to_owned(),
            "revoke update (note_count) on public.clusters from authenticated".to_owned(),
            "note_count",
        ),
    ] {
        client.batch_execute(&damage).await.expect("the damage");
        let said = refusal(&directory, test.url());
        assert!(said.contains(named), "{named}: {said}");
        assert!(said.contains("--allow-schema-differences"), "{said}");
        client.batch_execute(&repair).await.expect("the repair");
    }

    // What takes away, or is only missing, is no reason to stay away.
    client
        .batch_execute(
            "drop trigger set_note_counts on public.notes;
             revoke delete on public.stacks from authenticated;
             select private.require_aal2('public.notes', true)",
        )
        .await
        .expect("less than the migrations make");
    let server = Program::serve(&directory, &["--database-url", test.url()]);
    let log = server.log();
    assert!(
        log.contains("trigger public.notes set_note_counts is missing"),
        "{log}"
    );
    assert!(
        log.contains("public.stacks to authenticated is SELECT instead of DELETE, SELECT"),
        "{log}"
    );
    assert!(!log.contains("second factor"), "{log}");
    drop(server);

    client
        .batch_execute("grant delete on public.clusters to anon")
        .await
        .expect("the damage");
    let allowed = ["--allow-schema-differences", "--database-url", test.url()];
    let server = Program::serve(&directory, &allowed);
    assert!(
        server
            .log()
            .contains("grant table public.clusters to anon is too much")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_that_ask_for_a_second_factor_are_no_difference() {
    let test = TestDb::new().await;
    let client = connect(&test.settings).await;
    client
        .batch_execute("select private.require_aal2('public.notes', true)")
        .await
        .expect("a second factor is asked for");
    succeed(mindloom(["verify"]).args(["--database-url", test.url()]));
}
