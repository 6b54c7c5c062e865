//! Nothing that the migrations make depends on the search_path: dumps are restored with an empty one.

use crate::support::TestDb;

#[tokio::test]
async fn every_definition_can_be_made_again_with_an_empty_search_path() {
    let test = TestDb::new().await;
    let client = test.db.system().await.expect("a connection of the owner");
    let remake = format!("begin; {}; rollback", include_str!("search_path.sql"));
    if let Err(error) = client.batch_execute(&remake).await {
        let said = error.as_db_error().map_or("", |said| said.message());
        panic!("{error}: {said}");
    }
}

/// With text for a body, a function looks names up whenever it runs.
#[tokio::test]
async fn every_function_with_a_text_for_a_body_sets_its_search_path() {
    let test = TestDb::new().await;
    let client = test.db.system().await.expect("a connection of the owner");
    let open = client
        .query(
            "select p.oid::regprocedure::text from pg_proc p
             where pronamespace::regnamespace::text in ('auth', 'mindloom', 'private', 'public', 'realtime', 'storage')
               and prosqlbody is null and not coalesce(proconfig::text like '%search_path%', false)
               and not exists (
                 select from pg_depend where classid = 'pg_proc'::regclass and objid = p.oid and deptype = 'e')",
            &[],
        )
        .await
        .expect("a list");
    let open: Vec<String> = open.iter().map(|row| row.get(0)).collect();
    assert_eq!(open, Vec::<String>::new());
}
