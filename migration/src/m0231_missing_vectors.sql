-- What is said of texts without a vector, and which vectors are none.
--
--   notes.embedding_is_stale   true while a note has no vector of its present text: none at all, where a model is in use, or
--                              one of another text. So whoever cancels the job that was to make it sees what waits still
--   a text without words       gets no vector; `embeddings.error` says so
--   a vector without direction is similar to nothing, and is refused
--   the server's own models    are named by the server alone: it would overwrite the vector that a client gave such a name

-- Why a text is not embedded, whatever the model; null where it is.
create function private.no_embedding(title text, content text) returns text
language sql immutable parallel safe set search_path = ''
return case when private.embedding_text(title, content) !~ '\S' then 'A text without words has no embedding' end;

create or replace function private.call_for_embeddings() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  live record;
begin
  for live in select m.model from mindloom.embedding_models m where m.state <> 'retired' order by m.model loop
    if tg_op = 'INSERT' then
      insert into public.embeddings (entity_id, entity_type, model, user_id, error)
      select n.entity_id, n.entity_type, live.model, n.user_id, private.no_embedding(n.title, n.content) from new_rows n
      on conflict (entity_id, entity_type, model) do nothing;
    else
      update public.embeddings e
      set is_stale = e.text_hash is distinct from private.text_hash(private.embedding_text(n.title, n.content)),
        user_id = n.user_id, error = private.no_embedding(n.title, n.content)
      from new_rows n join old_rows o using (id)
      where e.entity_id = n.entity_id and e.entity_type = n.entity_type and e.model = live.model
        and (n.user_id, n.title, n.content) is distinct from (o.user_id, o.title, o.content);
      if not found then
        continue;
      end if;
    end if;
    -- In one order, so that two who write for many people do not wait for each other.
    perform private.enqueue_job('embeddings.embed_texts',
      jsonb_build_object('model', live.model, 'provider', split_part(live.model, ':', 1)),
      someone.user_id, 'embeddings.embed_texts:' || live.model || ':' || someone.user_id, interval '200 milliseconds')
    from (select distinct n.user_id from new_rows n order by n.user_id) someone;
  end loop;
  return null;
end $$;

create or replace function private.list_texts_to_embed(p_model text, p_after uuid, p_count integer) returns uuid
language sql volatile set search_path = ''
  set mindloom.embedding = 'on'
begin atomic
  -- The trigger says what is true: so it is said of notes from before there was a model, too.
  update public.notes n set embedding_is_stale = true
  where n.embedding is null and not n.embedding_is_stale and n.deleted_at is null and n.id in (
    select s.entity_id from public.search_index s
    where s.id > coalesce(p_after, '00000000-0000-0000-0000-000000000000') and s.entity_type = 'note'
    order by s.id limit p_count);
  insert into public.embeddings as e (entity_id, entity_type, model, user_id, error)
  select s.entity_id, s.entity_type, p_model, s.user_id, private.no_embedding(s.title, s.content) from public.search_index s
  where s.id > coalesce(p_after, '00000000-0000-0000-0000-000000000000')
    and exists (select from mindloom.embedding_models m where m.model = p_model and m.state <> 'retired')
  order by s.id limit p_count
  on conflict (entity_id, entity_type, model) do nothing;
  select s.id from (
    select i.id from public.search_index i where i.id > coalesce(p_after, '00000000-0000-0000-0000-000000000000')
    order by i.id limit p_count
  ) s order by s.id desc limit 1;
end;

create or replace function private.embedding_progress(p_model text)
  returns table (waiting bigint, waiting_characters bigint, refused bigint, texts bigint)
language sql stable set search_path = ''
begin atomic
  select
    count(*) filter (where coalesce(e.is_stale, true) and e.error is null),
    coalesce(sum(char_length(private.embedding_text(s.title, s.content)))
      filter (where coalesce(e.is_stale, true) and e.error is null), 0)::bigint,
    count(*) filter (where e.error is not null),
    count(*)
  from public.search_index s
  left join public.embeddings e on e.entity_id = s.entity_id and e.entity_type = s.entity_type and e.model = p_model
  where private.no_embedding(s.title, s.content) is null;
end;

create or replace function private.set_note_embedding_staleness() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  new.embedding_is_stale := case
    when new.embedding is not null
      then new.embedding_hash is distinct from encode(sha256(convert_to(new.content, 'UTF8')), 'hex')
    else private.no_embedding(null, new.content) is null and private.active_embedding_model() is not null end;
  return new;
end $$;

-- Refuses a model that the server keeps vectors of, where anybody else names it.
create function private.refuse_own_model(p_model text) returns void
language plpgsql set search_path = '' as $$
begin
  if p_model is not null and current_setting('mindloom.embedding', true) is distinct from 'on'
    and current_setting('role') in ('authenticated', 'service_role') and private.is_own_embedding_model(p_model) then
    raise exception
      'embeddingModel: the server makes the vectors of % itself; give another name to the model that made yours, or leave embedding and embeddingModel out',
      p_model using errcode = 'check_violation', constraint = 'notes_embedding_model_of_client',
        schema = 'public', table = 'notes', column = 'embedding_model';
  end if;
end $$;
create function private.is_own_embedding_model(p_model text) returns boolean
language sql stable security definer set search_path = ''
begin atomic
  select exists (select from mindloom.embedding_models m where m.model = p_model and m.state <> 'retired');
end;

create or replace function private.mark_named_embedding_model() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if (new.embedding_model is distinct from old.embedding_model
    or record_image_ne(row(new.embedding), row(old.embedding))) then
    perform private.refuse_own_model(new.embedding_model);
  end if;
  new.embedding_is_stale := null;
  return new;
end $$;

create or replace function private.set_note_embedding() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if new.embedding is null then
    new.embedding_hash := null;
    new.embedding_model := null;
    new.embedding_updated_at := null;
    return new;
  end if;
  if tg_op = 'INSERT' then
    perform private.refuse_own_model(new.embedding_model);
    if new.embedding_hash is null then
      new.embedding_hash := encode(sha256(convert_to(new.content, 'UTF8')), 'hex');
    end if;
  else
    if new.embedding_updated_at is distinct from '-infinity' then
      new.embedding_hash := case when new.content <> old.content
        then encode(sha256(convert_to(new.content, 'UTF8')), 'hex') end;
    end if;
    -- A vector without a model is of none that anybody knows, whatever stood here before.
    if new.embedding_is_stale is not null then
      new.embedding_model := null;
    end if;
  end if;
  new.embedding_updated_at := now();
  return new;
end $$;

revoke execute on function
  private.no_embedding(text, text), private.refuse_own_model(text), private.is_own_embedding_model(text)
  from public;

-- What there is already. No trigger: a note is not changed by being judged.
alter table public.notes disable trigger user;
update public.notes n set embedding = null, embedding_hash = null, embedding_model = null, embedding_updated_at = null
where n.embedding is not null and (not vector_norm(n.embedding) between 1e-9 and 1e9
  or n.content !~ '\S' and n.embedding_model in (select m.model from mindloom.embedding_models m));
update public.notes n set embedding_is_stale = n.content ~ '\S' and n.deleted_at is null
  and exists (select from mindloom.embedding_models m where m.state = 'active')
where n.embedding is null;
alter table public.notes enable trigger user;
update public.embeddings e set is_stale = true, error = private.no_embedding(s.title, s.content)
from public.search_index s
where s.entity_id = e.entity_id and s.entity_type = e.entity_type and private.no_embedding(s.title, s.content) is not null;

alter table public.notes add constraint notes_embedding_direction check (vector_norm(embedding) between 1e-9 and 1e9);
comment on constraint notes_embedding_direction on public.notes is
  'embedding must have a direction: numbers that are not all 0, whose length as a vector is from 1e-9 to 1e9';
