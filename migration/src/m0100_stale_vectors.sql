-- A vector that was made from an older text never counts as one of the text that is there now.
--
-- The writer says with the vector which text it was made from, by `embedding_hash`. The hash of the
-- text at the moment of writing, which m0004 stored, made every late vector look fresh: whoever
-- reads a note, asks a model, and writes the vector a second later does not know whether somebody
-- saved the note meanwhile.
--
--   a vector with a hash               the hash is stored as given
--   without one, in one statement with the text
--                                      the vector is of that text
--   without one, on its own            the vector is taken to be of the text that its predecessor was
--                                      made from; without a predecessor nobody knows: it is stale
--
-- `embedding_is_stale` is what comes of it, and what search asks: true while the hash is not that of
-- the text.

alter table public.notes
  add column embedding_is_stale boolean not null default false,
  add constraint notes_embedding_hash_format check (embedding_hash ~ '^[0-9a-f]{64}$');

comment on constraint notes_embedding_hash_format on public.notes is
  'embedding_hash must be a SHA-256 hash: 64 hexadecimal digits in lower case';

drop trigger if exists set_note_embedding_on_insert on public.notes;
drop trigger if exists set_note_embedding_on_update on public.notes;

-- Fires where a statement names the vector or its hash, so that nothing needs to be compared: a dump
-- restores it without pgvector's operators in the search path.
create or replace function private.set_note_embedding() returns trigger
language plpgsql set search_path = '' as $$
begin
  if new.embedding is null then
    new.embedding_hash := null;
    new.embedding_updated_at := null;
    return new;
  end if;
  if (case tg_op
    when 'INSERT' then new.embedding_hash is null
    else new.embedding_hash is not distinct from old.embedding_hash and new.content <> old.content
  end) then
    new.embedding_hash := encode(sha256(convert_to(new.content, 'UTF8')), 'hex');
  end if;
  new.embedding_updated_at := now();
  return new;
end $$;

create function private.set_note_embedding_staleness() returns trigger
language plpgsql set search_path = '' as $$
begin
  new.embedding_is_stale := new.embedding is not null
    and new.embedding_hash is distinct from encode(sha256(convert_to(new.content, 'UTF8')), 'hex');
  return new;
end $$;
revoke execute on function private.set_note_embedding_staleness() from public;

create trigger set_note_embedding_on_insert before insert on public.notes
  for each row execute function private.set_note_embedding();
create trigger set_note_embedding_on_update before update of embedding, embedding_hash on public.notes
  for each row execute function private.set_note_embedding();
-- After those two: triggers fire in the order of their names.
create trigger set_note_embedding_staleness
  before insert or update of content, embedding, embedding_hash, embedding_is_stale on public.notes
  for each row execute function private.set_note_embedding_staleness();

-- Vectors of before, by the hashes that they have. No trigger: a note is not changed by being judged.
alter table public.notes disable trigger user;
update public.notes set embedding_is_stale = true
where embedding is not null
  and embedding_hash is distinct from encode(sha256(convert_to(content, 'UTF8')), 'hex');
alter table public.notes enable trigger user;

-- What waits for a new vector.
create index idx_notes_stale_embeddings on public.notes (user_id, embedding_updated_at)
  where embedding_is_stale;

grant insert (embedding_hash), update (embedding_hash) on public.notes to authenticated;

-- A vector of another text would find a note by what it no longer says.
create or replace function public.match_notes(
  query_embedding vector(1536), match_threshold double precision default 0, match_count integer default 10
)
returns table (id uuid, content text, similarity double precision)
language sql stable security invoker set search_path = ''
begin atomic
  with owned as materialized (
    select n.id, n.embedding <=> query_embedding as distance
    from public.notes n
    where n.user_id = (select auth.uid()) and n.embedding is not null and not n.embedding_is_stale
      and n.deleted_at is null
  ), nearest as (
    select owned.id, owned.distance from owned
    where 1 - owned.distance >= match_threshold
    order by owned.distance, owned.id
    limit least(greatest(match_count, 0), 200)
  )
  select n.id, n.content, 1 - nearest.distance
  from nearest join public.notes n on n.id = nearest.id
  order by nearest.distance, n.id;
end;
comment on function public.match_notes(vector, double precision, integer) is
  'The caller''s notes most similar to an embedding, by cosine similarity (1 is the same direction), best first, at most 200. Notes whose embedding is of an older text are left out.';

create or replace function public.similar_notes(note_id uuid, match_count integer default 10)
returns table (id uuid, content text, similarity double precision)
language sql stable security invoker set search_path = ''
begin atomic
  select found.id, found.content, found.similarity
  from public.notes origin
  cross join lateral public.match_notes(origin.embedding, -1, least(match_count, 199) + 1) found
  where origin.id = note_id and origin.user_id = (select auth.uid()) and not origin.embedding_is_stale
    and found.id <> note_id
  order by found.similarity desc, found.id
  limit least(greatest(match_count, 0), 199);
end;
comment on function public.similar_notes(uuid, integer) is
  'The caller''s notes most similar to one of them, best first; nothing if it has no embedding, or one of an older text.';

select realtime.publish('public.notes');
-- Publishing a table again takes a number; the next new table gets the one that would have come.
select setval(pg_get_serial_sequence('realtime.published_tables', 'id'), max(id)) from realtime.published_tables;
