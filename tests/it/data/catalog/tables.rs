//! Tables, keys, constraints and indexes.

use super::holds;

#[tokio::test]
async fn every_table_has_a_primary_key() {
    // The change log is only ever appended to, and read by transaction; a key would cost every writer.
    holds(
        "select format('%s.%s', n.nspname, c.relname)
         from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where c.relkind in ('r', 'p') and n.nspname in OWN
           and not (n.nspname = 'realtime' and c.relname ~ '^changes')
           and not exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary)",
        &[],
    )
    .await;
}

#[tokio::test]
async fn every_table_has_row_level_security() {
    holds(
        "select format('%s.%s', n.nspname, c.relname)
         from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where c.relkind in ('r', 'p') and n.nspname in OWN and not c.relrowsecurity",
        &[],
    )
    .await;
}

#[tokio::test]
async fn every_foreign_key_states_on_delete() {
    holds(
        "select format('%s.%s', k.conrelid::regclass, k.conname)
         from pg_constraint k join pg_namespace n on n.oid = k.connamespace
         where k.contype = 'f' and n.nspname in OWN and k.confdeltype = 'a'",
        &[],
    )
    .await;
}

/// An index serves a key if its first columns are the key's, in any order, or begin with one that
/// narrows the search to a single row of the other table (`cluster_id` of `cluster_id, user_id`).
#[tokio::test]
async fn every_foreign_key_has_an_index() {
    holds(
        "select format('%s.%s', k.conrelid::regclass, k.conname)
         from pg_constraint k join pg_namespace n on n.oid = k.connamespace
         where k.contype = 'f' and n.nspname in OWN and not exists (
           select from pg_index i
           where i.indrelid = k.conrelid and i.indpred is null and i.indexprs is null
             and (
               ((i.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey
                 and (i.indkey::int2[])[0:cardinality(k.conkey) - 1] <@ k.conkey)
               or exists (
                 select from unnest(k.conkey, k.confkey) as pair (here, there)
                 join pg_index t on t.indrelid = k.confrelid and t.indisunique and t.indnkeyatts = 1
                   and t.indkey[0] = pair.there
                 where i.indkey[0] = pair.here
               )
             )
         )",
        &[],
    )
    .await;
}

#[tokio::test]
async fn no_two_indexes_are_the_same() {
    holds(
        "select format('%s = %s', a.indexrelid::regclass, b.indexrelid::regclass)
         from pg_index a join pg_index b on b.indrelid = a.indrelid and b.indexrelid > a.indexrelid
           and b.indkey::text = a.indkey::text and b.indclass = a.indclass and b.indoption = a.indoption
           and b.indcollation = a.indcollation
           and b.indpred::text is not distinct from a.indpred::text
           and b.indexprs::text is not distinct from a.indexprs::text
         join pg_class c on c.oid = a.indrelid join pg_namespace n on n.oid = c.relnamespace
         where n.nspname in OWN",
        &[],
    )
    .await;
}

/// PostgreSQL makes up `<table>_check1` and `<table>_<column>_check` for constraints without a name;
/// an error names the constraint, and the server makes words of it.
#[tokio::test]
async fn every_check_constraint_has_a_name_of_its_own() {
    holds(
        "select format('%s.%s', k.conrelid::regclass, k.conname)
         from pg_constraint k join pg_namespace n on n.oid = k.connamespace
         where k.contype = 'c' and n.nspname in ('auth', 'public', 'storage') and k.conname ~ '_check[0-9]*$'",
        &[],
    )
    .await;
}

#[tokio::test]
async fn every_table_tells_when_its_rows_were_made_and_changed() {
    holds(
        "select format('%s.%s', n.nspname, c.relname)
         from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where c.relkind = 'r' and not c.relispartition and n.nspname in ('auth', 'public', 'storage') and (
           select count(*) from pg_attribute a
           where a.attrelid = c.oid and a.attname in ('created_at', 'updated_at')
             and a.attnotnull and a.atttypid = 'timestamptz'::regtype
         ) < 2",
        &[],
    )
    .await;
}

#[tokio::test]
async fn a_trigger_keeps_every_updated_at() {
    holds(
        "select format('%s.%s', n.nspname, c.relname)
         from pg_class c join pg_namespace n on n.oid = c.relnamespace
         join pg_attribute a on a.attrelid = c.oid and a.attname = 'updated_at'
         where c.relkind = 'r' and n.nspname in ('auth', 'public', 'storage') and not exists (
           select from pg_trigger t join pg_proc p on p.oid = t.tgfoid
           where t.tgrelid = c.oid and p.proname = 'set_updated_at' and t.tgtype & 1 = 1 and t.tgtype & 2 = 2
         )",
        &[],
    )
    .await;
}

#[tokio::test]
async fn no_money_is_a_float_and_no_text_has_a_hidden_limit() {
    // The change log keeps rows as the text that they become, and nobody asks into it.
    holds(
        "select format('%s.%s', c.oid::regclass, a.attname)
         from pg_attribute a join pg_class c on c.oid = a.attrelid
         join pg_namespace n on n.oid = c.relnamespace
         where c.relkind in ('r', 'p') and n.nspname in OWN and n.nspname <> 'realtime' and a.attnum > 0 and not a.attisdropped and (
           a.atttypid in ('varchar'::regtype, 'bpchar'::regtype, 'json'::regtype, 'timestamp'::regtype, 'money'::regtype)
           or (a.attname ~ '(cost|price|amount)' and a.atttypid in ('float4'::regtype, 'float8'::regtype))
         )",
        &[],
    )
    .await;
}

#[tokio::test]
async fn no_extension_lies_in_public() {
    holds(
        "select extname from pg_extension where extnamespace = 'public'::regnamespace",
        &[],
    )
    .await;
}

#[tokio::test]
async fn views_run_as_their_reader_and_none_is_materialized() {
    holds(
        "select format('%s.%s', n.nspname, c.relname)
         from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where n.nspname in OWN and (
           c.relkind in ('m', 'f')
           or (c.relkind = 'v' and not coalesce(c.reloptions @> '{security_invoker=true}', false))
         )",
        &[],
    )
    .await;
}
