//! A dump is restored into a new PostgreSQL, and everything is there and works.

use std::path::Path;
use std::process::Command;

use mindloom::db::Db;
use mindloom::error::Code;

use crate::realtime::world::{next, service, start, subscription};
use crate::support::program::{Program, mindloom, succeed};
use crate::support::{OwnCluster, TestDb, connect, scratch_dir};

/// Roles belong to a whole server, so that no dump of a database has them.
const ROLES: [&str; 4] = [
    "create role anon nologin noinherit",
    "create role authenticated nologin noinherit",
    "create role service_role nologin noinherit bypassrls",
    "grant anon, authenticated, service_role to authenticator",
];

/// Restoring says nothing at all when nothing is wrong.
fn silently(command: &mut Command) {
    let output = command.output().expect("the program runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.is_empty(), "{said}");
}

/// Dumps a database as text and as an archive; restores each into a database of its own.
fn move_to(cluster: &OwnCluster, source: &str, directory: &Path) {
    let (text, archive) = (directory.join("all.sql"), directory.join("all.dump"));
    silently(
        cluster
            .program("pg_dump")
            .args(["-Fp", "-f"])
            .arg(&text)
            .arg(source),
    );
    silently(
        cluster
            .program("pg_dump")
            .args(["-Fc", "-f"])
            .arg(&archive)
            .arg(source),
    );
    silently(
        cluster
            .program("psql")
            .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-o", "/dev/null", "-f"])
            .arg(&text)
            .arg(cluster.url("from_text")),
    );
    silently(
        cluster
            .program("pg_restore")
            .args(["--exit-on-error", "-d", &cluster.url("from_archive")])
            .arg(&archive),
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dump_that_is_restored_elsewhere_lacks_nothing_and_replays_nothing() {
    let test = TestDb::new().await;
    let client = connect(&test.settings).await;
    // Far ahead of the ids of the new server.
    client
        .batch_execute("do $$ begin for i in 1..4000 loop perform pg_current_xact_id(); commit; end loop; end $$")
        .await
        .expect("transactions");
    let owner = test.user("ada@example.org").await.user_id;
    let realtime = start(&test.db).await;
    let mut stacks = realtime
        .hub
        .subscribe(subscription("stacks", &service()))
        .await
        .expect("a subscription");
    client
        .execute(
            "insert into public.stacks (user_id, name) values ($1, 'old')",
            &[&owner],
        )
        .await
        .expect("a row");
    let cursor = next(&mut stacks).await.cursor().to_string();
    realtime.stop();
    succeed(
        mindloom([
            "demo",
            "--users",
            "4",
            "--notes",
            "60",
            "--days",
            "3",
            "--invent-embeddings",
        ])
        .args(["--database-url", test.url()]),
    );

    let cluster = OwnCluster::disposable().await;
    cluster.run("mindloom", &ROLES).await;
    let databases = ["create database from_text", "create database from_archive"];
    cluster.run("mindloom", &databases).await;
    let directory = scratch_dir();
    move_to(&cluster, test.url(), &directory);
    for name in ["from_text", "from_archive"] {
        succeed(mindloom(["verify"]).args(["--database-url", &cluster.url(name)]));
    }

    let restored = cluster.in_database("from_archive");
    let client = connect(&restored).await;
    let embedded =
        "update public.notes set embedding = embedding + embedding, content = content || '!'
        where id = (select id from public.notes where embedding is not null limit 1)
        returning embedding_hash = encode(sha256(convert_to(content, 'UTF8')), 'hex')";
    let embedded = client
        .batch_execute("set search_path = extensions")
        .await
        .map(|()| client.query_one(embedded, &[]));
    let row = embedded.expect("a setting").await.expect("a note");
    assert!(row.get::<_, bool>(0), "the embedding's trigger is there");

    let db = Db::connect(&restored).await.expect("the database answers");
    let realtime = start(&db).await;
    let mut again = subscription("stacks", &service());
    again.after = Some(cursor);
    let refused = realtime.hub.subscribe(again).await;
    assert_eq!(
        refused.err().map(|error| error.code()),
        Some(Code::ResyncRequired)
    );
    let mut stacks = realtime
        .hub
        .subscribe(subscription("stacks", &service()))
        .await
        .expect("a subscription");
    client
        .execute(
            "insert into public.stacks (user_id, name) values ($1, 'new')",
            &[&owner],
        )
        .await
        .expect("a row");
    let event = next(&mut stacks).await;
    let record = event.record().expect("a row").text().to_owned();
    assert!(
        record.contains("\"new\""),
        "what is told first is new: {record}"
    );
    realtime.stop();
    db.close();

    let url = cluster.url("from_archive");
    let server = tokio::task::spawn_blocking(move || {
        let server = Program::serve(&scratch_dir(), &["--database-url", &url]);
        server.get("/readyz").0
    });
    assert_eq!(server.await.expect("a server"), 200);
}
