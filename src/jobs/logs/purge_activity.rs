//! `logs.purge_activity`: logs go when they are older than `logging_settings` keep them; of errors only resolved ones.

job_in_steps!(
    "select kind, deleted from public.purge_old_activity_logs($1) purged, lateral (values
       ('user_activity_logs', purged.user_logs_deleted), ('agent_activity_logs', purged.agent_logs_deleted),
       ('error_logs', purged.error_logs_deleted)) of_each (kind, deleted)"
);
