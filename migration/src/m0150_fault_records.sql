-- Faults of the server are rows of error_logs by themselves: those that it meets while it answers, and jobs that died.
-- The same fault within a minute is one row that counts, whichever server met it.

alter table public.error_logs
  add column occurrences integer not null default 1,
  add column last_seen_at timestamptz not null default now(),
  add column fault text,
  add constraint error_logs_occurrences_positive check (occurrences >= 1),
  add constraint error_logs_fault_length check (char_length(fault) between 1 and 300);
update public.error_logs set last_seen_at = created_at;
create unique index idx_error_logs_fault on public.error_logs (fault) where fault is not null;

-- Writes what a server met, in one statement: an array of objects, each with a fault of its own. Of a fault that several
-- people met nobody's name, address or session is kept. Who is gone meanwhile is nobody.
create function private.record_faults(p_faults jsonb) returns void
  language sql security definer set search_path = '' as $$
  insert into public.error_logs as e
    (user_id, error_type, error_category, error_message, error_details, request_path, request_method, user_agent,
     ip_address, session_id, severity, fault, occurrences, created_at, last_seen_at)
  select u.id, f.type, f.category, f.message, f.details, left(f.path, 500), f.method, f.user_agent,
    f.ip_address, f.session_id, f.severity, f.fault, f.occurrences, f.first_seen_at, f.last_seen_at
  from jsonb_to_recordset(p_faults) f
    (user_id uuid, type public.error_type, category text, message text, details jsonb, path text, method text,
     user_agent text, ip_address inet, session_id text, severity public.error_severity, fault text,
     occurrences integer, first_seen_at timestamptz, last_seen_at timestamptz)
  left join auth.users u on u.id = f.user_id
  -- Always in one order, so that servers which write the same ones wait for each other and no more.
  order by f.fault
  on conflict (fault) where fault is not null do update
  set occurrences = e.occurrences + excluded.occurrences,
    last_seen_at = greatest(e.last_seen_at, excluded.last_seen_at),
    user_id = case when e.user_id = excluded.user_id then e.user_id end,
    ip_address = case when e.user_id = excluded.user_id then e.ip_address end,
    user_agent = case when e.user_id = excluded.user_id then e.user_agent end,
    session_id = case when e.session_id = excluded.session_id then e.session_id end
$$;

-- A job that will not be tried again. What it worked with and what went wrong stay in its own row, which its owner sees.
create function private.record_dead_job() returns trigger
  language plpgsql security definer set search_path = '' as $$
begin
  insert into public.error_logs (user_id, error_type, error_category, error_message, error_details, severity, fault)
  values (new.user_id, 'system', 'dead_job',
    format('A job of type %s ended after %s attempts without success', new.job_type, new.attempts),
    jsonb_build_object('jobId', new.id, 'jobType', new.job_type, 'attempts', new.attempts),
    'error', format('dead_job|%s|%s', new.id, new.attempts))
  on conflict (fault) where fault is not null do nothing;
  return null;
end $$;
create trigger record_dead_job after update on public.job_queue
  for each row when (new.status = 'dead' and old.status <> 'dead') execute function private.record_dead_job();

-- What was recorded by itself goes by itself: nobody has to say of each that it is resolved.
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
    where (l.resolved or l.fault is not null)
      and l.created_at < now() - make_interval(days => (retention ->> 'error_logs')::int)
    order by l.created_at limit p_limit for update skip locked));
  get diagnostics error_logs_deleted = row_count;
  return next;
end $$;

revoke execute on function private.record_faults(jsonb), private.record_dead_job()
  from public, anon, authenticated, service_role;
