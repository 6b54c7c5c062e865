//! `mindloom verify` names what is missing or different.

use serde_json::Value;

use crate::support::TestDb;
use crate::support::program::{mindloom, succeed};

const SECTIONS: [&str; 10] = [
    "tables",
    "columns",
    "types",
    "constraints",
    "functions",
    "indexes",
    "triggers",
    "policies",
    "grants",
    "seed data",
];

#[tokio::test(flavor = "multi_thread")]
async fn a_migrated_database_passes() {
    let test = TestDb::new().await;
    let output = succeed(mindloom(["verify"]).args(["--database-url", test.url()]));
    for section in SECTIONS {
        let line = output
            .lines()
            .find(|line| line.starts_with(&format!("PASSED {section} (")));
        assert!(
            line.is_some_and(|line| !line.contains("(0)")),
            "{section}: {output}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_different_or_too_much_is_named() {
    let test = TestDb::new().await;
    let client = test.db.system().await.expect("a connection of the owner");
    let index: String = first(
        &client,
        "select indexrelid::regclass::text from pg_index x join pg_class c on c.oid = x.indrelid
        where c.relnamespace = 'public'::regnamespace and not x.indisunique",
    )
    .await;
    let policy: String = first(&client, "select format('%I', policyname) from pg_policies where schemaname = 'public' and tablename = 'notes'").await;
    let trigger: String = first(&client, "select quote_ident(tgname) from pg_trigger where tgrelid = 'public.notes'::regclass and not tgisinternal").await;
    client
        .batch_execute(&format!(
            "delete from public.prompt_frameworks where id = (select id from public.prompt_frameworks limit 1);
             drop index {index};
             drop policy {policy} on public.notes;
             drop trigger {trigger} on public.notes;
             alter table public.notes disable row level security;
             alter table public.notes drop column tags cascade;
             create policy everyone on public.clusters for select to anon using (true);
             create policy readers on storage.objects for select to anon using (true);
             create policy hearers on realtime.messages for select to anon using (true);
             grant delete on public.clusters to anon;
             drop table public.feedback_tag_links cascade;
             drop function public.get_user_role cascade;
             create table public.somebody_elses (id int)"
        ))
        .await
        .expect("the damage is done");
    let output = mindloom(["verify"])
        .args(["--database-url", test.url()])
        .output()
        .expect("the binary runs");
    assert!(!output.status.success());
    let report = String::from_utf8_lossy(&output.stdout).into_owned();
    for line in [
        format!("  missing: public.{}", index.trim_start_matches("public.")),
        format!("  missing: public.notes {policy}"),
        format!("  missing: public.notes {trigger}"),
        "  different: public.notes".to_owned(),
        "    expected: table, row level security".to_owned(),
        "  missing: public.notes.tags".to_owned(),
        "  unexpected: public.clusters everyone: permissive select to anon using true".to_owned(),
        "  unexpected: table public.clusters to anon: DELETE".to_owned(),
        "  missing: public.feedback_tag_links".to_owned(),
        "  missing: public.get_user_role".to_owned(),
        "FAILED seed data (1 of".to_owned(),
    ] {
        assert!(
            report.lines().any(|found| found.starts_with(&line)),
            "{line:?} is missing in\n{report}"
        );
    }
    // Who may use buckets and private channels is for the operator to say.
    assert!(
        !report.contains("readers") && !report.contains("hearers"),
        "{report}"
    );
    assert!(
        report.contains("missing: public.prompt_frameworks ("),
        "{report}"
    );
    assert!(!report.contains("somebody_elses"), "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_read_the_same_as_json() {
    let test = TestDb::new().await;
    let verify = || {
        let mut command = mindloom(["verify", "--json", "--database-url", test.url()]);
        let output = command.output().expect("the binary runs");
        let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        (output.status.success(), report)
    };
    let (succeeded, report) = verify();
    assert!(succeeded && report["passed"] == true, "{report}");
    let titles: Vec<&str> = report["sections"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|section| section["title"].as_str())
        .collect();
    assert_eq!(titles, SECTIONS);
    let client = test.db.system().await.expect("a connection of the owner");
    client
        .batch_execute("alter table public.notes disable row level security")
        .await
        .expect("the damage is done");
    let (succeeded, report) = verify();
    assert!(!succeeded && report["passed"] == false, "{report}");
    let difference = &report["sections"][0]["differences"][0];
    assert_eq!(difference["kind"], "different", "{report}");
    assert_eq!(difference["name"], "public.notes");
    assert!(difference["expected"].is_string() && difference["found"].is_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_database_is_told_in_a_sentence() {
    let test = TestDb::empty().await;
    let verify = |arguments: &[&str]| {
        let mut command = mindloom(["verify", "--database-url", test.url()]);
        let output = command.args(arguments).output().expect("the binary runs");
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        (output.status.success(), printed)
    };
    let (succeeded, printed) = verify(&[]);
    assert!(!succeeded, "{printed}");
    assert_eq!(printed.lines().count(), 1, "{printed}");
    assert!(
        printed.starts_with(
            "The database has no tables of Mindloom: `mindloom migrate up` makes them"
        ),
        "{printed}"
    );
    // Programs read all of it.
    let (succeeded, printed) = verify(&["--json"]);
    let report: Value = serde_json::from_str(&printed).expect("JSON");
    assert!(!succeeded && report["passed"] == false);
    assert_eq!(
        report["sections"].as_array().map(Vec::len),
        Some(SECTIONS.len())
    );
}

async fn first(client: &tokio_postgres::Client, query: &str) -> String {
    client
        .query(query, &[])
        .await
        .expect("a list")
        .first()
        .expect("at least one")
        .get(0)
}
