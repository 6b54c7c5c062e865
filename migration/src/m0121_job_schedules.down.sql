drop function public.update_job_schedule(text, text, text, boolean, timestamptz), public.run_job_schedule(text),
  public.cancel_job(uuid), public.retry_job(uuid), private.purge_ended_jobs(integer), private.is_own_job(uuid);
drop index public.idx_job_queue_ended;
create index idx_job_queue_ended on public.job_queue (completed_at) where completed_at is not null;
drop function private.take_jobs(text, interval, integer, text[], integer[], integer, integer, uuid), private.next_due(text, text[]), private.heed_clock();
-- Gives a worker so many jobs at most of the types that it knows: by priority, in turns between people, counting what
-- they have running; of each type and provider no more than may run at once on all workers together. Takers come one
-- after the other, so that these counts are true. The last row has no job: it says in how many milliseconds something
-- is due, 0 when something waits that may not run now.
create function private.take_jobs(p_worker text, p_lease interval, p_count integer, p_types text[], p_limits integer[],
    p_per_person integer, p_per_provider integer, p_after uuid)
  returns table (id uuid, user_id uuid, job_type text, payload jsonb, attempt integer, max_attempts integer,
    fence bigint, wait_ms bigint)
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
  returning j.id, j.user_id, j.job_type, j.payload, j.attempts, j.max_attempts, j.fence, null::bigint;
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
  end if;
  return query select null::uuid, null::uuid, null::text, null::jsonb, null::integer, null::integer, null::bigint,
    greatest(0, ceil(extract(epoch from least(
      (select min(w.scheduled_for) from public.job_queue w where w.status = 'pending'),
      (select min(l.lease_expires_at) + interval '100 ms' from public.job_queue l
       where l.status = 'processing' and l.lease_holder <> p_worker
         and not exists (select from mindloom.job_workers w where w.name = l.lease_holder and w.alive_until > now())),
      (select min(w.alive_until) + interval '100 ms' from mindloom.job_workers w where w.name <> p_worker)
    ) - clock_timestamp()) * 1000))::bigint;
end $$;

revoke execute on function private.take_jobs(text, interval, integer, text[], integer[], integer, integer, uuid)
  from public, anon, authenticated, service_role;
select realtime.unpublish('public.job_schedules');
-- So that it gets the same number when it is published again.
select setval(pg_get_serial_sequence('realtime.published_tables', 'id'), max(id)) from realtime.published_tables;
drop table public.job_schedules;
drop function private.reread_schedule();
create table mindloom.upkeep (
  name text primary key,
  began_at timestamptz not null default '-infinity',
  ended_at timestamptz,
  outcome jsonb,
  error text
);
alter table mindloom.upkeep enable row level security;
revoke all on mindloom.upkeep from public, anon, authenticated, service_role;
insert into mindloom.upkeep (name) values ('daily');
