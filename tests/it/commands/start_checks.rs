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

/// A table without its log triggers would tell nobody what changes.
#[tokio::test(flavor = "multi_thread")]
async fn log_triggers_that_a_restore_left_out_are_put_back() {
    let test = TestDb::new().await;
    let client = connect(&test.settings).await;
    let log_id = "select log_id::text from realtime.log_settings";
    let before = test.value(log_id).await;
    client
        .batch_execute(
            "drop trigger \"0_log_insert\" on public.notes;
             alter table public.clusters disable trigger \"0_log_update\"",
        )
        .await
        .expect("a restore that left something out");
    let directory = scratch_dir();
    let server = Program::serve(&directory, &["--database-url", test.url()]);
    let log = server.log();
    assert!(log.contains("log triggers were missing"), "{log}");
    for table in ["public.notes", "public.clusters"] {
        assert!(log.contains(table), "{table}: {log}");
    }
    assert!(!log.contains("public.stacks"), "{log}");
    assert!(
        !log.contains("differs from what the migrations make"),
        "{log}"
    );
    let triggers = "select count(*)::text from pg_trigger where tgname ~ '^0_log_' and tgenabled = 'O' \
        and tgrelid in ('public.notes'::regclass, 'public.clusters'::regclass)";
    assert_eq!(test.value(triggers).await.as_deref(), Some("8"));
    let user = test.user("ada@example.org").await.user_id.expect("an id");
    let insert = format!("insert into public.notes (user_id, content) values ('{user}', 'logged')");
    test.run_as_owner(&insert).await.expect("a note");
    let logged = "select count(*)::text from realtime.changes c join realtime.published_tables p on p.id = c.table_id         where p.table_name = 'notes' and c.record::text like '%logged%'";
    assert_eq!(test.value(logged).await.as_deref(), Some("1"));
    let mended = test.value(log_id).await;
    assert_ne!(mended, before, "cursors from before have a gap");
    drop(server);
    let again = Program::serve(&directory, &["--database-url", test.url()]);
    assert!(!again.log().contains("log triggers"), "{}", again.log());
    assert_eq!(test.value(log_id).await, mended);
}
