//! What the database refuses has one code, whichever way it was asked.

use mindloom::{error::Code, upkeep};
use serde_json::{Value, json};

use crate::support::{TestApi, connect, next};

const ONE: &str = r#"mutation { createStack(input: {name: "one"}) { id } }"#;
const SEVERAL: &str = r#"mutation { a: createStack(input: {name: "one"}) { id } b: createStack(input: {name: "two"}) { id } }"#;
const SIGN_IN: &str = "mutation { signInAnonymously { accessToken } }";
const CHANGES: &str = "subscription ($after: Cursor) { stacksChanges(after: $after) { cursor } }";

/// Every statement that passes the doors below meets the state that is written into a table, if there is one.
const DOORS: &str = "
create table public.state (label text);
insert into public.state values (null);
grant select on public.state to public;
create function public.meet() returns boolean language plpgsql set search_path = '' as $$
declare
  state text := (select label from public.state);
begin
  if state is not null then raise exception 'said by a function' using errcode = state; end if;
  return true;
end $$;
grant execute on function public.meet() to public;
create function public.meet_row() returns trigger language plpgsql set search_path = '' as $$
begin perform public.meet(); return new; end $$;
create trigger meet before insert on public.stacks for each row execute function public.meet_row();
create trigger meet before insert on auth.users for each row execute function public.meet_row();
create policy meet on public.stacks as restrictive for select to authenticated using (public.meet());
create or replace function private.fold_template_uses(p_max integer default 1000) returns bigint
  language plpgsql set search_path = '' as $$
begin perform public.meet(); return 0; end $$;";

#[tokio::test]
async fn a_state_has_one_code_at_every_door() {
    let mut api = TestApi::new().await;
    let ada = api.test.user("ada@example.org").await;
    let client = connect(&api.test.settings).await;
    client.batch_execute(DOORS).await.expect("the doors");
    api.restart_with(|_| {}).await;
    let mut changes = api.subscribe(&ada, CHANGES, json!({})).await;
    api.data(&ada, ONE, json!({})).await;
    let first = next(&mut changes).await;
    let after = first["data"]["stacksChanges"]["cursor"].clone();
    api.data(&ada, ONE, json!({})).await;
    next(&mut changes).await;
    drop(changes);
    for (state, code) in [
        ("22012", Code::Internal),
        ("22021", Code::BadUserInput),
        ("23502", Code::BadUserInput),
        ("23503", Code::Conflict),
        ("23505", Code::Conflict),
        ("23514", Code::BadUserInput),
        ("42501", Code::Forbidden),
        ("42P01", Code::Internal),
        ("53100", Code::Unavailable),
        ("53300", Code::Unavailable),
        ("54001", Code::LimitExceeded),
        ("55P03", Code::Conflict),
        ("57014", Code::Timeout),
        ("57P03", Code::Unavailable),
        ("P0001", Code::BadUserInput),
        ("P0002", Code::NotFound),
        ("XX000", Code::Internal),
    ] {
        let update = "update public.state set label = $1";
        client.execute(update, &[&state]).await.expect("a state");
        for (door, mutation) in [
            ("request", ONE),
            ("transaction", SEVERAL),
            ("accounts", SIGN_IN),
        ] {
            let (found, message, _) = api.error(&ada, mutation, json!({})).await;
            assert_eq!(found, code.as_str(), "{state}, {door}: {message}");
        }
        let job = upkeep::once(&api.test.db).await.expect_err("a state");
        assert_eq!(job.code(), code, "{state}, job: {job}");
        // What passes by itself is asked again for seconds before anybody is told.
        if !matches!(code, Code::Unavailable) && state != "55P03" {
            let mut changes = api
                .subscribe(&ada, CHANGES, json!({ "after": after }))
                .await;
            let refused = next(&mut changes).await;
            let found: &Value = &refused["errors"][0]["extensions"]["code"];
            assert_eq!(found, code.as_str(), "{state}, realtime: {refused}");
        }
    }
}
