-- What the server itself works with: cached embeddings, background jobs, rate limits.

create type public.job_type as enum ('embedding', 'clustering', 'document_generation');
create type public.job_status as enum ('pending', 'processing', 'completed', 'failed', 'dead');

-- The key is the SHA-256 of model and content: the content alone would serve the vectors of another model.
create table public.embedding_cache (
  content_hash text primary key,
  model text not null default 'text-embedding-3-small',
  embedding vector(1536) not null,
  expires_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint embedding_cache_content_hash_sha256 check (content_hash ~ '^[0-9a-f]{64}$'),
  constraint embedding_cache_model_length check (char_length(model) between 1 and 100)
);
create index idx_embedding_cache_expires_at on public.embedding_cache (expires_at) where expires_at is not null;

create table public.job_queue (
  id uuid primary key default uuidv7(),
  user_id uuid references auth.users (id) on delete cascade,
  job_type public.job_type not null,
  status public.job_status not null default 'pending',
  payload jsonb not null default '{}',
  result jsonb,
  error text,
  progress integer not null default 0,
  attempts integer not null default 0,
  max_attempts integer not null default 3,
  lease_holder text,
  lease_expires_at timestamptz,
  scheduled_for timestamptz not null default now(),
  completed_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint job_queue_payload_object check (jsonb_typeof(payload) = 'object'),
  constraint job_queue_error_length check (char_length(error) <= 10000),
  constraint job_queue_progress_range check (progress between 0 and 100),
  constraint job_queue_max_attempts_range check (max_attempts between 1 and 100),
  constraint job_queue_attempts_range check (attempts between 0 and max_attempts),
  constraint job_queue_lease_holder_length check (char_length(lease_holder) between 1 and 255),
  constraint job_queue_lease_while_processing check (
    (lease_holder is not null and lease_expires_at is not null) = (status = 'processing')
    and (lease_holder is null) = (lease_expires_at is null)
  )
);
create index idx_job_queue_user_created on public.job_queue (user_id, created_at desc, id);
-- What a worker looks for: a job that is due, and one whose worker is gone.
create index idx_job_queue_due on public.job_queue (scheduled_for) where status = 'pending';
create index idx_job_queue_lease on public.job_queue (lease_expires_at) where status = 'processing';
create index idx_job_queue_ended on public.job_queue (completed_at) where completed_at is not null;

-- Fixed windows: a key (`user:action` or `ip:action`) counts up to its reset time, then starts again.
create table public.rate_limits (
  id text primary key,
  count integer not null default 0,
  window_start timestamptz not null default now(),
  reset_time timestamptz not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint rate_limits_id_length check (char_length(id) between 1 and 255),
  constraint rate_limits_count_not_negative check (count >= 0),
  constraint rate_limits_window_order check (reset_time > window_start)
);
create index idx_rate_limits_reset_time on public.rate_limits (reset_time);

alter table public.embedding_cache enable row level security;
alter table public.rate_limits enable row level security;
alter table public.job_queue enable row level security;
create policy "Users can view own jobs" on public.job_queue
  for select to authenticated using (user_id = (select auth.uid()));

-- The name of the machine that works on a job is nobody's business but the server's.
revoke all on public.embedding_cache, public.job_queue, public.rate_limits
  from public, anon, authenticated, service_role;
grant
  select (
    id, user_id, job_type, status, payload, result, error, progress, attempts, max_attempts,
    lease_expires_at, scheduled_for, completed_at, created_at, updated_at
  )
  on public.job_queue to authenticated;
grant select, insert, update, delete on public.embedding_cache, public.job_queue, public.rate_limits
  to service_role;

-- A job that ended says when; one that is taken up again has not ended.
create function private.set_job_end() returns trigger
language plpgsql set search_path = '' as $$
begin
  if new.status in ('completed', 'failed', 'dead') then
    new.completed_at := coalesce(new.completed_at, now());
  else
    new.completed_at := null;
  end if;
  if new.status = 'completed' then
    new.progress := 100;
  end if;
  return new;
end $$;
revoke execute on function private.set_job_end() from public;

create trigger set_job_end before insert or update of status, completed_at, progress on public.job_queue
  for each row execute function private.set_job_end();
create trigger set_updated_at before update on public.job_queue
  for each row execute function private.set_updated_at();
create trigger set_updated_at before update on public.embedding_cache
  for each row execute function private.set_updated_at();
create trigger set_updated_at before update on public.rate_limits
  for each row execute function private.set_updated_at();
