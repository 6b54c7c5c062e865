//! What callers are told when the database cannot do it, whatever they asked.

use mindloom::graphql::Request;
use serde_json::{Value, json};

use crate::support::api::context;
use crate::support::{TestApi, connect};

const WRITE: &str = r#"mutation { createStack(input: {name: "one"}) { id } }"#;
const SEVERAL: &str = r#"mutation { a: createStack(input: {name: "one"}) { id } b: createStack(input: {name: "two"}) { id } }"#;

/// A write meets the state that PostgreSQL reports, as when a file cannot grow.
#[tokio::test]
async fn states_of_the_database_are_unavailable_with_the_reason() {
    let api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let client = connect(&api.test.settings).await;
    client
        .batch_execute(
            "create function public.in_a_state() returns trigger language plpgsql set search_path = '' as $$
             begin raise exception 'no' using errcode = (select label from public.state); end $$;
             create table public.state (label text);
             insert into public.state values ('53100');
             grant select on public.state to authenticated;
             create trigger in_a_state before insert on public.stacks
               for each row execute function public.in_a_state()",
        )
        .await
        .expect("a trigger");
    for (state, code, said) in [
        ("53100", "UNAVAILABLE", "its disk is full"),
        ("53200", "UNAVAILABLE", "at its limits"),
        ("53300", "UNAVAILABLE", "at its limits"),
        ("25006", "UNAVAILABLE", "takes no changes now"),
        ("57P03", "UNAVAILABLE", "does not answer"),
        ("57014", "TIMEOUT", "longer than it may"),
        ("23505", "CONFLICT", "such a row already"),
    ] {
        let update = "update public.state set label = $1";
        client.execute(update, &[&state]).await.expect("a state");
        for mutation in [WRITE, SEVERAL] {
            let (found, message, _) = api.error(&ada, mutation, json!({})).await;
            assert_eq!(found, code, "{state}: {message}");
            assert!(message.contains(said), "{state}: {message}");
        }
    }
    let read = api
        .data(&ada, "{ stacks { nodes { name } } }", json!({}))
        .await;
    assert_eq!(read, json!({"stacks": {"nodes": []}}));
}

#[tokio::test]
async fn a_read_only_database_is_read_and_says_so_to_others() {
    let mut api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let client = connect(&api.test.settings).await;
    client
        .batch_execute(
            "do $$ begin
               execute format('alter database %I set default_transaction_read_only = on', current_database());
             end $$",
        )
        .await
        .expect("read-only from the next connection on");
    api.restart_with(|_| {}).await;
    let read = api
        .data(&ada, "{ stacks { nodes { name } } }", json!({}))
        .await;
    assert_eq!(read, json!({"stacks": {"nodes": []}}));
    let anonymous = "mutation { signInAnonymously { accessToken } }";
    for mutation in [WRITE, SEVERAL, anonymous] {
        let (code, message, _) = api.error(&ada, mutation, json!({})).await;
        assert_eq!(code, "UNAVAILABLE", "{mutation}: {message}");
        assert!(
            message.contains("takes no changes now"),
            "{mutation}: {message}"
        );
    }
    let begun = std::time::Instant::now();
    let changes = "subscription { stacksChanges { cursor } }";
    let request = Request {
        query: changes.into(),
        ..Request::default()
    };
    let Err(refused) = api.graphql.subscribe(request, context(&ada)).await else {
        panic!("nobody can follow the changes of a database that takes none");
    };
    let answer: Value = serde_json::from_slice(&refused.body).expect("JSON");
    let error = &answer["errors"][0];
    assert_eq!(error["extensions"]["code"], "UNAVAILABLE", "{answer}");
    let message = error["message"].as_str().unwrap_or_default();
    assert!(message.contains("takes no changes now"), "{answer}");
    assert!(
        begun.elapsed() < std::time::Duration::from_secs(8),
        "it is said at once"
    );
}
