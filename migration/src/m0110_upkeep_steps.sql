-- Upkeep in small steps. What deletes takes how many rows it may delete at once, so that whoever calls it
-- again and again commits in between: nobody waits for a day's deletions, and nothing that was deleted comes
-- back when the rest fails. Rows that somebody else holds are left for the next time.

create index idx_projects_deleted on public.projects (deleted_at) where deleted_at is not null;
create index idx_rate_limit_tracking_period_end on public.rate_limit_tracking (period_end);
create index idx_clusters_unaccepted on public.clusters (updated_at) where status <> 'accepted';

drop function public.purge_deleted_notes(), public.purge_old_insights(), public.purge_orphaned_clusters(),
  public.purge_expired_tokens(), public.purge_old_audit_entries(), public.purge_old_activity_logs();

create function public.purge_deleted_notes(p_limit integer default null) returns bigint
language plpgsql security definer set search_path = '' as $$
declare
  deleted bigint;
begin
  delete from public.notes where id = any (array(
    select n.id from public.notes n where n.deleted_at <= now() - interval '30 days'
    order by n.deleted_at limit p_limit for update skip locked));
  get diagnostics deleted = row_count;
  return deleted;
end $$;
comment on function public.purge_deleted_notes(integer) is
  'Removes notes that were deleted more than 30 days ago, so many at most; returns how many.';

create function public.purge_deleted_projects(p_limit integer default null) returns bigint
language plpgsql security definer set search_path = '' as $$
declare
  deleted bigint;
begin
  delete from public.projects where id = any (array(
    select p.id from public.projects p where p.deleted_at <= now() - interval '30 days'
    order by p.deleted_at limit p_limit for update skip locked));
  get diagnostics deleted = row_count;
  return deleted;
end $$;
comment on function public.purge_deleted_projects(integer) is
  'Removes projects that were deleted more than 30 days ago, with all that belongs to them, so many at most; returns how many.';

create function public.purge_old_prompt_history(p_limit integer default null) returns bigint
language plpgsql security definer set search_path = '' as $$
declare
  deleted bigint;
begin
  delete from public.prompt_history where id = any (array(
    select h.id
    from public.user_preferences p
    cross join lateral (
      select old.id from public.prompt_history old
      where old.user_id = p.user_id and old.created_at < now() - make_interval(days => p.max_history_days)
      limit p_limit
    ) h
    where p.auto_cleanup
    limit p_limit));
  get diagnostics deleted = row_count;
  return deleted;
end $$;
comment on function public.purge_old_prompt_history(integer) is
  'Removes prompts older than the max_history_days of people whose auto_cleanup is on, so many at most; returns how many.';

create function public.purge_old_insights(p_limit integer default null) returns bigint
language plpgsql security definer set search_path = '' as $$
declare
  deleted bigint;
begin
  delete from public.insights where id = any (array(
    select i.id from public.insights i where i.created_at < now() - interval '1 year'
    order by i.created_at limit p_limit for update skip locked));
  get diagnostics deleted = row_count;
  return deleted;
end $$;
comment on function public.purge_old_insights(integer) is
  'Removes insights made more than a year ago, so many at most; returns how many.';

-- A cluster that its owner accepted is theirs to delete, and one made today may still be filled.
create function public.purge_orphaned_clusters(p_limit integer default null) returns bigint
language plpgsql security definer set search_path = '' as $$
declare
  deleted bigint;
begin
  delete from public.clusters where id = any (array(
    select c.id from public.clusters c
    where c.status <> 'accepted'
      and c.updated_at < now() - interval '30 days'
      and not exists (select from public.notes n where n.cluster_id = c.id)
      and not exists (select from public.documents d where d.cluster_id = c.id)
    limit p_limit for update skip locked));
  get diagnostics deleted = row_count;
  return deleted;
end $$;
comment on function public.purge_orphaned_clusters(integer) is
  'Removes suggested and dismissed clusters that nothing belongs to and nobody touched for 30 days, so many at most; returns how many.';

create function public.purge_old_rate_limit_windows(p_limit integer default null) returns bigint
language plpgsql security definer set search_path = '' as $$
declare
  deleted bigint;
begin
  delete from public.rate_limit_tracking where id = any (array(
    select t.id from public.rate_limit_tracking t where t.period_end < now() - interval '30 days'
    order by t.period_end limit p_limit for update skip locked));
  get diagnostics deleted = row_count;
  return deleted;
end $$;
comment on function public.purge_old_rate_limit_windows(integer) is
  'Removes the use of agents in periods that ended more than 30 days ago, so many at most; returns how many.';

create function public.purge_expired_tokens(p_limit integer default null) returns bigint
language plpgsql security definer set search_path = '' as $$
declare
  deleted bigint;
  total bigint := 0;
begin
  delete from public.rate_limits where id = any (array(
    select r.id from public.rate_limits r where r.reset_time < now()
    order by r.reset_time limit p_limit for update skip locked));
  get diagnostics deleted = row_count;
  total := total + deleted;
  delete from public.embedding_cache where content_hash = any (array(
    select e.content_hash from public.embedding_cache e where e.expires_at < now()
    order by e.expires_at limit p_limit for update skip locked));
  get diagnostics deleted = row_count;
  total := total + deleted;
  -- Where another service signs people in, sessions and tokens are its own.
  if exists (select from mindloom.created_objects where kind = 'topic' and name = 'auth') then
    delete from auth.verification_tokens where id = any (array(
      select v.id from auth.verification_tokens v where v.expires < now()
      order by v.expires limit p_limit for update skip locked));
    get diagnostics deleted = row_count;
    total := total + deleted;
    delete from auth.refresh_tokens where id = any (array(
      select r.id from auth.refresh_tokens r where r.expires_at < now()
      order by r.expires_at limit p_limit for update skip locked));
    get diagnostics deleted = row_count;
    total := total + deleted;
    delete from auth.sessions where id = any (array(
      select s.id from auth.sessions s where s.expires < now()
      order by s.expires limit p_limit for update skip locked));
    get diagnostics deleted = row_count;
    total := total + deleted;
  end if;
  return total;
end $$;
comment on function public.purge_expired_tokens(integer) is
  'Removes verification and refresh tokens, sessions, rate limit windows and cached embeddings that have expired, so many of each at most; returns how many.';

create function public.purge_old_audit_entries(p_limit integer default null) returns bigint
language plpgsql security definer set search_path = '' as $$
declare
  deleted bigint;
begin
  delete from public.audit_entries where id = any (array(
    select a.id from public.audit_entries a where a.created_at < now() - interval '7 years'
    order by a.created_at limit p_limit for update skip locked));
  get diagnostics deleted = row_count;
  return deleted;
end $$;
comment on function public.purge_old_audit_entries(integer) is
  'Removes audit entries of more than seven years ago, so many at most; returns how many.';

-- Of the errors only resolved ones go.
create function public.purge_old_activity_logs(p_limit integer default null)
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
comment on function public.purge_old_activity_logs(integer) is
  'Removes logs that are older than logging_settings keep them, so many of each kind at most; returns how many. For administrators and the server.';

-- One day's feedback, summed up; 1 if that changed anything.
create function private.refresh_feedback_day(p_day date) returns bigint
  language plpgsql set search_path = '' as $$
declare
  affected bigint;
begin
  insert into public.feedback_analytics as a (date, total_feedback, resolved_feedback,
    avg_response_time_hours, avg_rating, feedback_by_type, feedback_by_priority)
  select p_day, count(*), count(*) filter (where d.status in ('resolved', 'closed')),
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
  from public.feedback d
  where d.created_at >= p_day::timestamp at time zone 'UTC'
    and d.created_at < (p_day + 1)::timestamp at time zone 'UTC'
  having count(*) > 0
  on conflict (date) do update
  set total_feedback = excluded.total_feedback, resolved_feedback = excluded.resolved_feedback,
    avg_response_time_hours = excluded.avg_response_time_hours, avg_rating = excluded.avg_rating,
    feedback_by_type = excluded.feedback_by_type, feedback_by_priority = excluded.feedback_by_priority
  where (a.total_feedback, a.resolved_feedback, a.avg_response_time_hours, a.avg_rating, a.feedback_by_type,
     a.feedback_by_priority)
    is distinct from (excluded.total_feedback, excluded.resolved_feedback, excluded.avg_response_time_hours,
     excluded.avg_rating, excluded.feedback_by_type, excluded.feedback_by_priority);
  get diagnostics affected = row_count;
  return affected;
end $$;

-- The sums of days of which no feedback is left, however long ago: its people took their words back.
create function private.drop_empty_feedback_days() returns bigint
  language plpgsql set search_path = '' as $$
declare
  emptied bigint;
begin
  delete from public.feedback_analytics a
  where not exists (
    select from public.feedback f
    where f.created_at >= a.date::timestamp at time zone 'UTC'
      and f.created_at < (a.date + 1)::timestamp at time zone 'UTC');
  get diagnostics emptied = row_count;
  return emptied;
end $$;

create or replace function private.refresh_feedback_analytics(p_days integer) returns bigint
  language plpgsql set search_path = '' as $$
declare
  today date := (now() at time zone 'UTC')::date;
begin
  return (select coalesce(sum(private.refresh_feedback_day(today - n)), 0) from generate_series(0, p_days) n)
    + private.drop_empty_feedback_days();
end $$;

-- What the server does daily step by step, at once: for whoever asks for it in a request, where it has to
-- come to an end. Of each kind it deletes so many rows at most.
create or replace function public.daily_maintenance() returns jsonb
  language plpgsql security definer set search_path = '' as $$
declare
  at_most constant integer := 10000;
  purged record;
  tables bigint;
begin
  perform private.require_admin();
  perform private.record_admin_act('daily_maintenance');
  select * into purged from public.purge_old_activity_logs(at_most);
  select count(*) into tables from public.analyze_all_tables();
  return jsonb_build_object(
    'user_activity_logs_deleted', purged.user_logs_deleted,
    'agent_activity_logs_deleted', purged.agent_logs_deleted,
    'error_logs_deleted', purged.error_logs_deleted,
    'rate_limit_windows_deleted', public.purge_old_rate_limit_windows(at_most),
    'feedback_days_refreshed', private.refresh_feedback_analytics(90),
    'tables_analyzed', tables,
    'deleted_notes_purged', public.purge_deleted_notes(at_most),
    'deleted_projects_purged', public.purge_deleted_projects(at_most),
    'prompt_history_purged', public.purge_old_prompt_history(at_most),
    'insights_purged', public.purge_old_insights(at_most),
    'orphaned_clusters_purged', public.purge_orphaned_clusters(at_most),
    'expired_tokens_purged', public.purge_expired_tokens(at_most),
    'audit_entries_purged', public.purge_old_audit_entries(at_most));
end $$;

revoke execute on function
  public.purge_deleted_notes(integer), public.purge_deleted_projects(integer),
  public.purge_old_prompt_history(integer), public.purge_old_insights(integer),
  public.purge_orphaned_clusters(integer), public.purge_old_rate_limit_windows(integer),
  public.purge_expired_tokens(integer), public.purge_old_audit_entries(integer),
  public.purge_old_activity_logs(integer), private.refresh_feedback_day(date),
  private.drop_empty_feedback_days()
  from public, anon, authenticated, service_role;
grant execute on function
  public.purge_deleted_notes(integer), public.purge_deleted_projects(integer),
  public.purge_old_prompt_history(integer), public.purge_old_insights(integer),
  public.purge_orphaned_clusters(integer), public.purge_old_rate_limit_windows(integer),
  public.purge_expired_tokens(integer), public.purge_old_audit_entries(integer),
  public.purge_old_activity_logs(integer)
  to service_role;
grant execute on function public.purge_old_activity_logs(integer) to authenticated;
