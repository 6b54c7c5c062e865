-- Schedules: what runs without being asked, and when. One tick is one job, whatever the number of servers: whoever
-- moves `next_run_at` on enqueues it, in the same transaction. Cron lines are read by the server (src/jobs/schedules).

create table public.job_schedules (
  name text primary key,
  cron text not null,
  time_zone text not null default 'UTC',
  is_enabled boolean not null default true,
  payload jsonb not null default '{}',
  last_run_at timestamptz,
  next_run_at timestamptz,
  error text,
  changed_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint job_schedules_name_length check (char_length(name) between 1 and 100),
  constraint job_schedules_cron_length check (char_length(cron) between 1 and 200),
  constraint job_schedules_time_zone_length check (char_length(time_zone) between 1 and 64),
  constraint job_schedules_payload_object check (jsonb_typeof(payload) = 'object'),
  constraint job_schedules_error_length check (char_length(error) <= 1000)
);
create trigger set_updated_at before update on public.job_schedules
  for each row execute function private.set_updated_at();

alter table public.job_schedules enable row level security;
create policy "Admins can view schedules" on public.job_schedules
  for select to authenticated using ((select public.get_user_role()) = 'admin');
revoke all on public.job_schedules from public, anon, authenticated, service_role;
grant select on public.job_schedules to authenticated;
grant select, insert, update, delete on public.job_schedules to service_role;
select realtime.publish('public.job_schedules');

-- A line or a zone that anybody else wrote is read anew.
create function private.reread_schedule() returns trigger
language plpgsql set search_path = '' as $$
begin
  if (new.cron, new.time_zone) is distinct from (old.cron, old.time_zone)
    and new.changed_at is not distinct from old.changed_at then
    new.next_run_at := null;
    new.error := null;
  end if;
  return new;
end $$;
create trigger reread_schedule before update of cron, time_zone on public.job_schedules
  for each row execute function private.reread_schedule();

-- For administrators. What is null stays as it is. The server has read line and zone, and says when they next come.
create function public.update_job_schedule(
  p_name text, p_cron text, p_time_zone text, p_is_enabled boolean, p_next_run_at timestamptz) returns text
  language plpgsql security definer set search_path = '' as $$
declare
  found_name text;
begin
  perform private.require_admin();
  perform private.record_admin_act('update_job_schedule');
  update public.job_schedules s
  set cron = coalesce(p_cron, s.cron), time_zone = coalesce(p_time_zone, s.time_zone),
    is_enabled = coalesce(p_is_enabled, s.is_enabled), next_run_at = p_next_run_at, error = null, changed_at = now()
  where s.name = p_name
  returning s.name into found_name;
  perform private.ring_jobs();
  return found_name;
end $$;
comment on function public.update_job_schedule(text, text, text, boolean, timestamptz) is
  'Changes when a job runs without being asked; returns its name, nothing where there is none. For administrators.';

-- For administrators: runs what a schedule runs, now. One of it waits at a time.
create function public.run_job_schedule(p_name text) returns uuid
  language plpgsql security definer set search_path = '' as $$
declare
  schedule public.job_schedules;
begin
  perform private.require_admin();
  select * into schedule from public.job_schedules s where s.name = p_name;
  if not found then
    return null;
  end if;
  perform private.record_admin_act('run_job_schedule');
  return private.enqueue_job(schedule.name, schedule.payload, null, 'schedule:' || schedule.name);
end $$;
comment on function public.run_job_schedule(text) is
  'Enqueues what a schedule runs; returns the job. For administrators.';

-- Whose job it is, for its owner and for administrators.
create function private.is_own_job(p_owner uuid) returns boolean
language sql stable set search_path = ''
return current_setting('role') not in ('anon', 'authenticated') or public.is_current_user_admin()
  or coalesce(p_owner = auth.uid(), false);

-- Ends a job that waits, and asks the worker of one that runs to end it. Returns what the job is then: what waited is
-- `cancelled`, what runs is `processing` for a moment, all others are what they were; nothing where there is no such job.
create function public.cancel_job(p_id uuid) returns text
  language plpgsql security definer set search_path = '' as $$
declare
  job public.job_queue;
begin
  select * into job from public.job_queue j where j.id = p_id and private.is_own_job(j.user_id);
  if not found then
    return null;
  end if;
  if job.user_id is distinct from auth.uid() then
    perform private.record_admin_act('cancel_job');
  end if;
  -- One that runs may be held by a transaction of its own: telling its worker needs no lock.
  if job.status <> 'processing' then
    select * into job from public.job_queue j where j.id = p_id for update;
  end if;
  if job.status = 'pending' then
    update public.job_queue j set status = 'cancelled', cancel_requested_at = now() where j.id = p_id;
    return 'cancelled';
  elsif job.status = 'processing' then
    update public.job_queue j set cancel_requested_at = coalesce(j.cancel_requested_at, now())
    where j.id in (select h.id from public.job_queue h where h.id = p_id and h.status = 'processing' for update skip locked);
    perform pg_notify('mindloom_jobs', p_id::text);
  end if;
  return job.status;
end $$;
comment on function public.cancel_job(uuid) is
  'Ends a job of the caller''s, or for administrators any; returns its status, nothing where there is none.';

-- Has a job that ended without success wait again, with all its attempts. Returns `pending`, or why it does not: the
-- status it is in, `waiting` when another of its key waits; nothing where there is no such job.
create function public.retry_job(p_id uuid) returns text
  language plpgsql security definer set search_path = '' as $$
declare
  job public.job_queue;
begin
  select * into job from public.job_queue j where j.id = p_id and private.is_own_job(j.user_id) for update;
  if not found then
    return null;
  end if;
  if job.status not in ('failed', 'dead', 'cancelled') then
    return job.status;
  end if;
  if exists (select from public.job_queue o where o.unique_key = job.unique_key and o.status = 'pending') then
    return 'waiting';
  end if;
  if job.user_id is distinct from auth.uid() then
    perform private.record_admin_act('retry_job');
  end if;
  update public.job_queue j
  set status = 'pending', attempts = 0, losses = 0, progress = 0, scheduled_for = now(), cancel_requested_at = null
  where j.id = p_id;
  perform private.ring_jobs();
  return 'retried';
end $$;
comment on function public.retry_job(uuid) is
  'Has a failed, dead or cancelled job of the caller''s tried again, or for administrators any; returns what came of it.';

-- What ended goes after seven days; what is dead stays until somebody looked at it.
create function private.purge_ended_jobs(p_limit integer) returns bigint
  language plpgsql set search_path = '' as $$
declare
  deleted bigint;
begin
  delete from public.job_queue where id = any (array(
    select j.id from public.job_queue j
    where j.completed_at < now() - interval '7 days' and j.status <> 'dead'
    order by j.completed_at limit p_limit for update skip locked));
  get diagnostics deleted = row_count;
  return deleted;
end $$;
drop index public.idx_job_queue_ended;
create index idx_job_queue_ended on public.job_queue (completed_at) where completed_at is not null and status <> 'dead';

-- When something is due that this worker might do, in milliseconds from now, and whether a schedule's time has come.
create function private.next_due(p_worker text, p_types text[]) returns table (wait_ms bigint, is_tick boolean)
language sql stable set search_path = ''
begin atomic
  select case when next.due is not null then greatest(0, ceil(extract(epoch from next.due - clock_timestamp()) * 1000)) end::bigint,
    coalesce(next.schedule <= now(), false)
  from (
    select least(due.job, due.lease, due.worker, due.schedule) as due, due.schedule from (select
      (select min(w.scheduled_for) from public.job_queue w where w.status = 'pending') as job,
      (select min(l.lease_expires_at) + interval '100 ms' from public.job_queue l
       where l.status = 'processing' and l.lease_holder <> p_worker
         and not exists (select from mindloom.job_workers w where w.name = l.lease_holder and w.alive_until > now())) as lease,
      (select min(w.alive_until) + interval '100 ms' from mindloom.job_workers w where w.name <> p_worker) as worker,
      (select min(coalesce(s.next_run_at, now())) from public.job_schedules s
       where s.is_enabled and s.error is null and s.name = any (p_types)) as schedule
    ) due
  ) next;
end;

-- What waits and was made in the future waits for a clock that was set back: it is due.
create function private.heed_clock() returns void
language sql volatile set search_path = ''
begin atomic
  update public.job_queue j set scheduled_for = now()
  where j.id in (
    select early.id from (
      select w.id from public.job_queue w
      where w.status = 'pending' and w.scheduled_for > now() order by w.scheduled_for limit 200
    ) first_due
    join public.job_queue early using (id)
    where early.created_at > now() + interval '1 minute' for update of early skip locked);
end;

drop function private.take_jobs(text, interval, integer, text[], integer[], integer, integer, uuid);
-- Gives a worker so many jobs at most of the types that it knows: by priority, in turns between people, counting what
-- they have running; of each type and provider no more than may run at once on all workers together. Takers come one
-- after the other, so that these counts are true. The last row has no job: it says in how many milliseconds something
-- is due, 0 when something waits that may not run now, and whether a schedule's time has come.
create function private.take_jobs(p_worker text, p_lease interval, p_count integer, p_types text[], p_limits integer[],
    p_per_person integer, p_per_provider integer, p_after uuid)
  returns table (id uuid, user_id uuid, job_type text, payload jsonb, attempt integer, max_attempts integer,
    fence bigint, wait_ms bigint, is_tick boolean)
  language plpgsql set search_path = '' as $$
#variable_conflict use_column
declare
  taken bigint;
begin
  perform pg_advisory_xact_lock(hashtextextended('mindloom.jobs.take', 0));
  perform private.return_lost_jobs(p_lease);
  return query
  with running as materialized (
    select r.job_type, r.provider, r.unique_key, r.user_id, r.lease_holder
    from public.job_queue r where r.status = 'processing'
  ), types as (
    select t.name, least(t.allowed - (select count(*) from running r where r.job_type = t.name), p_count)::integer as free
    from unnest(p_types, p_limits) t (name, allowed)
  ), candidates as materialized (
    select distinct on (n.id) n.*, t.name, t.free
    from types t cross join lateral private.next_jobs(t.name, p_count, p_after) n
    where t.free > 0
  ), allowed as (
    select c.*, row_number() over (partition by c.turn order by c.priority, c.scheduled_for, c.id)
        + (select count(*) from running r where r.user_id = c.user_id and r.lease_holder = p_worker) as round
    from candidates c
    where not exists (select from running r where r.unique_key = c.unique_key)
      and not exists (select from mindloom.job_providers p where p.name = c.provider and p.waits_until > now())
  ), ranked as (
    select a.*,
      row_number() over (partition by a.name order by a.priority, a.round, a.scheduled_for, a.id) as of_type,
      row_number() over (partition by a.provider order by a.priority, a.round, a.scheduled_for, a.id)
        + (select count(*) from running r where r.provider = a.provider) as of_provider
    from allowed a
    where a.user_id is null or a.round <= p_per_person
  ), chosen as (
    select r.id, r.priority, r.round from ranked r
    where r.of_type <= r.free and (r.provider is null or r.of_provider <= p_per_provider)
    order by r.priority, r.round, r.scheduled_for, r.id limit p_count
  ), locked as (
    select j.id from public.job_queue j join chosen c using (id)
    where j.status = 'pending' for update of j skip locked
  )
  update public.job_queue j
  set status = 'processing', lease_holder = p_worker, lease_expires_at = now() + p_lease, started_at = now(),
    attempts = j.attempts + 1, fence = j.fence + 1, cancel_requested_at = null, progress = 0
  from locked l where l.id = j.id
  returning j.id, j.user_id, j.job_type, j.payload, j.attempts, j.max_attempts, j.fence, null::bigint, null::boolean;
  get diagnostics taken = row_count;
  -- Those of providers that asked for a pause make room for others.
  if taken < p_count then
    update public.job_queue j set scheduled_for = p.waits_until
    from mindloom.job_providers p
    where p.name = j.provider and p.waits_until > now() and j.id in (
      select held.id from public.job_queue held
      where held.status = 'pending' and held.scheduled_for <= now() and held.provider is not null
      order by held.scheduled_for limit 500 for update skip locked);
    perform private.bury_unknown_jobs(p_types);
    perform private.heed_clock();
  end if;
  return query select null::uuid, null::uuid, null::text, null::jsonb, null::integer, null::integer, null::bigint,
    n.wait_ms, n.is_tick from private.next_due(p_worker, p_types) n;
end $$;

revoke execute on function private.reread_schedule(), private.is_own_job(uuid), private.purge_ended_jobs(integer),
  private.next_due(text, text[]), private.heed_clock(),
  private.take_jobs(text, interval, integer, text[], integer[], integer, integer, uuid),
  public.update_job_schedule(text, text, text, boolean, timestamptz), public.run_job_schedule(text),
  public.cancel_job(uuid), public.retry_job(uuid)
  from public, anon, authenticated, service_role;
grant execute on function public.update_job_schedule(text, text, text, boolean, timestamptz),
  public.run_job_schedule(text), public.cancel_job(uuid), public.retry_job(uuid)
  to authenticated, service_role;

-- The daily work is jobs now.
drop table mindloom.upkeep;
