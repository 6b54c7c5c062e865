select realtime.unpublish('public.audit_entries');
-- So that it gets the same number when it is published again.
select setval(pg_get_serial_sequence('realtime.published_tables', 'id'), max(id)) from realtime.published_tables;
create or replace function public.daily_maintenance() returns jsonb
  language plpgsql security definer set search_path = '' as $$
declare
  purged record;
  windows bigint;
  days bigint;
  tables bigint;
begin
  perform private.require_admin();
  select * into purged from public.purge_old_activity_logs();
  delete from public.rate_limit_tracking where period_end < now() - interval '30 days';
  get diagnostics windows = row_count;
  days := private.refresh_feedback_analytics(90);
  select count(*) into tables from public.analyze_all_tables();
  return jsonb_build_object(
    'user_activity_logs_deleted', purged.user_logs_deleted,
    'agent_activity_logs_deleted', purged.agent_logs_deleted,
    'error_logs_deleted', purged.error_logs_deleted,
    'rate_limit_windows_deleted', windows,
    'feedback_days_refreshed', days,
    'tables_analyzed', tables,
    'deleted_notes_purged', public.purge_deleted_notes(),
    'insights_purged', public.purge_old_insights(),
    'orphaned_clusters_purged', public.purge_orphaned_clusters(),
    'expired_tokens_purged', public.purge_expired_tokens());
end $$;

create or replace function public.analyze_all_tables() returns table (table_name text, row_estimate bigint, duration_ms numeric)
  language plpgsql security definer set search_path = '' as $$
declare
  found_table record;
  started timestamptz;
begin
  perform private.require_admin();
  for found_table in
    select c.oid, c.relname from pg_catalog.pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by c.relname
  loop
    started := clock_timestamp();
    execute format('analyze public.%I', found_table.relname);
    table_name := found_table.relname;
    select greatest(c.reltuples, 0)::bigint into row_estimate from pg_catalog.pg_class c
    where c.oid = found_table.oid;
    duration_ms := round(extract(epoch from clock_timestamp() - started) * 1000, 1);
    return next;
  end loop;
end $$;

create or replace function public.purge_old_activity_logs()
  returns table (user_logs_deleted bigint, agent_logs_deleted bigint, error_logs_deleted bigint)
  language plpgsql security definer set search_path = '' as $$
declare
  retention jsonb := private.default_logging_config() -> 'log_retention_days'
    || coalesce(public.get_logging_config() -> 'log_retention_days', '{}');
begin
  perform private.require_admin();
  delete from public.user_activity_logs
  where created_at < now() - make_interval(days => (retention ->> 'user_activity_logs')::int);
  get diagnostics user_logs_deleted = row_count;
  delete from public.agent_activity_logs
  where created_at < now() - make_interval(days => (retention ->> 'agent_activity_logs')::int);
  get diagnostics agent_logs_deleted = row_count;
  delete from public.error_logs
  where resolved and created_at < now() - make_interval(days => (retention ->> 'error_logs')::int);
  get diagnostics error_logs_deleted = row_count;
  return next;
end $$;

drop trigger honour_logging_settings on public.error_logs;
drop trigger honour_logging_settings on public.agent_activity_logs;
drop trigger honour_logging_settings on public.user_activity_logs;
drop function private.honour_error_settings(), private.honour_agent_settings(),
  private.honour_activity_settings(), private.is_category_logged(text), public.purge_old_audit_entries();
do $$
declare
  target text;
begin
  foreach target in array array['admin_config', 'model_config', 'api_providers', 'prompt_frameworks',
    'feedback_categories', 'feedback_tags', 'feedback', 'feedback_tag_links', 'error_logs'] loop
    execute format('drop trigger audit_admin_write on public.%I', target);
  end loop;
end $$;
drop function private.audit_admin_write(), private.record_admin_act(text),
  private.record_audit(text, text, text, jsonb, uuid, inet, text),
  private.logged_user_agent(text), private.logged_address(inet);
drop table public.audit_entries;
