-- The queue of jobs: who takes which, who holds it, how it ends. The types are the server's registry (src/jobs); it
-- writes what enqueueing has to know of them into mindloom.job_types. Every decision about time is made here, by the
-- database's clock.

-- Types are text: the registry says what exists. A job may be cancelled.
drop trigger set_job_end on public.job_queue;
drop index public.idx_job_queue_due, public.idx_job_queue_lease;
alter table public.job_queue
  drop constraint job_queue_lease_while_processing,
  alter column status drop default,
  alter column job_type type text using job_type::text,
  alter column status type text using status::text;
drop type public.job_type, public.job_status;
create type public.job_status as enum ('pending', 'processing', 'completed', 'failed', 'dead', 'cancelled');
alter table public.job_queue
  alter column status type public.job_status using status::public.job_status,
  alter column status set default 'pending',
  add column queue text not null default 'default',
  add column priority integer not null default 100,
  add column provider text,
  add column unique_key text,
  add column fence bigint not null default 0,
  add column losses integer not null default 0,
  add column errors jsonb not null default '[]',
  add column started_at timestamptz,
  add column cancel_requested_at timestamptz,
  add constraint job_queue_lease_while_processing check (
    (lease_holder is not null and lease_expires_at is not null) = (status = 'processing')
    and (lease_holder is null) = (lease_expires_at is null)),
  add constraint job_queue_job_type_format check (job_type ~ '^[a-z][a-z0-9_.]{0,99}$'),
  add constraint job_queue_queue_length check (char_length(queue) between 1 and 50),
  add constraint job_queue_priority_range check (priority between 0 and 1000),
  add constraint job_queue_provider_length check (char_length(provider) between 1 and 100),
  add constraint job_queue_unique_key_length check (char_length(unique_key) between 1 and 300),
  add constraint job_queue_errors_array check (jsonb_typeof(errors) = 'array');
comment on constraint job_queue_lease_while_processing on public.job_queue is
  'lease_holder and lease_expires_at must be given while the job is being processed, and at no other time';
comment on constraint job_queue_job_type_format on public.job_queue is
  'job_type must begin with a lower-case letter and have at most 100 lower-case letters, digits, dots and underscores';

create trigger set_job_end before insert or update of status, completed_at, progress on public.job_queue
  for each row execute function private.set_job_end();
create or replace function private.set_job_end() returns trigger
language plpgsql set search_path = '' as $$
begin
  if new.status in ('completed', 'failed', 'dead', 'cancelled') then
    new.completed_at := coalesce(new.completed_at, now());
  else
    new.completed_at := null;
  end if;
  if new.status = 'completed' then
    new.progress := 100;
  end if;
  return new;
end $$;

-- Of one key one job waits.
create unique index job_queue_unique_key_waiting on public.job_queue (unique_key)
  where status = 'pending' and unique_key is not null;
-- What a worker looks for: of each type the first that is due, and the first of each person; when the next is due.
create index idx_job_queue_waiting on public.job_queue (job_type, priority, scheduled_for, id) where status = 'pending';
create index idx_job_queue_turns on public.job_queue
  (job_type, coalesce(user_id, '00000000-0000-0000-0000-000000000000'), priority, scheduled_for) where status = 'pending';
create index idx_job_queue_due on public.job_queue (scheduled_for) where status = 'pending';
create index idx_job_queue_running on public.job_queue (lease_expires_at) where status = 'processing';

drop policy "Users can view own jobs" on public.job_queue;
create policy "Users can view own jobs, admins can view all jobs" on public.job_queue
  for select to authenticated
  using ((user_id >= (select private.readable_from()) and user_id <= (select private.readable_to()))
    or (user_id is null and (select public.get_user_role()) = 'admin'));
grant select (queue, priority, provider, errors, started_at, cancel_requested_at) on public.job_queue to authenticated;
select realtime.publish('public.job_queue');
-- Publishing what is published already leaves a number out.
select setval(pg_get_serial_sequence('realtime.published_tables', 'id'), max(id)) from realtime.published_tables;

-- What the registry says of a type, for whoever enqueues.
create table mindloom.job_types (
  name text primary key,
  queue text not null,
  priority integer not null,
  max_attempts integer not null,
  provider text
);
-- Processes that work. A job is its worker's for as long as the worker is alive.
create table mindloom.job_workers (
  name text primary key,
  alive_until timestamptz not null
);
-- Providers that asked to be left alone for a while: none of their jobs runs until then.
create table mindloom.job_providers (
  name text primary key,
  waits_until timestamptz not null
);
alter table mindloom.job_types enable row level security;
alter table mindloom.job_workers enable row level security;
alter table mindloom.job_providers enable row level security;
revoke all on mindloom.job_types, mindloom.job_workers, mindloom.job_providers
  from public, anon, authenticated, service_role;

-- Wakes workers, unless all of them are awake. Commits with a NOTIFY queue behind each other, so those who enqueue
-- under load must not be among them. A worker that goes to sleep holds the lock (private.doze_off) and looks once more
-- afterwards: it cannot miss a job of a transaction that found the lock free, since that one shares it until its end.
create function private.ring_jobs() returns void
language plpgsql set search_path = '' as $$
begin
  if not pg_try_advisory_xact_lock_shared(hashtextextended('mindloom.jobs.asleep', 0)) then
    perform pg_notify('mindloom_jobs', '');
  end if;
end $$;

create function private.ring_for_new_jobs() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if exists (select from new_rows where status = 'pending') then
    perform private.ring_jobs();
  end if;
  return null;
end $$;
create trigger ring_for_new_jobs after insert on public.job_queue referencing new table as new_rows
  for each statement execute function private.ring_for_new_jobs();

-- Whether this session may sleep: `held` when it holds the lock now, `shared` when another sleeper does, and `busy`
-- when transactions are open that would not ring.
create function private.doze_off() returns text
language plpgsql set search_path = '' as $$
declare
  key constant bigint := hashtextextended('mindloom.jobs.asleep', 0);
begin
  if pg_try_advisory_lock(key) then
    return 'held';
  elsif pg_try_advisory_lock_shared(key) then
    perform pg_advisory_unlock_shared(key);
    return 'busy';
  end if;
  return 'shared';
end $$;

-- Gives the lock back. Others may sleep without it: they are woken, to take it.
create function private.wake_up(p_others boolean) returns void
language plpgsql set search_path = '' as $$
begin
  perform pg_advisory_unlock(hashtextextended('mindloom.jobs.asleep', 0));
  if p_others then
    perform pg_notify('mindloom_jobs', '');
  end if;
end $$;

-- Puts a job into the queue, in the transaction that causes it, and returns its id. With a key, one job of it waits
-- at a time: this returns the id of the one that waits, and a positive delay moves its time, up to ten times the delay
-- after it was made. Whoever finds a waiting job keeps workers from it until the end of this transaction, so that it
-- sees what this transaction did.
create function private.enqueue_job(
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
comment on function private.enqueue_job(text, jsonb, uuid, text, interval) is
  'Puts a job into the queue, or finds the one of the same key that waits; returns its id.';

-- Says that a worker lives, and what has become of the jobs that it works on: those that are no longer its own, and
-- those that are to be cancelled.
create function private.keep_jobs(p_worker text, p_lease interval, p_ids uuid[], p_fences bigint[])
  returns table (id uuid, is_lost boolean)
  language plpgsql set search_path = '' as $$
#variable_conflict use_column
begin
  insert into mindloom.job_workers as w (name, alive_until) values (p_worker, now() + p_lease)
  on conflict (name) do update set alive_until = excluded.alive_until;
  return query
  select held.id, j.id is null
  from unnest(p_ids, p_fences) held (id, fence)
  left join public.job_queue j on j.id = held.id and j.fence = held.fence and j.status = 'processing'
  where j.id is null or j.cancel_requested_at is not null;
end $$;

-- How many times a job may lose its worker before it counts as what kills workers.
create function private.job_losses_max() returns integer
language sql immutable set search_path = '' return 10;

-- Jobs whose worker is gone wait again, at once: that was no attempt of theirs. A lease that ends later than any
-- worker would have made it is of a clock that was set back.
create function private.return_lost_jobs(p_lease interval) returns void
language plpgsql set search_path = '' as $$
begin
  delete from mindloom.job_workers w where w.name in (
    select gone.name from mindloom.job_workers gone
    where gone.alive_until < now() or gone.alive_until > now() + p_lease * 4 for update skip locked);
  with lost as (
    select j.id from public.job_queue j
    where j.status = 'processing' and (j.lease_expires_at < now() or j.lease_expires_at > now() + p_lease * 4)
      and not exists (select from mindloom.job_workers w where w.name = j.lease_holder)
    for update skip locked
  ), ended as (
    select j.id, case
        when j.losses + 1 >= private.job_losses_max() then 'dead'
        when j.cancel_requested_at is not null then 'cancelled'
        when exists (select from public.job_queue other
          where other.unique_key = j.unique_key and other.status = 'pending') then 'cancelled'
        else 'pending' end::public.job_status as status
    from public.job_queue j join lost using (id)
  )
  update public.job_queue j
  set status = e.status, lease_holder = null, lease_expires_at = null, losses = j.losses + 1,
    attempts = greatest(j.attempts - 1, 0), progress = 0, scheduled_for = least(j.scheduled_for, now()),
    error = 'The worker stopped while it worked on this job',
    errors = private.with_error(j.errors, j.attempts, 'The worker stopped while it worked on this job')
  from ended e where e.id = j.id;
end $$;

-- The errors of a job's attempts, the newest last, at most a hundred.
create function private.with_error(p_errors jsonb, p_attempt integer, p_error text) returns jsonb
language sql stable set search_path = ''
return (case when jsonb_array_length(p_errors) >= 100 then p_errors - 0 else p_errors end)
  || jsonb_build_object('attempt', p_attempt, 'at', clock_timestamp(), 'error', left(p_error, 2000));

-- What a worker may do next of one type: the oldest that are due, and the first of each of the next people.
create function private.next_jobs(p_type text, p_count integer, p_after uuid)
  returns table (id uuid, user_id uuid, turn uuid, priority integer, scheduled_for timestamptz, provider text, unique_key text)
  language plpgsql stable rows 50 set search_path = '' as $$
#variable_conflict use_column
declare
  oldest bigint;
begin
  return query
  select j.id, j.user_id, coalesce(j.user_id, '00000000-0000-0000-0000-000000000000'), j.priority, j.scheduled_for,
    j.provider, j.unique_key
  from public.job_queue j
  where j.status = 'pending' and j.job_type = p_type and j.scheduled_for <= now()
  order by j.priority, j.scheduled_for, j.id limit p_count;
  get diagnostics oldest = row_count;
  if oldest < p_count then
    return;
  end if;
  return query
  with recursive people as (
    (select coalesce(j.user_id, '00000000-0000-0000-0000-000000000000') as turn, 1 as place
     from public.job_queue j
     where j.status = 'pending' and j.job_type = p_type
       and coalesce(j.user_id, '00000000-0000-0000-0000-000000000000') > p_after
     order by 1 limit 1)
    union all
    select (select coalesce(j.user_id, '00000000-0000-0000-0000-000000000000')
       from public.job_queue j
       where j.status = 'pending' and j.job_type = p_type
         and coalesce(j.user_id, '00000000-0000-0000-0000-000000000000') > p.turn
       order by 1 limit 1), p.place + 1
    from people p where p.turn is not null and p.place < p_count
  )
  select of_person.id, of_person.user_id, p.turn, of_person.priority, of_person.scheduled_for, of_person.provider,
    of_person.unique_key
  from people p
  cross join lateral (
    select j.id, j.user_id, j.priority, j.scheduled_for, j.provider, j.unique_key
    from public.job_queue j
    where j.status = 'pending' and j.job_type = p_type
      and coalesce(j.user_id, '00000000-0000-0000-0000-000000000000') = p.turn and j.scheduled_for <= now()
    order by j.priority, j.scheduled_for limit 1
  ) of_person;
end $$;

-- Jobs of a type that no server has registered, and those that waited for an hour for one which knows them.
create function private.bury_unknown_jobs(p_types text[]) returns void
language sql volatile set search_path = ''
begin atomic
  update public.job_queue j
  set status = 'dead', error = format('No server knows jobs of the type %s: it was made by another version', j.job_type)
  where j.id in (
    select strange.id from (
      select w.id, w.job_type, w.scheduled_for from public.job_queue w
      where w.status = 'pending' and w.scheduled_for <= now() order by w.scheduled_for limit 200
    ) first_due
    join public.job_queue strange using (id)
    where first_due.job_type <> all (p_types) and (first_due.scheduled_for < now() - interval '1 hour'
      or not exists (select from mindloom.job_types t where t.name = first_due.job_type))
    for update of strange skip locked);
end;

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

-- Ends attempts, each as its worker says; returns those that were its own to end. What is to be tried again waits, unless
-- another of its key does already, which then takes its place.
--   completed   with what came out
--   retry       counted as an attempt; dead after the last
--   failed      cannot succeed
--   dead        nobody knows how to do it
--   returned    no attempt: the worker stops, or the provider asked to wait
--   cancelled   as somebody wished
create function private.end_jobs(p_ids uuid[], p_fences bigint[], p_ends text[], p_results jsonb[], p_errors text[],
    p_delays_ms bigint[])
  returns table (id uuid, status public.job_status)
  language plpgsql set search_path = '' as $$
#variable_conflict use_column
begin
  return query
  with said as materialized (
    select s.*, j.attempts, j.max_attempts, j.unique_key, j.cancel_requested_at
    from unnest(p_ids, p_fences, p_ends, p_results, p_errors, p_delays_ms)
      s (id, fence, ending, result, error, delay_ms)
    join public.job_queue j on j.id = s.id and j.fence = s.fence and j.status = 'processing'
    for update of j
  ), judged as (
    select s.*, case
        when s.ending in ('completed', 'failed', 'dead', 'cancelled') then s.ending
        when s.ending = 'retry' and s.attempts >= s.max_attempts then 'dead'
        when s.cancel_requested_at is not null then 'cancelled'
        when exists (select from public.job_queue other
          where other.unique_key = s.unique_key and other.status = 'pending') then 'cancelled'
        else 'pending' end::public.job_status as becomes
    from said s
  ), ended as (
    update public.job_queue j
    set status = s.becomes, lease_holder = null, lease_expires_at = null, losses = 0,
      result = case when s.becomes = 'completed' then s.result end,
      error = case when s.becomes = 'completed' then null else coalesce(s.error, j.error) end,
      errors = case when s.error is null then j.errors else private.with_error(j.errors, j.attempts, s.error) end,
      attempts = j.attempts - case when s.ending = 'returned' then 1 else 0 end,
      scheduled_for = case when s.becomes = 'pending' and s.delay_ms > 0
        then now() + s.delay_ms * interval '1 ms' else j.scheduled_for end
    from judged s where j.id = s.id
    returning j.id, j.status
  )
  select e.id, e.status from ended e;
  if exists (select from unnest(p_ends) ending where ending in ('retry', 'returned')) then
    perform private.ring_jobs();
  end if;
end $$;

-- All jobs of a provider wait.
create function private.hold_provider(p_name text, p_for interval) returns void
language sql volatile set search_path = ''
begin atomic
  insert into mindloom.job_providers as p (name, waits_until) values (p_name, now() + p_for)
  on conflict (name) do update set waits_until = greatest(p.waits_until, excluded.waits_until);
end;

revoke execute on function private.ring_jobs(), private.ring_for_new_jobs(), private.doze_off(),
  private.wake_up(boolean), private.enqueue_job(text, jsonb, uuid, text, interval),
  private.keep_jobs(text, interval, uuid[], bigint[]), private.job_losses_max(), private.return_lost_jobs(interval),
  private.with_error(jsonb, integer, text), private.next_jobs(text, integer, uuid), private.bury_unknown_jobs(text[]),
  private.take_jobs(text, interval, integer, text[], integer[], integer, integer, uuid),
  private.end_jobs(uuid[], bigint[], text[], jsonb[], text[], bigint[]), private.hold_provider(text, interval)
  from public, anon, authenticated, service_role;
