//! What Supabase's splinter looks for and no other file here asks, in words of our own.
//!
//! | lint | is held by |
//! |---|---|
//! | 0001, 0004, 0009, 0010, 0013, 0014, 0016 | `tables` |
//! | 0003, 0006, 0015, 0024 | `policies` |
//! | 0011, 0028, 0029 | `functions`, where each exception of the last two has its reason |
//! | 0002, 0007, 0008, 0017, 0018, 0019, 0021, 0023, 0025 | this file |
//! | 0026, 0027 | nothing: they speak where pg_graphql is installed; what may be read is the access matrix |
//! | 0005, 0020, 0022 | nothing: they look at use, bloat and versions of a database that runs |
//!
//! splinter itself, of April 2026, run over a migrated database of our own and over one as Supabase sets it up,
//! found the same functions for 0028 (3) and 0029 (29) that `functions` lists, the tables below for 0008, three
//! foreign keys for 0001 that an index on their narrower half serves (see `tables`), and nothing else but 0005.

use super::holds;

/// 0008. Nobody of the API reads or writes them; the owner does. Row level security stands as a second door.
#[tokio::test]
async fn tables_without_a_policy_are_the_servers_own() {
    holds(
        "select format('%s.%s', n.nspname, c.relname)
         from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where c.relkind in ('r', 'p') and c.relrowsecurity and not c.relispartition
           and (n.nspname = 'mindloom' or n.nspname in OWN) and n.nspname not in ('auth', 'realtime')
           and not exists (select from pg_policy p where p.polrelid = c.oid)",
        &[
            ("mindloom.created_objects", "what the migrations made, for taking it back"),
            ("mindloom.dismissed_groupings", "what people do not want to see together, for the job that suggests clusters"),
            ("mindloom.embedding_models", "which models are in use"),
            ("mindloom.file_removals", "what is to be removed from the place of files"),
            ("mindloom.file_uploads", "contents that are being uploaded"),
            ("mindloom.file_usage", "counted by triggers"),
            ("mindloom.idempotency_keys", "reached through two functions, by the caller's own keys"),
            ("mindloom.job_providers", "which providers asked to be left alone"),
            ("mindloom.job_types", "what enqueueing has to know of the server's registry"),
            ("mindloom.job_workers", "which processes live"),
            ("mindloom.key_checks", "for comparing the secrets of several servers"),
            ("mindloom.remote_calls", "what answers began to do on other servers, so that it is done once"),
            ("mindloom.stream_chunks", "what is written piece by piece; handed on to whom its stream is shown"),
            ("mindloom.template_uses", "counts that wait to be added up"),
            ("private.admin_invitations", "hashes of links, for the server alone"),
            ("private.former_configuration", "what the audit masks, for putting it back"),
            ("private.quota_usage", "counted by triggers"),
            ("public.embedding_cache", "the service role's, which row level security does not hold"),
            ("public.rate_limits", "the service role's, which row level security does not hold"),
        ],
    )
    .await;
}

/// 0007. A policy that nothing asks protects nothing.
#[tokio::test]
async fn no_policy_stands_on_a_table_that_does_not_ask_it() {
    holds(
        "select distinct c.oid::regclass::text from pg_policy p join pg_class c on c.oid = p.polrelid
         where not c.relrowsecurity",
        &[],
    )
    .await;
}

/// 0002, 0017. Views hide who reads, foreign tables have no row level security.
#[tokio::test]
async fn the_api_reaches_no_view_of_accounts_and_no_foreign_table() {
    holds(
        "select c.oid::regclass::text from pg_class c
         cross join unnest(array['anon', 'authenticated', 'service_role']) role
         where has_table_privilege(role, c.oid, 'select') and (c.relkind = 'f' or c.relkind in ('v', 'm') and exists (
           select from pg_rewrite w join pg_depend d on d.objid = w.oid and d.classid = 'pg_rewrite'::regclass
           where w.ev_class = c.oid and d.refobjid = 'auth.users'::regclass))",
        &[],
    )
    .await;
}

/// 0018. They are numbers of this one cluster, and pg_upgrade refuses a database that keeps them.
#[tokio::test]
async fn no_column_keeps_an_object_number() {
    holds(
        "select format('%s.%s', c.oid::regclass, a.attname)
         from pg_attribute a join pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'p')
         join pg_namespace n on n.oid = c.relnamespace and (n.nspname = 'mindloom' or n.nspname in OWN)
         where a.attnum > 0 and not a.attisdropped and a.atttypid = any (array[
           'regcollation', 'regconfig', 'regdictionary', 'regnamespace', 'regoper', 'regoperator', 'regproc',
           'regprocedure']::regtype[])",
        &[],
    )
    .await;
}

/// 0019. Whoever reaches a queue's tables takes other people's work.
#[tokio::test]
async fn no_message_queue_stands_in_the_api() {
    holds(
        "select extname from pg_extension where extname = 'pgmq'",
        &[],
    )
    .await;
}

/// 0021. Only the key of an account is certain to stay unique; Supabase takes other constraints away as it likes.
#[tokio::test]
async fn accounts_are_referred_to_by_their_key() {
    holds(
        "select format('%s.%s', k.conrelid::regclass, k.conname)
         from pg_constraint k join pg_class there on there.oid = k.confrelid
         join pg_namespace n on n.oid = there.relnamespace and n.nspname = 'auth'
         join pg_class here on here.oid = k.conrelid
         join pg_index i on i.indexrelid = k.conindid
         where k.contype = 'f' and here.relnamespace <> there.relnamespace and not i.indisprimary",
        &[],
    )
    .await;
}

/// 0023. What identifies or pays for a person is in no table that people without an account read.
#[tokio::test]
async fn strangers_read_nothing_sensitive() {
    holds(
        "select format('%s.%s', c.oid::regclass, a.attname)
         from pg_attribute a join pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'p', 'v', 'm')
         join pg_namespace n on n.oid = c.relnamespace and n.nspname in OWN
         where a.attnum > 0 and not a.attisdropped and has_column_privilege('anon', c.oid, a.attnum, 'select')
           and a.attname ~* '(passw|secret|token|api_?key|encrypted|hash|mail|phone|address|birth|ssn|iban|card|salary)'",
        &[("storage.objects.path_tokens", "the steps of a file's name, which policies open one by one")],
    )
    .await;
}

/// 0025. A public bucket is read by address; a policy that lists it tells everybody what is there.
#[tokio::test]
async fn no_bucket_is_public() {
    holds("select id from storage.buckets where public", &[]).await;
}
