alter table public.notes drop constraint notes_embedding_direction;
create or replace function private.mark_named_embedding_model() returns trigger
language plpgsql set search_path = '' as $$
begin
  new.embedding_is_stale := null;
  return new;
end $$;

create or replace function private.set_note_embedding() returns trigger
language plpgsql set search_path = '' as $$
begin
  if new.embedding is null then
    new.embedding_hash := null;
    new.embedding_model := null;
    new.embedding_updated_at := null;
    return new;
  end if;
  if tg_op = 'INSERT' then
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

create or replace function private.set_note_embedding_staleness() returns trigger
language plpgsql set search_path = '' as $$
begin
  new.embedding_is_stale := new.embedding is not null
    and new.embedding_hash is distinct from encode(sha256(convert_to(new.content, 'UTF8')), 'hex');
  return new;
end $$;

create or replace function private.call_for_embeddings() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  live record;
begin
  for live in select m.model from mindloom.embedding_models m where m.state <> 'retired' order by m.model loop
    if tg_op = 'INSERT' then
      insert into public.embeddings (entity_id, entity_type, model, user_id)
      select n.entity_id, n.entity_type, live.model, n.user_id from new_rows n
      on conflict (entity_id, entity_type, model) do nothing;
    else
      update public.embeddings e
      set is_stale = e.text_hash is distinct from private.text_hash(private.embedding_text(n.title, n.content)),
        user_id = n.user_id, error = null
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
begin atomic
  insert into public.embeddings as e (entity_id, entity_type, model, user_id)
  select s.entity_id, s.entity_type, p_model, s.user_id from public.search_index s
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
  left join public.embeddings e on e.entity_id = s.entity_id and e.entity_type = s.entity_type and e.model = p_model;
end;

drop function private.refuse_own_model(text);
drop function private.is_own_embedding_model(text);
drop function private.no_embedding(text, text);
alter table public.notes disable trigger user;
update public.notes set embedding_is_stale = false where embedding is null and embedding_is_stale;
alter table public.notes enable trigger user;
