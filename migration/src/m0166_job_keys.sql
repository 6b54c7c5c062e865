-- Whoever enqueues a job of which one waits already writes nothing, and waits for nobody. The waiting row was locked
-- until the commit, so that it could not be taken before: everybody who wrote for one person took turns at it, and a
-- note cost twice what it had cost. Now they hold a lock in memory together, which tells the taker of them. Nor does each
-- of them move the job's time: what comes within the delay is collected all the same.

-- The first key of the locks that stand for keys of jobs.
create function private.job_key_locks() returns integer
language sql immutable parallel safe set search_path = '' return 741100;

-- The second: one of so few that a statement for any number of people stays below what PostgreSQL can hold. Two keys
-- that share one cost a job that finds nothing to do.
create function private.job_key_lock(unique_key text) returns integer
language sql immutable parallel safe set search_path = '' return hashtext(unique_key) & 1023;

create or replace function private.enqueue_job(
  type text, payload jsonb, owner uuid default null, unique_key text default null, delay interval default '0')
  returns uuid
  language plpgsql security definer set search_path = '' as $$
#variable_conflict use_column
declare
  known mindloom.job_types;
  provider_name text;
  due timestamptz := now() + greatest(delay, interval '0');
  found_id uuid;
begin
  if enqueue_job.unique_key is not null then
    -- Before the look: see take_jobs.
    perform pg_advisory_xact_lock_shared(private.job_key_locks(), private.job_key_lock(enqueue_job.unique_key));
  end if;
  loop
    if enqueue_job.unique_key is not null then
      select j.id into found_id from public.job_queue j
      where j.unique_key = enqueue_job.unique_key and j.status = 'pending';
      exit when found;
    end if;
    select * into known from mindloom.job_types t where t.name = enqueue_job.type;
    provider_name := coalesce(payload ->> 'provider', known.provider);
    if provider_name is not null then
      select greatest(due, p.waits_until) into due
      from (select 1) one left join mindloom.job_providers p on p.name = provider_name;
    end if;
    insert into public.job_queue as j
      (user_id, job_type, payload, queue, priority, max_attempts, provider, unique_key, scheduled_for)
    values (owner, enqueue_job.type, enqueue_job.payload, coalesce(known.queue, 'default'),
      coalesce(known.priority, 100), coalesce(known.max_attempts, 3), provider_name, enqueue_job.unique_key, due)
    on conflict (unique_key) where status = 'pending' and unique_key is not null do nothing
    returning j.id into found_id;
    if found then
      return found_id;
    end if;
  end loop;
  return found_id;
end $$;

create or replace function private.take_jobs(p_worker text, p_lease interval, p_count integer, p_types text[], p_limits integer[],
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
  -- Somebody who has not committed yet may count on a job that is taken here, which would not see what they wrote:
  -- another of its key follows. Whoever enqueues from here on waits for this commit, and finds that it is taken.
  insert into public.job_queue
    (user_id, job_type, payload, queue, priority, max_attempts, provider, unique_key, scheduled_for)
  select j.user_id, j.job_type, j.payload, j.queue, j.priority, j.max_attempts, j.provider, j.unique_key,
    now() + interval '250 milliseconds'
  from public.job_queue j
  where j.lease_holder = p_worker and j.started_at = now() and j.status = 'processing' and j.unique_key is not null
    and not pg_try_advisory_xact_lock(private.job_key_locks(), private.job_key_lock(j.unique_key))
  on conflict (unique_key) where status = 'pending' and unique_key is not null do nothing;
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

revoke execute on function private.job_key_locks(), private.job_key_lock(text)
  from public, anon, authenticated, service_role;
