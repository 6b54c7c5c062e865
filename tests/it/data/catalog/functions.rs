//! Functions: what they run as, and who may call them.

use super::holds;

/// Functions of this database, not of extensions or of PostgreSQL itself.
const ALL: &str = "from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname in ('auth', 'public', 'private', 'storage', 'realtime', 'mindloom')
      and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')";

#[tokio::test]
async fn every_security_definer_has_an_empty_search_path() {
    holds(
        &format!(
            r#"select p.oid::regprocedure::text {ALL} and p.prosecdef
               and not coalesce('search_path=""' = any (p.proconfig), false)"#
        ),
        &[],
    )
    .await;
}

/// Without a search path of its own, a function means what the caller's path says. A body that was
/// parsed when it was made (`prosqlbody`) does not.
#[tokio::test]
async fn no_function_depends_on_its_callers_search_path() {
    holds(
        &format!(
            "select p.oid::regprocedure::text {ALL} and p.prosqlbody is null
               and not exists (select from unnest(p.proconfig) setting where setting like 'search\\_path=%')"
        ),
        &[],
    )
    .await;
}

#[tokio::test]
async fn no_function_may_be_called_by_just_anybody() {
    holds(
        &format!(
            "select p.oid::regprocedure::text {ALL}
               and (p.proacl is null or exists (select from aclexplode(p.proacl) a where a.grantee = 0))"
        ),
        &[],
    )
    .await;
}

/// A security definer function steps over row level security, so each that a user may call is
/// listed with what it checks instead.
#[tokio::test]
async fn functions_that_users_call_run_as_their_caller() {
    holds(
        &format!(
            "select p.oid::regprocedure::text {ALL} and p.prosecdef and n.nspname = 'public'
               and (has_function_privilege('anon', p.oid, 'execute') or has_function_privilege('authenticated', p.oid, 'execute'))"
        ),
        &[
            ("accept_cluster(uuid,text,uuid[])", "writes note_suggestions, which no user may; checks the owner"),
            ("accept_invitation(uuid,text)", "writes collaborators, which no user may; checks the address or the token"),
            ("accept_note_suggestion(uuid,uuid)", "reads note_suggestions with the cluster locked; checks the owner"),
            ("analyze_all_tables()", "for admins, which it checks"),
            ("answer_tool_request(uuid,text,boolean)", "writes parts and enqueues a job, which no user may; checks whose chat it is"),
            ("cancel_invitation(uuid)", "writes invitations, which no user may; checks that the caller may share the project"),
            ("cancel_job(uuid)", "writes jobs, which no user may; checks that it is the caller's, or that they are an admin"),
            ("check_project_quota(uuid,integer)", "for the user named or an admin, which it checks"),
            ("daily_maintenance()", "for admins, which it checks"),
            ("decline_invitation(uuid,text)", "writes invitations, which no user may; checks the address or the token"),
            ("delete_feature_flag(text)", "for admins, which it checks"),
            ("dismiss_cluster(uuid)", "locks the cluster first; checks the owner"),
            ("document_has_share_password(uuid)", "reads a column that no API role may; checks the owner"),
            ("duplicate_project(uuid,uuid,text)", "for the user named or an admin, which it checks"),
            ("empty_bucket(text)", "for admins, which it checks"),
            ("generate_document(uuid,uuid[],uuid,text,document_format,jsonb)", "writes sources and enqueues a job, which no user may; checks that cluster, notes and parent are the caller's"),
            ("generate_from_project(uuid,text,jsonb)", "enqueues a job, which no user may; checks that the caller may edit the project"),
            ("generate_prompt(text,uuid,text,jsonb)", "enqueues a job, which no user may; checks that the caller sees the template"),
            ("generate_weekly_insight(date,jsonb)", "enqueues a job of the caller's own, which no user may"),
            ("get_configuration_history(text,uuid,integer,uuid)", "for admins, which it checks"),
            ("get_database_stats()", "for admins, which it checks"),
            ("get_database_waits()", "for admins, which it checks"),
            ("get_feature_flags()", "tells the caller which flags are on for them, of settings that only admins read"),
            ("get_former_configuration(uuid)", "for admins, which it checks"),
            ("get_health_report(jsonb)", "for admins, which it checks"),
            ("get_index_stats()", "for admins, which it checks"),
            ("get_monthly_api_costs(uuid,date)", "for the user named or an admin, which it checks"),
            ("get_my_invitations()", "names the project and the person of invitations to an address that the caller proved"),
            ("get_people(uuid)", "names those with whom the caller shares a project, which it checks"),
            ("get_project_quota()", "tells the caller's own figures, of which one is a setting that only admins read"),
            ("get_public_chat(uuid)", "shows one chat, if its owner made it public, to whoever knows its id"),
            ("get_slow_statements(text,integer)", "for admins, which it checks"),
            ("get_system_settings()", "tells people the application's settings, and admins alone the rest, which it checks"),
            ("get_user_project_stats(uuid)", "for the user named or an admin, which it checks"),
            ("health_check()", "for admins, which it checks"),
            ("integrity_check()", "for admins, which it checks"),
            ("keep_idempotent_answer(text,text)", "keeps an answer under the caller's own keys"),
            ("purge_old_activity_logs(integer)", "for admins, which it checks"),
            ("refuse_note_suggestion(uuid,uuid)", "writes note_suggestions, which no user may; checks the owner"),
            ("regenerate_message(uuid,jsonb)", "writes answers and enqueues a job, which no user may; checks whose chat it is"),
            ("resume_provider(text)", "for admins, which it checks"),
            ("restore_note(uuid)", "writes deleted_at, which no user may; checks the owner"),
            ("restore_project(uuid,uuid)", "for the user named or an admin, which it checks"),
            ("retry_job(uuid)", "writes jobs, which no user may; checks that it is the caller's, or that they are an admin"),
            ("run_job_schedule(text)", "for admins, which it checks"),
            ("security_audit()", "for admins, which it checks"),
            ("send_message(uuid,jsonb,jsonb,jsonb,text,uuid)", "writes answers and enqueues a job, which no user may; checks whose chat it is"),
            ("set_feature_flag(text,jsonb)", "for admins, which it checks"),
            ("show_branch(uuid)", "writes which messages are shown, which no user may; checks whose chat it is"),
            ("soft_delete_note(uuid)", "writes deleted_at, which no user may; checks the owner"),
            ("soft_delete_project(uuid,uuid)", "for the user named or an admin, which it checks"),
            ("stop_stream(uuid)", "notes that a stream is to end, which no user may; checks whose chat it is"),
            ("suggest_clusters()", "enqueues a job of the caller's own, which no user may"),
            ("take_idempotency_key(text,bytea)", "sees the caller's own keys alone"),
            ("transcribe_recording(uuid,jsonb)", "enqueues a job, which no user may; checks that the caller may edit the project"),
            ("transfer_project(uuid,uuid)", "writes the owner, which no user may; checks that it is the caller"),
            ("update_job_schedule(text,text,text,boolean,timestamp with time zone)", "for admins, which it checks"),
            ("update_system_settings(jsonb)", "for admins, which it checks"),
        ],
    )
    .await;
}

/// The same of the other schemas. No role of the API may name what lies in `private`: policies and defaults
/// call these on a caller's behalf.
#[tokio::test]
async fn functions_behind_policies_run_as_their_caller() {
    holds(
        &format!(
            "select p.oid::regprocedure::text {ALL} and p.prosecdef and n.nspname <> 'public'
               and (has_function_privilege('anon', p.oid, 'execute') or has_function_privilege('authenticated', p.oid, 'execute'))"
        ),
        &[
            ("private.active_embedding_model()", "the name of the model that answers searches by meaning, the same for all"),
            ("private.my_project_ids(collaborator_role)", "the caller's own projects and shares, for policies that would ask each other for ever"),
            ("private.proved_email()", "the caller's own address, which only sign-in may read"),
            ("private.shared_project_ids(collaborator_role)", "the caller's own shares, for policies that would ask each other for ever"),
        ],
    )
    .await;
}

#[tokio::test]
async fn nobody_without_an_account_calls_what_is_not_for_them() {
    holds(
        &format!("select p.oid::regprocedure::text {ALL} and n.nspname = 'public' and has_function_privilege('anon', p.oid, 'execute')"),
        &[
            ("get_feature_flags()", "a page asks which flags are on before anybody has signed in"),
            ("get_public_chat(uuid)", "a public chat is read without an account"),
            ("keep_idempotent_answer(text,text)", "the server calls it within a mutation, whoever the caller is"),
            ("refuse_groups(integer)", "within an aggregate of any caller; it reads nothing and only refuses"),
            ("take_idempotency_key(text,bytea)", "the server calls it within a mutation, whoever the caller is"),
        ],
    )
    .await;
}
