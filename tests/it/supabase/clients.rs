//! supabase-js, unmodified, in two versions against the running server. Needs Node; what it needs from the
//! registry is installed once beside its script.

use futures_util::StreamExt;
use mindloom::{
    auth::{Caller, Role},
    db::Db,
    realtime::channels::{Channels, Payload},
};
use tokio::process::Command;
use uuid::Uuid;

use super::{
    changes::ERRANDS,
    server::{Server, anon, token},
};
use crate::support::{TestDb, packages};

/// Alice alone may use private channels.
const PRIVATE: &str = "
    create policy alice on realtime.messages for all to authenticated
      using ((select auth.uid()) = 'a11ce000-0000-4000-8000-000000000000')
      with check ((select auth.uid()) = 'a11ce000-0000-4000-8000-000000000000')";

const SCRIPTS: &str = "tests/js/supabase";

async fn drive(package: &str) {
    if !packages::npm(&packages::folder(SCRIPTS)) {
        return;
    }
    let test = TestDb::new().await;
    test.db
        .system()
        .await
        .expect("a connection")
        .batch_execute(PRIVATE)
        .await
        .expect("the policy");
    test.db
        .system()
        .await
        .expect("a connection")
        .batch_execute(ERRANDS)
        .await
        .expect("the table");
    let server = Server::start(&test.db, &[]).await;
    let alice: Uuid = "a11ce000-0000-4000-8000-000000000000"
        .parse()
        .expect("a UUID");
    let writer = tokio::spawn(write_errands(
        server.channels.clone(),
        test.db.clone(),
        alice,
    ));
    let output = Command::new("node")
        .args(["client.mjs", package])
        .current_dir(packages::folder(SCRIPTS))
        .env("MINDLOOM_URL", format!("http://{}", server.address))
        .env("ANON", anon())
        .env("ALICE", token("authenticated", Some(alice), 600))
        .env("BOB", token("authenticated", Some(Uuid::new_v4()), 600))
        .env("EXPIRED", token("authenticated", Some(alice), -60))
        .env("SERVICE", token("service_role", None, 600))
        .output()
        .await
        .expect("node runs");
    writer.abort();
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{out}\n{err}");
}

/// Writes what the script asks for, as anybody else's program would.
async fn write_errands(channels: Channels, db: Db, alice: Uuid) {
    let service = Caller::from_claims(Role::ServiceRole, serde_json::Map::new());
    let mut asked = channels
        .subscribe_broadcast(&service, "errands writer", true)
        .await
        .expect("a stream");
    let insert = format!(
        "insert into public.errands (id, user_id, title, price, tags, details)
         values (1, '{alice}', 'milk', 1.25, '{{a,b}}', '{{\"deep\": [1]}}')"
    );
    while let Some(Ok(message)) = asked.next().await {
        let Payload::Json(payload) = &message.payload else {
            continue;
        };
        let sql = match payload.get() {
            text if text.contains("insert") => insert.as_str(),
            text if text.contains("update") => "update public.errands set title = 'bread'",
            _ => "delete from public.errands",
        };
        db.system()
            .await
            .expect("a connection")
            .batch_execute(sql)
            .await
            .expect("written");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn supabase_js_current() {
    drive("supabase-js-current").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn supabase_js_2_90() {
    drive("supabase-js-2.90").await;
}
