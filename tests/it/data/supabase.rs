//! On a Supabase database the migrations create what is missing and leave the rest alone.

use serde_json::{Value, json};

use super::migrations::{difference, snapshot};
use crate::support::{TestApi, TestDb, caller};

/// A database as Supabase sets it up, before any migration.
async fn supabase() -> TestDb {
    let test = TestDb::empty().await;
    let client = test.db.system().await.expect("a connection");
    client
        .batch_execute(include_str!("supabase.sql"))
        .await
        .unwrap_or_else(|error| panic!("supabase.sql: {:?}", error.as_db_error()));
    test
}

#[tokio::test]
async fn what_exists_is_left_alone_both_ways() {
    let test = supabase().await;
    migration::status(test.owner().await)
        .await
        .expect("a status");
    let before = snapshot(&test).await;
    migration::up(test.owner().await, None).await.expect("up");
    let changed: Vec<String> = difference(&before, &snapshot(&test).await)
        .into_iter()
        .filter(|line| line.starts_with('-'))
        .collect();
    assert!(changed.is_empty(), "replaced or taken away: {changed:#?}");
    let client = test.db.system().await.expect("a connection");
    let row = client
        .query_one("select email, name from public.users", &[])
        .await
        .expect("a profile for who was there");
    assert_eq!(
        (row.get::<_, &str>(0), row.get::<_, &str>(1)),
        ("ann@example.com", "Ann")
    );
    client
        .batch_execute(
            "insert into auth.users (id, email) values (gen_random_uuid(), 'ben@example.com');
             insert into storage.objects (bucket_id, name) values ('audio-recordings', 'a');",
        )
        .await
        .expect("their services go on as before");
    drop(client);

    migration::down(test.owner().await, None)
        .await
        .expect("down");
    let left = difference(&before, &snapshot(&test).await);
    assert!(left.is_empty(), "not as before: {left:#?}");
}

/// Supabase grants every new table and function of `public` to all three roles by default.
#[tokio::test]
async fn default_privileges_open_nothing() {
    let (ours, theirs) = (TestDb::new().await, supabase().await);
    migration::up(theirs.owner().await, None).await.expect("up");
    let sql = "select format('%s %s %s', 'table', c.relname, a::text) from pg_class c, aclexplode(c.relacl) a
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v') and a.grantee <> c.relowner
        union all
        select format('%s %s %s', 'function', p.oid::regprocedure, a::text) from pg_proc p, aclexplode(p.proacl) a
        where p.pronamespace = 'public'::regnamespace and a.grantee <> p.proowner
        order by 1";
    let mut rights = Vec::new();
    for test in [&ours, &theirs] {
        let client = test.db.system().await.expect("a connection");
        let rows = client.query(sql, &[]).await.expect("the rights");
        rights.push(rows.iter().map(|row| row.get(0)).collect::<Vec<String>>());
    }
    let more = difference(&rights[0], &rights[1]);
    assert!(
        more.is_empty(),
        "other rights than on a plain database: {more:#?}"
    );
}

/// There is no outbox: the invitation waits in the API, and nothing is mailed.
#[tokio::test]
async fn people_are_invited_without_a_mail() {
    let test = supabase().await;
    migration::up(test.owner().await, None).await.expect("up");
    let ben = "20000000-0000-4000-8000-000000000002";
    test.run_as_owner(&format!(
        "insert into auth.users (id, email, email_confirmed_at) values ('{ben}', 'ben@example.com', now())"
    ))
    .await
    .expect("somebody signs up");
    let api = TestApi::over(test).await;
    let person = |id: &str, email| caller(id.parse().expect("an id"), email, &json!({}));
    let ann = person("10000000-0000-4000-8000-000000000001", "ann@example.com");
    let ben = person(ben, "ben@example.com");
    let project = "mutation { createProject(input: {name: \"Mill\"}) { id } }";
    let project = api.data(&ann, project, json!({})).await["createProject"]["id"].take();
    let invite = "mutation($p: UUID!) { inviteCollaborator(projectId: $p, email: \"ben@example.com\") { id state } }";
    let invited = api.data(&ann, invite, json!({"p": project})).await;
    let invitation: &Value = &invited["inviteCollaborator"];
    assert_eq!(invitation["state"], "PENDING");
    let mine = api
        .data(&ben, "{ myInvitations { id projectName } }", json!({}))
        .await;
    assert_eq!(
        mine["myInvitations"],
        json!([{"id": invitation["id"], "projectName": "Mill"}])
    );
    let accept = "mutation($i: UUID!) { acceptInvitation(id: $i) { role project { name } } }";
    let accepted = api.data(&ben, accept, json!({"i": invitation["id"]})).await;
    assert_eq!(
        accepted["acceptInvitation"],
        json!({"role": "VIEWER", "project": {"name": "Mill"}})
    );
}
