drop function public.similar_notes(uuid, integer);
drop function public.search_by_meaning(vector, text, public.search_entity_type[], integer);
drop function public.match_notes(vector, double precision, integer, text);

drop trigger set_updated_at on public.notes;
create trigger set_updated_at before update on public.notes
  for each row execute function private.set_updated_at();
drop trigger set_note_embedding_model on public.notes;
drop function private.mark_named_embedding_model();
drop trigger set_note_embedding_staleness on public.notes;
create trigger set_note_embedding_staleness
  before insert or update of content, embedding, embedding_hash, embedding_is_stale on public.notes
  for each row execute function private.set_note_embedding_staleness();
create or replace function private.set_note_embedding() returns trigger
language plpgsql set search_path = '' as $$
begin
  if new.embedding is null then
    new.embedding_hash := null;
    new.embedding_updated_at := null;
    return new;
  end if;
  if tg_op = 'INSERT' then
    if new.embedding_hash is null then
      new.embedding_hash := encode(sha256(convert_to(new.content, 'UTF8')), 'hex');
    end if;
  elsif new.embedding_updated_at is distinct from '-infinity' then
    new.embedding_hash := case when new.content <> old.content
      then encode(sha256(convert_to(new.content, 'UTF8')), 'hex') end;
  end if;
  new.embedding_updated_at := now();
  return new;
end $$;

drop trigger call_for_embeddings_of_inserted on public.search_index;
drop trigger call_for_embeddings_of_updated on public.search_index;
drop function private.embedding_progress(text);
drop function private.remove_retired_embeddings(integer);
drop function private.copy_embeddings_to_notes(uuid, integer);
drop function private.activate_embedding_model(text);
drop function private.refuse_embedding(text, public.search_entity_type, uuid, text);
drop function private.store_embeddings(text, public.search_entity_type[], uuid[], text[], vector[], boolean);
drop function private.texts_to_embed(text, uuid, integer);
drop function private.doubt_embeddings(text);
drop function private.list_texts_to_embed(text, uuid, integer);
drop function private.use_embedding_model(text);
drop function private.call_for_embeddings();
drop function private.active_embedding_model();
drop function private.padded(vector);
drop function private.embedding_key(text, text);
drop function private.text_hash(text);
drop function private.embedding_text(text, text);

alter table public.notes drop constraint notes_embedding_model_length, drop column embedding_model;
drop table public.embeddings;
drop table mindloom.embedding_models;

create function public.match_notes(
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

create function public.similar_notes(note_id uuid, match_count integer default 10)
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

revoke execute on function public.match_notes(vector, double precision, integer), public.similar_notes(uuid, integer)
  from public, anon, service_role;
grant execute on function public.match_notes(vector, double precision, integer), public.similar_notes(uuid, integer)
  to authenticated;

select realtime.publish('public.notes');
-- Publishing a table again takes a number; the next new table gets the one that would have come.
select setval(pg_get_serial_sequence('realtime.published_tables', 'id'), max(id)) from realtime.published_tables;
