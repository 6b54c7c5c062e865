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
  select * into known from mindloom.job_types t where t.name = enqueue_job.type;
  provider_name := coalesce(payload ->> 'provider', known.provider);
  if provider_name is not null then
    select greatest(due, p.waits_until) into due
    from (select 1) one left join mindloom.job_providers p on p.name = provider_name;
  end if;
  loop
    insert into public.job_queue as j
      (user_id, job_type, payload, queue, priority, max_attempts, provider, unique_key, scheduled_for)
    values (owner, enqueue_job.type, enqueue_job.payload, coalesce(known.queue, 'default'),
      coalesce(known.priority, 100), coalesce(known.max_attempts, 3), provider_name, enqueue_job.unique_key, due)
    on conflict (unique_key) where status = 'pending' and unique_key is not null do nothing
    returning j.id into found_id;
    if found then
      return found_id;
    end if;
    select j.id into found_id from public.job_queue j
    where j.unique_key = enqueue_job.unique_key and j.status = 'pending' for share;
    -- Otherwise it was taken meanwhile.
    exit when found;
  end loop;
  if delay > interval '0' then
    update public.job_queue j
    set scheduled_for = greatest(j.scheduled_for, least(due, j.created_at + delay * 10))
    where j.id in (select w.id from public.job_queue w where w.id = found_id for update skip locked)
      and j.scheduled_for < least(due, j.created_at + delay * 10);
  end if;
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
drop function private.job_key_lock(text), private.job_key_locks();
