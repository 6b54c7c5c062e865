//! Connections die, databases go away, statements are abandoned.

use std::time::{Duration, Instant};

use mindloom::auth::Caller;
use mindloom::config::{DatabaseSettings, Settings};
use mindloom::db::{ConnectError, Db};
use mindloom::error::Code;

use crate::support::TestDb;

#[tokio::test]
async fn dead_connections_are_replaced() {
    let test = TestDb::new().await;
    let pids = [
        test.db
            .request()
            .await
            .expect("a connection")
            .query_one("select pg_backend_pid()", &[])
            .await,
        test.db
            .system()
            .await
            .expect("a connection")
            .query_one("select pg_backend_pid()", &[])
            .await,
    ];
    let pids: Vec<i32> = pids
        .into_iter()
        .map(|row| row.expect("a process id").get(0))
        .collect();
    let (killer, connection) = tokio_postgres::connect(test.url(), tokio_postgres::NoTls)
        .await
        .expect("a connection beside the pools");
    tokio::spawn(connection);
    killer
        .execute(
            "select pg_terminate_backend(pid) from unnest($1::int[]) as pid",
            &[&pids],
        )
        .await
        .expect("they end");
    let transaction = test
        .db
        .begin(&Caller::anonymous())
        .await
        .expect("a transaction on a new connection");
    transaction
        .query_one("select 1", &[])
        .await
        .expect("an answer");
    tokio::time::sleep(Duration::from_millis(100)).await;
    let client = test.db.system().await.expect("a new connection");
    client.query_one("select 1", &[]).await.expect("an answer");
}

#[tokio::test]
async fn an_abandoned_transaction_is_rolled_back_and_its_statement_cancelled() {
    let test = TestDb::new().await;
    let settings = DatabaseSettings {
        transaction_pool_size: 1,
        ..test.settings.clone()
    };
    let db = Db::connect(&settings).await.expect("a database");
    let started = Instant::now();
    {
        let transaction = db.begin(&Caller::anonymous()).await.expect("a transaction");
        let sleeping = transaction.query("select pg_sleep(60)", &[]);
        assert!(
            tokio::time::timeout(Duration::from_millis(200), sleeping)
                .await
                .is_err()
        );
    }
    // There is one connection only, so this one is that of the abandoned transaction.
    let transaction = db
        .begin(&Caller::anonymous())
        .await
        .expect("the connection is free again");
    let row = transaction
        .query_one("select current_user::text", &[])
        .await
        .expect("an answer");
    assert_eq!(row.get::<_, &str>(0), "anon");
    assert!(
        started.elapsed() < Duration::from_secs(30),
        "the sleeping statement was cancelled"
    );
}

#[tokio::test]
async fn without_a_login_of_its_own_the_request_pool_steps_down() {
    let test = TestDb::new().await;
    let settings = DatabaseSettings {
        authenticator_url: None,
        ..test.settings.clone()
    };
    let db = Db::connect(&settings).await.expect("a database");
    let client = db.request().await.expect("a connection");
    let row = client
        .query_one("select current_user::text", &[])
        .await
        .expect("an answer");
    assert_eq!(row.get::<_, &str>(0), "authenticator");
    drop(client);
    let transaction = db.begin(&Caller::anonymous()).await.expect("a transaction");
    let row = transaction
        .query_one("select current_user::text", &[])
        .await
        .expect("an answer");
    assert_eq!(row.get::<_, &str>(0), "anon");
}

#[tokio::test]
async fn no_free_connection_is_unavailable_and_not_internal() {
    let test = TestDb::new().await;
    let settings = DatabaseSettings {
        transaction_pool_size: 1,
        pool_wait_ms: 50,
        ..test.settings.clone()
    };
    let db = Db::connect(&settings).await.expect("a database");
    let _only = db
        .begin(&Caller::anonymous())
        .await
        .expect("the only connection");
    let error = db
        .begin(&Caller::anonymous())
        .await
        .err()
        .expect("no second one");
    assert_eq!(error.code(), Code::Unavailable);
}

#[tokio::test]
async fn a_statement_of_a_request_has_a_time_limit() {
    let test = TestDb::new().await;
    let settings = DatabaseSettings {
        statement_timeout_ms: 100,
        ..test.settings.clone()
    };
    let db = Db::connect(&settings).await.expect("a database");
    let transaction = db.begin(&Caller::anonymous()).await.expect("a transaction");
    let error = transaction
        .query("select pg_sleep(60)", &[])
        .await
        .expect_err("a limit");
    assert_eq!(
        error.code(),
        Some(&tokio_postgres::error::SqlState::QUERY_CANCELED)
    );
}

#[tokio::test]
async fn a_database_that_is_not_there_is_said_to_be_unreachable() {
    let settings =
        Settings::from_flags(["--database-url", "postgresql://nobody@127.0.0.1:1/nothing"])
            .expect("settings");
    let error = Db::connect(&settings.database)
        .await
        .err()
        .expect("nothing listens there");
    assert!(
        matches!(error, ConnectError::Unreachable { .. }),
        "{error:?}"
    );
    assert_eq!(
        error.to_string(),
        "the database at 127.0.0.1:1 cannot be reached"
    );
}
