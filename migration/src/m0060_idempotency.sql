-- Answers of mutations that came with an Idempotency-Key, kept so that a repeated one returns the
-- first answer. Answer and work commit together; a second request with the same key waits for the
-- first on the primary key.
create table mindloom.idempotency_keys (
  owner text not null,
  key text not null,
  request_hash bytea not null,
  answer text,
  created_at timestamptz not null default now(),
  primary key (owner, key),
  constraint idempotency_keys_key_length check (char_length(key) between 1 and 255)
);
create index idempotency_keys_created_at on mindloom.idempotency_keys (created_at);
alter table mindloom.idempotency_keys enable row level security;
revoke all on mindloom.idempotency_keys from public, anon, authenticated, service_role;

-- Takes a key for the caller: nothing when the work is to be done now, else the first answer.
create function public.take_idempotency_key(key text, request_hash bytea) returns text
language plpgsql volatile security definer set search_path = '' as $$
declare
  caller text := coalesce((select auth.uid())::text, (select auth.role()), 'anon');
  known record;
begin
  delete from mindloom.idempotency_keys k
  where k.ctid = any (array(
    select old.ctid from mindloom.idempotency_keys old
    where old.created_at < now() - interval '1 day' order by old.created_at limit 10 for update skip locked));
  insert into mindloom.idempotency_keys as k (owner, key, request_hash)
  values (caller, take_idempotency_key.key, take_idempotency_key.request_hash)
  on conflict do nothing;
  if found then
    return null;
  end if;
  select k.request_hash, k.answer into known
  from mindloom.idempotency_keys k
  where k.owner = caller and k.key = take_idempotency_key.key;
  if known.request_hash is distinct from take_idempotency_key.request_hash then
    raise exception 'This Idempotency-Key was used for another request' using errcode = 'P0001';
  end if;
  return known.answer;
end $$;

-- Keeps the answer of the work that the caller's key was taken for, in the same transaction.
create function public.keep_idempotent_answer(key text, answer text) returns void
language sql volatile security definer set search_path = ''
begin atomic
  update mindloom.idempotency_keys k set answer = keep_idempotent_answer.answer
  where k.owner = coalesce((select auth.uid())::text, (select auth.role()), 'anon')
    and k.key = keep_idempotent_answer.key and k.answer is null;
end;

revoke execute on function
  public.take_idempotency_key(text, bytea), public.keep_idempotent_answer(text, text) from public;
grant execute on function
  public.take_idempotency_key(text, bytea), public.keep_idempotent_answer(text, text)
  to anon, authenticated, service_role;
