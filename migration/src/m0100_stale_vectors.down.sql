create or replace function public.match_notes(
  query_embedding vector(1536), match_threshold double precision default 0, match_count integer default 10
)
returns table (id uuid, content text, similarity double precision)
language sql stable security invoker set search_path = ''
begin atomic
  with owned as materialized (
    select n.id, n.embedding <=> query_embedding as distance
    from public.notes n
    where n.user_id = (select auth.uid()) and n.embedding is not null and n.deleted_at is null
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
  'The caller''s notes most similar to an embedding, by cosine similarity (1 is the same direction), best first, at most 200.';

create or replace function public.similar_notes(note_id uuid, match_count integer default 10)
returns table (id uuid, content text, similarity double precision)
language sql stable security invoker set search_path = ''
begin atomic
  select found.id, found.content, found.similarity
  from public.notes origin
  cross join lateral public.match_notes(origin.embedding, -1, least(match_count, 199) + 1) found
  where origin.id = note_id and origin.user_id = (select auth.uid()) and found.id <> note_id
  order by found.similarity desc, found.id
  limit least(greatest(match_count, 0), 199);
end;
comment on function public.similar_notes(uuid, integer) is
  'The caller''s notes most similar to one of them, best first; nothing if it has no embedding.';

revoke insert (embedding_hash), update (embedding_hash) on public.notes from authenticated;
drop index public.idx_notes_stale_embeddings;
drop trigger set_note_embedding_staleness on public.notes;
drop trigger set_note_embedding_on_update on public.notes;
drop function private.set_note_embedding_staleness();
create or replace function private.set_note_embedding() returns trigger
language plpgsql set search_path = '' as $$
begin
  if new.embedding is null then
    new.embedding_hash := null;
    new.embedding_updated_at := null;
  else
    new.embedding_hash := encode(sha256(convert_to(new.content, 'UTF8')), 'hex');
    new.embedding_updated_at := now();
  end if;
  return new;
end $$;
create trigger set_note_embedding_on_update before update of embedding on public.notes
  for each row when (record_image_ne(row(old.embedding), row(new.embedding)))
  execute function private.set_note_embedding();
alter table public.notes
  drop constraint notes_embedding_hash_format,
  drop column embedding_is_stale;
select realtime.publish('public.notes');
-- Publishing a table again takes a number; the next new table gets the one that would have come.
select setval(pg_get_serial_sequence('realtime.published_tables', 'id'), max(id)) from realtime.published_tables;
