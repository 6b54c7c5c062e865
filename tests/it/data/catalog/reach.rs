//! What the API's roles can reach at all.

use std::collections::BTreeSet;

use super::holds;
use crate::support::TestDb;

/// Tables on which an API role holds any right.
const REACHABLE: &str = "from pg_class c join pg_namespace n on n.oid = c.relnamespace
    cross join unnest(array['anon', 'authenticated', 'service_role']) role
    where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname not in ('pg_catalog', 'information_schema')
      and (has_table_privilege(role, c.oid, 'select, insert, update, delete, truncate, references, trigger')
        or has_any_column_privilege(role, c.oid, 'select, insert, update, references'))";

#[tokio::test]
async fn every_reachable_table_is_registered() {
    let test = TestDb::new().await;
    let client = test.db.system().await.expect("a connection");
    let sql = format!(
        "select distinct format('%s.%s', n.nspname, c.relname) {REACHABLE} and n.nspname <> 'realtime'"
    );
    let rows = client.query(&sql, &[]).await.expect("the catalog");
    let registered: BTreeSet<String> = entity::tables()
        .iter()
        .map(|table| format!("{}.{}", table.schema, table.name))
        .collect();
    let unknown: Vec<String> = rows
        .iter()
        .map(|row| row.get(0))
        .filter(|name| !registered.contains(name))
        .collect();
    assert!(
        unknown.is_empty(),
        "reachable but not registered: {unknown:?}"
    );
}

#[tokio::test]
async fn sign_in_is_out_of_reach() {
    holds(&format!("select format('%s on %s.%s', role, n.nspname, c.relname) {REACHABLE} and n.nspname in ('auth', 'mindloom', 'private')"), &[])
        .await;
}

#[tokio::test]
async fn api_roles_enter_no_private_schema_and_create_nothing() {
    holds(
        "select format('%s %s %s', role, verb, nspname)
         from pg_namespace
         cross join unnest(array['anon', 'authenticated', 'service_role', 'authenticator']) role
         cross join unnest(array['usage', 'create']) verb
         where nspname not like 'pg\\_%' and nspname <> 'information_schema' and has_schema_privilege(role, oid, verb)
           and (verb = 'create' or nspname in ('mindloom', 'private'))",
        &[],
    )
    .await;
}

#[tokio::test]
async fn authenticator_owns_and_reads_nothing() {
    holds(
        "select format('%s.%s', n.nspname, c.relname)
         from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where n.nspname not in ('pg_catalog', 'information_schema') and (
           c.relowner = 'authenticator'::regrole
           or (c.relkind in ('r', 'p', 'v', 'm', 'f') and (
             has_table_privilege('authenticator', c.oid, 'select, insert, update, delete')
             or has_any_column_privilege('authenticator', c.oid, 'select, insert, update')))
         )
         union all
         select rolname from pg_roles
         where rolname = 'authenticator' and (rolinherit or rolsuper or rolbypassrls or rolcreaterole or rolcreatedb)",
        &[],
    )
    .await;
}

#[tokio::test]
async fn only_the_service_role_steps_over_row_level_security() {
    holds(
        "select rolname from pg_roles
         where rolname in ('anon', 'authenticated', 'service_role') and (rolbypassrls or rolsuper or rolcanlogin)",
        &[("service_role", "the operator's own programs see every row")],
    )
    .await;
}

/// Hashes and ciphertexts: not even the service role reads them.
#[tokio::test]
async fn nobody_reads_secrets() {
    holds(
        "select format('%s: %s.%s.%s', role, n.nspname, c.relname, a.attname)
         from pg_attribute a
         join pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'p', 'v')
         join pg_namespace n on n.oid = c.relnamespace and n.nspname in OWN
         cross join unnest(array['anon', 'authenticated', 'service_role']) role
         where a.attname ~ '(password|secret|encrypted|_token$|token_hash)'
           and has_column_privilege(role, c.oid, a.attnum, 'select')",
        &[
            (
                "authenticated: public.documents.share_token",
                "its owner puts it into a link",
            ),
            (
                "service_role: public.documents.share_token",
                "opens no more than the row itself, which it reads",
            ),
        ],
    )
    .await;
}

/// What a trigger or the server computes cannot be written by a user.
#[tokio::test]
async fn users_write_no_computed_column() {
    holds(
        "select format('%s.%s.%s', n.nspname, c.relname, a.attname)
         from pg_attribute a
         join pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'p')
         join pg_namespace n on n.oid = c.relnamespace and n.nspname in OWN
         where a.attnum > 0 and not a.attisdropped
           and (has_column_privilege('authenticated', c.oid, a.attnum, 'insert')
             or has_column_privilege('authenticated', c.oid, a.attnum, 'update'))
           and (a.attgenerated <> ''
             or a.attname ~ '(^|_)(count|counts|cost|total|totals)$' or a.attname ~ '^total_'
             or (c.relname, a.attname) = ('users', 'is_active')
             or a.attname in (
               'created_at', 'updated_at', 'deleted_at', 'email', 'email_verified', 'last_login_at',
               'subscription_plan', 'subscription_status', 'subscription_current_period_end', 'word_count',
               'character_count', 'reading_time', 'embedding_is_stale', 'embedding_updated_at', 'share_token',
               'share_password_hash', 'version', 'version_number'
             ))",
        &[("storage.objects.version", "the server writes it as the caller; a trigger takes versions alone that an upload brought, each once")],
    )
    .await;
}

#[tokio::test]
async fn nobody_changes_the_key_or_owner_of_a_row() {
    holds(
        "select format('%s.%s.%s', n.nspname, c.relname, a.attname)
         from pg_attribute a
         join pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'p')
         join pg_namespace n on n.oid = c.relnamespace and n.nspname in OWN
         left join pg_index i on i.indrelid = c.oid and i.indisprimary
         where a.attnum > 0 and (a.attname = 'user_id' or a.attnum = any (i.indkey::int2[]))
           and has_column_privilege('authenticated', c.oid, a.attnum, 'update')",
        &[],
    )
    .await;
}
