drop function public.purge_deleted_notes(integer), public.purge_deleted_projects(integer),
  public.purge_old_prompt_history(integer), public.purge_old_insights(integer),
  public.purge_orphaned_clusters(integer), public.purge_old_rate_limit_windows(integer),
  public.purge_expired_tokens(integer), public.purge_old_audit_entries(integer),
  public.purge_old_activity_logs(integer);

create function public.purge_deleted_notes() returns bigint
language plpgsql security definer set search_path = '' as $$
declare
  deleted bigint;
begin
  delete from public.notes where deleted_at <= now() - interval '30 days';
  get diagnostics deleted = row_count;
  return deleted;
end $$;
comment on function public.purge_deleted_notes() is
  'Removes notes that were deleted more than 30 days ago; returns how many.';

create function public.purge_old_insights() returns bigint
language plpgsql security definer set search_path = '' as $$
declare
  deleted bigint;
begin
  delete from public.insights where created_at < now() - interval '1 year';
  get diagnostics deleted = row_count;
  return deleted;
end $$;
comment on function public.purge_old_insights() is
  'Removes insights made more than a year ago; returns how many.';

-- A cluster that its owner accepted is theirs to delete, and one made today may still be filled.
create function public.purge_orphaned_clusters() returns bigint
language plpgsql security definer set search_path = '' as $$
declare
  deleted bigint;
begin
  delete from public.clusters c
  where c.status <> 'accepted'
    and c.updated_at < now() - interval '30 days'
    and not exists (select from public.notes n where n.cluster_id = c.id)
    and not exists (select from public.documents d where d.cluster_id = c.id);
  get diagnostics deleted = row_count;
  return deleted;
end $$;
comment on function public.purge_orphaned_clusters() is
  'Removes suggested and dismissed clusters that nothing belongs to and nobody touched for 30 days; returns how many.';

create function public.purge_expired_tokens() returns bigint
language plpgsql security definer set search_path = '' as $$
declare
  deleted bigint;
  total bigint := 0;
begin
  delete from public.rate_limits where reset_time < now();
  get diagnostics deleted = row_count;
  total := total + deleted;
  delete from public.embedding_cache where expires_at < now();
  get diagnostics deleted = row_count;
  total := total + deleted;
  -- Where another service signs people in, sessions and tokens are its own.
  if exists (select from mindloom.created_objects where kind = 'topic' and name = 'auth') then
    delete from auth.verification_tokens where expires < now();
    get diagnostics deleted = row_count;
    total := total + deleted;
    delete from auth.refresh_tokens where expires_at < now();
    get diagnostics deleted = row_count;
    total := total + deleted;
    delete from auth.sessions where expires < now();
    get diagnostics deleted = row_count;
    total := total + deleted;
  end if;
  return total;
end $$;
comment on function public.purge_expired_tokens() is
  'Removes verification and refresh tokens, sessions, rate limit windows and cached embeddings that have expired; returns how many.';

create function public.purge_old_audit_entries() returns bigint
language plpgsql security definer set search_path = '' as $$
declare
  deleted bigint;
begin
  delete from public.audit_entries where created_at < now() - interval '7 years';
  get diagnostics deleted = row_count;
  return deleted;
end $$;
comment on function public.purge_old_audit_entries() is
  'Removes audit entries of more than seven years ago; returns how many.';

create function public.purge_old_activity_logs()
  returns table (user_logs_deleted bigint, agent_logs_deleted bigint, error_logs_deleted bigint)
  language plpgsql security definer set search_path = '' as $$
declare
  retention jsonb := private.default_logging_config() -> 'log_retention_days'
    || coalesce(public.get_logging_config() -> 'log_retention_days', '{}');
begin
  perform private.require_admin();
  perform private.record_admin_act('purge_activity_logs');
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

create or replace function public.daily_maintenance() returns jsonb
  language plpgsql security definer set search_path = '' as $$
declare
  purged record;
  windows bigint;
  days bigint;
  tables bigint;
begin
  perform private.require_admin();
  perform private.record_admin_act('daily_maintenance');
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
    'expired_tokens_purged', public.purge_expired_tokens(),
    'audit_entries_purged', public.purge_old_audit_entries());
end $$;

create or replace function private.refresh_feedback_analytics(p_days integer) returns bigint
  language plpgsql set search_path = '' as $$
declare
  affected bigint;
  emptied bigint;
begin
  insert into public.feedback_analytics as a (date, total_feedback, resolved_feedback,
    avg_response_time_hours, avg_rating, feedback_by_type, feedback_by_priority)
  select d.day, count(*), count(*) filter (where d.status in ('resolved', 'closed')),
     round(avg(extract(epoch from d.responded_at - d.created_at) / 3600), 2), round(avg(d.rating), 2),
     jsonb_build_object(
       'bug', count(*) filter (where d.feedback_type = 'bug'),
       'feature', count(*) filter (where d.feedback_type = 'feature'),
       'general', count(*) filter (where d.feedback_type = 'general'),
       'support', count(*) filter (where d.feedback_type = 'support')),
     jsonb_build_object(
       'low', count(*) filter (where d.priority = 'low'),
       'medium', count(*) filter (where d.priority = 'medium'),
       'high', count(*) filter (where d.priority = 'high'),
       'urgent', count(*) filter (where d.priority = 'urgent'))
  from (select f.*, (f.created_at at time zone 'UTC')::date as day from public.feedback f) d
  where d.created_at >= ((now() at time zone 'UTC')::date - p_days)::timestamp at time zone 'UTC'
  group by d.day
  on conflict (date) do update
  set total_feedback = excluded.total_feedback, resolved_feedback = excluded.resolved_feedback,
    avg_response_time_hours = excluded.avg_response_time_hours, avg_rating = excluded.avg_rating,
    feedback_by_type = excluded.feedback_by_type, feedback_by_priority = excluded.feedback_by_priority
  where (a.total_feedback, a.resolved_feedback, a.avg_response_time_hours, a.avg_rating, a.feedback_by_type,
     a.feedback_by_priority)
    is distinct from (excluded.total_feedback, excluded.resolved_feedback, excluded.avg_response_time_hours,
     excluded.avg_rating, excluded.feedback_by_type, excluded.feedback_by_priority);
  get diagnostics affected = row_count;
  -- However long ago the day was: its people took their words back.
  delete from public.feedback_analytics a
  where not exists (
    select from public.feedback f
    where f.created_at >= a.date::timestamp at time zone 'UTC'
      and f.created_at < (a.date + 1)::timestamp at time zone 'UTC');
  get diagnostics emptied = row_count;
  return affected + emptied;
end $$;

drop function private.refresh_feedback_day(date), private.drop_empty_feedback_days();

revoke execute on function
  public.purge_deleted_notes(), public.purge_old_insights(), public.purge_orphaned_clusters(),
  public.purge_expired_tokens(), public.purge_old_audit_entries()
  from public, anon, authenticated, service_role;
grant execute on function
  public.purge_deleted_notes(), public.purge_old_insights(), public.purge_orphaned_clusters(),
  public.purge_expired_tokens(), public.purge_old_audit_entries()
  to service_role;
revoke execute on function public.purge_old_activity_logs() from public, anon;
grant execute on function public.purge_old_activity_logs() to authenticated, service_role;

drop index public.idx_projects_deleted, public.idx_rate_limit_tracking_period_end,
  public.idx_clusters_unaccepted;
