//! Transactions that are sent whole.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use mindloom::{
    auth::{Caller, Role},
    config::{DatabaseSettings, DatabaseUrl},
    db::{Call, Db, Failed, Mode, Part, Rows, Work},
    error::Code,
};
use postgres_types::{ToSql, Type};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, UnixStream},
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, pki_types::PrivateKeyDer},
};

use crate::support::TestDb;

static TEXT: [Type; 1] = [Type::TEXT];

fn bare(sql: &str) -> Call<'_> {
    Call {
        sql,
        types: &[],
        values: Vec::new(),
        work: Work::of(sql),
    }
}

fn with_text<'a>(sql: &'a str, value: &'a (dyn ToSql + Sync)) -> Call<'a> {
    Call {
        sql,
        types: &TEXT,
        values: vec![value],
        work: Work::of(sql),
    }
}

async fn run(db: &Db, mode: Mode, calls: &[Call<'_>]) -> Result<Vec<Rows>, Failed> {
    db.run(&Caller::anonymous(), mode, calls, &mut |_, _| ())
        .await
        .expect("a connection and a caller")
}

fn text(rows: &Rows) -> &str {
    let value = rows.row(0).get(0).expect("a column").expect("a value");
    std::str::from_utf8(value).expect("text")
}

/// A database with one connection for such transactions, and a table that anybody may write.
async fn one_connection() -> (TestDb, Db) {
    let test = TestDb::new().await;
    let client = test.db.system().await.expect("a connection of the owner");
    client
        .batch_execute(
            "create table public.trial (name text unique deferrable initially deferred);
             grant select, insert on public.trial to anon",
        )
        .await
        .expect("a table");
    let settings = DatabaseSettings {
        request_pool_size: Some(1),
        ..test.settings.clone()
    };
    let db = Db::connect(&settings).await.expect("a database");
    (test, db)
}

#[tokio::test]
async fn statements_run_as_the_caller_and_commit_together() {
    let (_test, db) = one_connection().await;
    let name = "one";
    let calls = [
        with_text("insert into public.trial values ($1)", &name),
        bare("select name || ' of ' || current_user::text from public.trial"),
    ];
    let rows = run(&db, Mode::Write, &calls).await.expect("rows");
    assert_eq!((rows.len(), rows[0].len()), (2, 0));
    assert_eq!(text(&rows[1]), "one of anon");
    for mode in [Mode::Read, Mode::ReadSnapshot] {
        let counted = run(
            &db,
            mode,
            &[bare("select count(*)::text from public.trial")],
        )
        .await;
        assert_eq!(text(&counted.expect("rows")[0]), "1", "{mode:?}");
    }
    // What one transaction set does not last.
    let settings = [bare(
        "select current_setting('transaction_read_only') || ' ' || current_setting('transaction_isolation')",
    )];
    let left = run(&db, Mode::Write, &settings).await;
    assert_eq!(text(&left.expect("rows")[0]), "off read committed");
}

#[tokio::test]
async fn what_only_reads_cannot_write() {
    let (_test, db) = one_connection().await;
    for mode in [Mode::Read, Mode::ReadSnapshot] {
        let written = run(&db, mode, &[bare("insert into public.trial values ('x')")]).await;
        let (part, error) = written.expect_err("a refusal");
        assert_eq!(
            (part, error.code()),
            (Part::Statement(0), Some("25006")),
            "{mode:?}"
        );
        // A block that failed does not stay open on the connection.
        let after = run(&db, mode, &[bare("select 'fine'")]).await;
        assert_eq!(text(&after.expect("rows")[0]), "fine", "{mode:?}");
    }
}

#[tokio::test]
async fn the_part_that_fails_is_named_and_nothing_remains() {
    let (_test, db) = one_connection().await;
    let insert = || bare("insert into public.trial values ('same')");
    let wrong = [insert(), bare("select 1 / 0"), insert()];
    let (part, error) = run(&db, Mode::Write, &wrong).await.expect_err("an error");
    assert_eq!((part, error.code()), (Part::Statement(1), Some("22012")));
    // The unique constraint is checked when everything is done.
    let twice = [insert(), insert()];
    let (part, error) = run(&db, Mode::Write, &twice).await.expect_err("an error");
    assert_eq!((part, error.code()), (Part::Commit, Some("23505")));
    let report = error.report().expect("PostgreSQL's words");
    assert_eq!(report.table.as_deref(), Some("trial"));
    let counted = run(
        &db,
        Mode::Read,
        &[bare("select count(*)::text from public.trial")],
    )
    .await;
    assert_eq!(text(&counted.expect("rows")[0]), "0");
}

#[tokio::test]
async fn an_abandoned_transaction_is_cancelled_and_its_connection_used_again() {
    let (_test, db) = one_connection().await;
    let started = Instant::now();
    let sleeping = [bare("select pg_sleep(60)")];
    for mode in [Mode::Read, Mode::ReadSnapshot] {
        let sleeping = run(&db, mode, &sleeping);
        let waited = tokio::time::timeout(Duration::from_millis(200), sleeping).await;
        assert!(waited.is_err(), "it sleeps");
    }
    let pid = [bare("select 'still here'")];
    let rows = run(&db, Mode::Read, &pid).await.expect("the connection");
    assert_eq!(text(&rows[0]), "still here");
    assert!(
        started.elapsed() < Duration::from_secs(30),
        "the sleeping statement was cancelled"
    );
}

#[tokio::test]
async fn a_connection_that_ended_is_replaced() {
    let (test, db) = one_connection().await;
    let me = [bare("select pg_backend_pid()::text")];
    let before = run(&db, Mode::Read, &me).await.expect("rows");
    let owner = test.db.system().await.expect("a connection of the owner");
    let pid: i32 = text(&before[0]).parse().expect("a number");
    owner
        .execute("select pg_terminate_backend($1, 5000)", &[&pid])
        .await
        .expect("it ends");
    let after = run(&db, Mode::Read, &me).await.expect("rows");
    assert_ne!(text(&before[0]), text(&after[0]));
}

#[tokio::test]
async fn large_values_go_both_ways_at_once() {
    let (_test, db) = one_connection().await;
    // Larger than what the socket holds, in several statements: whoever only wrote would wait for ever.
    let large = "x".repeat(8 << 20);
    let calls: Vec<Call<'_>> = (0..4)
        .map(|_| with_text("select $1::text", &large))
        .collect();
    let rows = tokio::time::timeout(
        Duration::from_secs(60),
        run(&db, Mode::ReadSnapshot, &calls),
    );
    let rows = rows.await.expect("in time").expect("rows");
    assert!(rows.iter().all(|rows| text(rows) == large));
}

#[tokio::test]
async fn prepared_statements_do_not_pile_up() {
    let (_test, db) = one_connection().await;
    let mut most = 0;
    for round in 0..1_100 {
        let sql = format!("select count(*)::text || '{round}' from pg_prepared_statements");
        let rows = run(&db, Mode::Read, &[bare(&sql)]).await.expect("rows");
        let counted = text(&rows[0])
            .strip_suffix(&round.to_string())
            .expect("the round");
        most = most.max(counted.parse::<u32>().expect("a number"));
    }
    assert!((900..=1_010).contains(&most), "{most} statements");
    // One that failed to be prepared is not taken for prepared.
    for _ in 0..2 {
        let (part, error) = run(&db, Mode::Read, &[bare("select nothing from nowhere")])
            .await
            .expect_err("an error");
        assert_eq!((part, error.code()), (Part::Statement(0), Some("42P01")));
    }
}

/// PostgreSQL plans a statement again whenever another role runs it, so each role has its own.
#[tokio::test]
async fn each_role_has_statements_of_its_own() {
    let (test, db) = one_connection().await;
    let service = Caller::from_claims(Role::ServiceRole, serde_json::Map::new());
    let sql = "select current_user::text";
    let prepared = "select count(*)::text from pg_prepared_statements \
                    where statement = 'select current_user::text'";
    let ask = async |caller: &Caller, sql: &'static str| {
        let calls = [bare(sql)];
        let answer = db.run(caller, Mode::Read, &calls, &mut |_, _| ()).await;
        let rows = answer.expect("a connection").expect("rows");
        text(&rows[0]).to_owned()
    };
    for _ in 0..3 {
        assert_eq!(ask(&Caller::anonymous(), sql).await, "anon");
        assert_eq!(ask(&service, sql).await, "service_role");
    }
    assert_eq!(ask(&service, prepared).await, "2");
    // The same in transactions of several steps.
    let settings = DatabaseSettings {
        transaction_pool_size: 1,
        ..test.settings.clone()
    };
    let db = Db::connect(&settings).await.expect("a database");
    let mut counted = String::new();
    for caller in [&service, &Caller::anonymous(), &service] {
        let transaction = db.begin(caller).await.expect("a transaction");
        let statement = transaction.prepare_cached(sql).await.expect("a statement");
        let row = transaction.query_one(&statement, &[]).await.expect("a row");
        assert_eq!(row.get::<_, &str>(0), caller.role.as_str());
        let prepared = "select count(*)::text from pg_prepared_statements \
                        where statement like 'select current_user::text%'";
        let row = transaction.query_one(prepared, &[]).await.expect("a row");
        counted = row.get(0);
        transaction.commit().await.expect("a commit");
    }
    assert_eq!(counted, "2");
}

/// A plan under row level security is one role's. Were the statement shared, each change of the role would cost a new
/// plan.
#[tokio::test]
async fn roles_that_alternate_are_planned_once_each() {
    let (test, db) = one_connection().await;
    // What is said to be immutable runs when the statement is planned, and not when the plan is.
    test.run_as_owner(
        "create sequence public.plans;
         create function public.planned(n int) returns int language plpgsql immutable security definer
           as 'begin return nextval(''public.plans'') + n; end';
         alter table public.trial enable row level security;
         create policy everything on public.trial to anon using (true);
         grant select on public.trial to service_role",
    )
    .await
    .expect("what counts plans");
    let service = Caller::from_claims(Role::ServiceRole, serde_json::Map::new());
    let callers = [service, Caller::anonymous()];
    let sql = "select count(*)::text from public.trial where public.planned(1) > 0";
    for round in 0..40 {
        let caller = &callers[round % 2];
        let calls = [bare(sql)];
        let answer = db.run(caller, Mode::Write, &calls, &mut |_, _| ()).await;
        let rows = answer.expect("a connection").expect("rows");
        assert_eq!(text(&rows[0]), "0");
    }
    let planned = test.value("select last_value from public.plans").await;
    assert_eq!(planned.as_deref(), Some("2"));
}

#[tokio::test]
async fn a_plan_that_the_schema_outgrew_is_made_anew() {
    let (test, db) = one_connection().await;
    let all = [bare("select * from public.trial")];
    run(&db, Mode::Read, &all).await.expect("rows");
    let owner = test.db.system().await.expect("a connection of the owner");
    owner
        .batch_execute("alter table public.trial add column more text")
        .await
        .expect("a column");
    let outgrown = run(&db, Mode::Read, &all).await;
    assert_eq!(outgrown.expect_err("an error").1.code(), Some("0A000"));
    run(&db, Mode::Read, &all).await.expect("rows again");
}

#[tokio::test]
async fn a_value_that_does_not_fit_leaves_the_connection_as_it_was() {
    let (_test, db) = one_connection().await;
    let number = 5i64;
    for _ in 0..2 {
        let wrong = [with_text("select $1", &number)];
        let (part, _) = run(&db, Mode::Read, &wrong).await.expect_err("an error");
        assert_eq!(part, Part::Statement(0));
    }
    let right = "fits";
    let rows = run(&db, Mode::Read, &[with_text("select $1", &right)]).await;
    assert_eq!(text(&rows.expect("rows")[0]), "fits");
}

#[tokio::test]
async fn no_connection_in_time_is_unavailable() {
    let (test, _) = one_connection().await;
    let settings = DatabaseSettings {
        request_pool_size: Some(1),
        pool_wait_ms: 50,
        ..test.settings.clone()
    };
    let db = Db::connect(&settings).await.expect("a database");
    let sleeping = [bare("select pg_sleep(0.5)")];
    let (slept, refused) = tokio::join!(run(&db, Mode::Read, &sleeping), async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        db.run(&Caller::anonymous(), Mode::Read, &[], &mut |_, _| ())
            .await
    });
    slept.expect("rows");
    let refused = refused.expect_err("no second connection");
    assert_eq!(refused.code(), Code::Unavailable);
}

/// The settings of a test's database, reached at another place.
fn through(test: &TestDb, place: &str, options: &str) -> DatabaseSettings {
    let address = |url: &Option<DatabaseUrl>| {
        let url = url.as_ref()?.as_str().split('?').next()?.to_owned();
        let (login, database) = (url.split('@').next()?, url.rsplit('/').next()?);
        let url = format!("{login}@{place}/{database}?{options}");
        url.parse::<DatabaseUrl>().ok()
    };
    DatabaseSettings {
        url: address(&test.settings.url),
        authenticator_url: address(&test.settings.authenticator_url),
        ..test.settings.clone()
    }
}

/// Passes on to PostgreSQL's socket. Once `cut` is set, the next message of a client still reaches PostgreSQL, which
/// has time for it, but the answer does not reach the client.
async fn cutting_proxy(socket: std::path::PathBuf, cut: Arc<AtomicBool>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let (socket, cut) = (socket.clone(), cut.clone());
            tokio::spawn(async move {
                let server = UnixStream::connect(socket).await.expect("PostgreSQL");
                let (mut from_client, mut to_client) = client.into_split();
                let (mut from_server, mut to_server) = server.into_split();
                let answers = tokio::spawn(async move {
                    let _ended = tokio::io::copy(&mut from_server, &mut to_client).await;
                });
                let mut buffer = [0; 65_536];
                while let Ok(read @ 1..) = from_client.read(&mut buffer).await {
                    let cuts = cut.swap(false, Ordering::SeqCst);
                    if cuts {
                        answers.abort();
                    }
                    to_server.write_all(&buffer[..read]).await.expect("sent");
                    if cuts {
                        tokio::time::sleep(Duration::from_millis(300)).await;
                        break;
                    }
                }
            });
        }
    });
    port
}

#[tokio::test]
async fn a_write_whose_answer_is_lost_is_not_tried_again_and_its_caller_is_told() {
    let (test, _) = one_connection().await;
    let cut = Arc::new(AtomicBool::new(false));
    let port = cutting_proxy(test.socket(), cut.clone()).await;
    let settings = through(&test, &format!("127.0.0.1:{port}"), "sslmode=disable");
    let db = Db::connect(&settings).await.expect("a database");
    let count = [bare("select count(*)::text from public.trial")];
    let counted = run(&db, Mode::Read, &count).await.expect("rows");
    assert_eq!(text(&counted[0]), "0");
    cut.store(true, Ordering::SeqCst);
    let insert = [bare("insert into public.trial values ('once')")];
    let lost = db
        .run(&Caller::anonymous(), Mode::Write, &insert, &mut |_, _| ())
        .await
        .expect_err("no answer");
    assert_eq!(lost.code(), Code::Unavailable);
    assert!(lost.message().contains("is not known"), "{lost}");
    // What only reads is tried again.
    run(&db, Mode::Read, &count).await.expect("a connection");
    cut.store(true, Ordering::SeqCst);
    let counted = run(&db, Mode::Read, &count).await.expect("rows");
    assert_eq!(text(&counted[0]), "1");
}

/// Speaks TLS to a client and passes on to PostgreSQL's socket.
async fn tls_in_front_of(socket: std::path::PathBuf) -> (u16, String) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).expect("a key");
    let config = ServerConfig::builder_with_provider(Arc::new(
        tokio_rustls::rustls::crypto::aws_lc_rs::default_provider(),
    ))
    .with_safe_default_protocol_versions()
    .expect("protocol versions")
    .with_no_client_auth()
    .with_single_cert(vec![made.cert.der().clone()], key)
    .expect("a certificate and its key");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let (acceptor, socket) = (acceptor.clone(), socket.clone());
            tokio::spawn(async move {
                let mut request = [0; 8];
                client.read_exact(&mut request).await.expect("a request");
                assert_eq!(request, *b"\0\0\0\x08\x04\xd2\x16\x2f", "a request for TLS");
                client.write_all(b"S").await.expect("an answer");
                // A client that does not trust the certificate leaves here.
                let Ok(mut client) = acceptor.accept(client).await else {
                    return;
                };
                let mut server = UnixStream::connect(socket).await.expect("PostgreSQL");
                let _ended = tokio::io::copy_bidirectional(&mut client, &mut server).await;
            });
        }
    });
    (port, made.cert.pem())
}

#[tokio::test]
async fn tls_is_spoken_where_the_address_asks_for_it() {
    let test = TestDb::new().await;
    let (port, certificate) = tls_in_front_of(test.socket()).await;
    let root = crate::support::scratch_dir().join("root.pem");
    std::fs::write(&root, certificate).expect("a file");
    let options = format!("sslmode=verify-full&sslrootcert={}", root.display());
    let through_tls = |host: &str| through(&test, &format!("{host}:{port}"), &options);
    let db = Db::connect(&through_tls("localhost"))
        .await
        .expect("a database");
    let rows = run(&db, Mode::Read, &[bare("select current_user::text")]).await;
    assert_eq!(text(&rows.expect("rows")[0]), "anon");
    // Cancelling goes through TLS too: the connection would not be free otherwise.
    let sleeping = [bare("select pg_sleep(60)")];
    let sleeping = run(&db, Mode::Read, &sleeping);
    let waited = tokio::time::timeout(Duration::from_millis(200), sleeping).await;
    assert!(waited.is_err(), "it sleeps");
    let owner = test.db.system().await.expect("a connection of the owner");
    let still = "select count(*) from pg_stat_activity where query like '%pg_sleep(60)%' and state = 'active'
        and pid <> pg_backend_pid() and datname = current_database()";
    let ended = async {
        while owner
            .query_one(still, &[])
            .await
            .expect("a count")
            .get::<_, i64>(0)
            > 0
        {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), ended)
        .await
        .expect("the sleeping statement was cancelled");
    // The certificate names localhost and no number.
    assert!(Db::connect(&through_tls("127.0.0.1")).await.is_err());
}
