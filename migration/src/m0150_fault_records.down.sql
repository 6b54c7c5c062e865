create or replace function public.purge_old_activity_logs(p_limit integer default null)
  returns table (user_logs_deleted bigint, agent_logs_deleted bigint, error_logs_deleted bigint)
  language plpgsql security definer set search_path = '' as $$
declare
  retention jsonb := private.default_logging_config() -> 'log_retention_days'
    || coalesce(public.get_logging_config() -> 'log_retention_days', '{}');
begin
  perform private.require_admin();
  perform private.record_admin_act('purge_activity_logs');
  delete from public.user_activity_logs where id = any (array(
    select l.id from public.user_activity_logs l
    where l.created_at < now() - make_interval(days => (retention ->> 'user_activity_logs')::int)
    order by l.created_at limit p_limit for update skip locked));
  get diagnostics user_logs_deleted = row_count;
  delete from public.agent_activity_logs where id = any (array(
    select l.id from public.agent_activity_logs l
    where l.created_at < now() - make_interval(days => (retention ->> 'agent_activity_logs')::int)
    order by l.created_at limit p_limit for update skip locked));
  get diagnostics agent_logs_deleted = row_count;
  delete from public.error_logs where id = any (array(
    select l.id from public.error_logs l
    where l.resolved and l.created_at < now() - make_interval(days => (retention ->> 'error_logs')::int)
    order by l.created_at limit p_limit for update skip locked));
  get diagnostics error_logs_deleted = row_count;
  return next;
end $$;

drop trigger record_dead_job on public.job_queue;
drop function private.record_dead_job(), private.record_faults(jsonb);
drop index public.idx_error_logs_fault;
alter table public.error_logs drop column fault, drop column last_seen_at, drop column occurrences;
