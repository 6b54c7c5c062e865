//! What happens to every table by a list of its own: quotas, activity, what administrators write. A new table is in it, or
//! says here why not.

use super::holds;

/// Tables that no trigger of that name guards.
fn without(trigger: &str) -> String {
    format!(
        "select format('%s.%s', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where (n.nspname = 'public' or (n.nspname, c.relname) = ('storage', 'objects'))
           and c.relkind in ('r', 'p') and not c.relispartition
           and not exists (select from pg_trigger t where t.tgrelid = c.oid and t.tgname = '{trigger}')"
    )
}

const BY_ADMINISTRATORS: &str = "administrators alone write it";
const BY_THE_SERVER: &str = "the server alone writes it, as much as people's work makes";

#[tokio::test]
async fn every_table_that_people_fill_counts_in_their_quotas() {
    let exceptions = [
        ("public.admin_config", BY_ADMINISTRATORS),
        ("public.agent_activity_logs", BY_THE_SERVER),
        ("public.alerts", BY_THE_SERVER),
        ("public.api_providers", BY_ADMINISTRATORS),
        ("public.api_usage_logs", BY_THE_SERVER),
        ("public.audit_entries", BY_THE_SERVER),
        ("public.document_sources", BY_THE_SERVER),
        ("public.embedding_cache", BY_THE_SERVER),
        ("public.embeddings", "it follows the texts that it is of"),
        ("public.error_logs", BY_THE_SERVER),
        ("public.feedback_analytics", BY_THE_SERVER),
        ("public.feedback_categories", BY_ADMINISTRATORS),
        (
            "public.feedback_tag_links",
            "as many as administrators made tags, for each feedback",
        ),
        ("public.feedback_tags", BY_ADMINISTRATORS),
        ("public.job_queue", BY_THE_SERVER),
        (
            "public.job_schedules",
            "there is one for each that the server knows",
        ),
        ("public.model_calls", BY_THE_SERVER),
        ("public.model_config", BY_ADMINISTRATORS),
        ("public.note_suggestions", BY_THE_SERVER),
        ("public.performance_metrics", BY_THE_SERVER),
        (
            "public.project_invitations",
            "invitations have a rate of their own, and go",
        ),
        ("public.prompt_frameworks", BY_ADMINISTRATORS),
        ("public.rate_limit_tracking", BY_THE_SERVER),
        ("public.rate_limits", BY_THE_SERVER),
        ("public.search_index", "it follows the rows that it is of"),
        ("public.usage_logs", BY_THE_SERVER),
        ("public.user_activity_logs", BY_THE_SERVER),
        ("public.users", "a person has one row"),
    ];
    for verb in ["insert", "update"] {
        holds(&without(&format!("zz_spend_quota_on_{verb}")), &exceptions).await;
    }
}

/// What the triggers count up and what is counted anew at the limit are the same tables.
#[tokio::test]
async fn what_counts_is_measured() {
    holds(
        "select format('%s.%s', n.nspname, c.relname)
         from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
         where t.tgname = 'zz_spend_quota_on_insert' and not exists (
           select from pg_proc p where p.proname in ('measure_quota', 'measure_files')
             and p.prosrc ~ format('from %s\\.%s t ', n.nspname, c.relname))",
        &[],
    )
    .await;
}

#[tokio::test]
async fn what_people_write_is_activity() {
    let exceptions = [
        ("public.agent_activity_logs", BY_THE_SERVER),
        ("public.alerts", BY_THE_SERVER),
        ("public.api_usage_logs", BY_THE_SERVER),
        ("public.audit_entries", BY_THE_SERVER),
        ("public.document_sources", BY_THE_SERVER),
        ("public.embedding_cache", BY_THE_SERVER),
        ("public.embeddings", BY_THE_SERVER),
        (
            "public.error_logs",
            "what administrators do about errors is among what they do",
        ),
        ("public.feedback_analytics", BY_THE_SERVER),
        ("public.job_queue", BY_THE_SERVER),
        (
            "public.job_schedules",
            "what administrators do about schedules is among what they do",
        ),
        ("public.model_calls", BY_THE_SERVER),
        ("public.note_suggestions", BY_THE_SERVER),
        ("public.performance_metrics", BY_THE_SERVER),
        ("public.rate_limit_tracking", BY_THE_SERVER),
        ("public.rate_limits", BY_THE_SERVER),
        ("public.search_index", "it follows the rows that it is of"),
        (
            "public.streams",
            "a stream is how an answer arrives, not what somebody did",
        ),
        ("public.usage_logs", BY_THE_SERVER),
        ("public.user_activity_logs", "it is the log"),
    ];
    for verb in ["insert", "update", "delete"] {
        holds(
            &without(&format!("zy_record_activity_on_{verb}")),
            &exceptions,
        )
        .await;
    }
}

/// A policy that lets administrators write what others may not is a reason to write down that they did.
#[tokio::test]
async fn what_administrators_write_is_audited() {
    holds(
        "select distinct format('%s.%s', p.schemaname, p.tablename) from pg_policies p
         where p.schemaname in OWN and p.cmd <> 'SELECT'
           and concat(p.qual, p.with_check) ~ '(get_user_role|is_current_user_admin)'
           and not exists (
             select from pg_trigger t
             where t.tgrelid = format('%I.%I', p.schemaname, p.tablename)::regclass and t.tgname = 'audit_admin_write')",
        &[],
    )
    .await;
}
