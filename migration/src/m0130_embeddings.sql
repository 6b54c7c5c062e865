-- What notes, documents and artifacts mean, as vectors that the server keeps current.
--
--   search_index       the text of each note, document and artifact (its latest version), kept by triggers
--   embeddings         a vector for each of these texts and each model in use; search by meaning looks here
--   notes.embedding    a copy of the note's, for clients: orders by distance, clusters. A vector that a client brings
--                      is the client's: the server overwrites only what is empty or came from itself
--   embedding_models   the models in use: one answers, another may be being built up to take its place
--
-- A row of `embeddings` is there from the moment its text is; until it has a vector of that very text it is stale, and
-- search leaves it out. The job is only a call to look: what is to be done stands in the rows, so nothing is lost, and
-- whatever broke off goes on where it was.

create table mindloom.embedding_models (
  model text primary key,
  -- active: answers searches. building: gets vectors beside the active one, until it has all. retired: its vectors go.
  state text not null,
  -- The numbers of its vectors, once there is one.
  dimensions integer,
  created_at timestamptz not null default now(),
  activated_at timestamptz,
  constraint embedding_models_state check (state in ('active', 'building', 'retired')),
  constraint embedding_models_dimensions_range check (dimensions between 1 and 1536)
);
create unique index embedding_models_one_of_each on mindloom.embedding_models (state) where state <> 'retired';
alter table mindloom.embedding_models enable row level security;
revoke all on mindloom.embedding_models from public, anon, authenticated, service_role;

-- Vectors have as many numbers as their model gives: a third of the time and space, for the local one.
create table public.embeddings (
  entity_id uuid not null,
  entity_type public.search_entity_type not null,
  model text not null,
  user_id uuid not null,
  embedding vector,
  text_hash text,
  is_stale boolean not null default true,
  error text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (entity_id, entity_type, model),
  constraint embeddings_search_entry_fkey foreign key (entity_id, entity_type)
    references public.search_index (entity_id, entity_type) on update cascade on delete cascade,
  constraint embeddings_model_length check (char_length(model) between 1 and 100),
  constraint embeddings_text_hash_format check (text_hash ~ '^[0-9a-f]{64}$'),
  constraint embeddings_error_length check (char_length(error) <= 1000),
  constraint embeddings_fresh_with_vector check (is_stale or embedding is not null and text_hash is not null)
);
-- Search reads all vectors of one person: exact, whoever else is in the table.
create index idx_embeddings_search on public.embeddings (user_id, model) where not is_stale;
create index idx_embeddings_waiting on public.embeddings (model, user_id) where is_stale and error is null;

create trigger set_updated_at before update on public.embeddings
  for each row execute function private.set_updated_at();

alter table public.embeddings enable row level security;
create policy "Users can view own embeddings" on public.embeddings
  for select to authenticated using (user_id = (select auth.uid()));
revoke all on public.embeddings from public, anon, authenticated, service_role;
grant select on public.embeddings to authenticated;

comment on constraint embeddings_model_length on public.embeddings is 'model must have 1 to 100 characters';
comment on constraint embeddings_text_hash_format on public.embeddings is
  'text_hash must be a SHA-256 hash: 64 hexadecimal digits in lower case';
comment on constraint embeddings_error_length on public.embeddings is 'error must have at most 1,000 characters';
comment on constraint embeddings_fresh_with_vector on public.embeddings is
  'An embedding that is not stale must have a vector and the hash of its text';

-- Notes: whose vector it is.
alter table public.notes add column embedding_model text,
  add constraint notes_embedding_model_length check (char_length(embedding_model) between 1 and 100);
comment on constraint notes_embedding_model_length on public.notes is
  'embedding_model must have 1 to 100 characters';
grant insert (embedding_model), update (embedding_model) on public.notes to authenticated;

-- What is embedded of a text: title and content, as long as full-text search reads them, too.
create function private.embedding_text(title text, content text) returns text
language sql immutable parallel safe set search_path = ''
return left(case when title is null then content else title || E'\n\n' || content end, 200000);
create function private.text_hash(content text) returns text
language sql immutable parallel safe set search_path = ''
return encode(sha256(convert_to(content, 'UTF8')), 'hex');
-- The key of a text in embedding_cache.
create function private.embedding_key(model text, hash text) returns text
language sql immutable parallel safe set search_path = ''
return private.text_hash(model || E'\n' || hash);
-- A vector with zeros up to the width of the columns: that changes no cosine.
create function private.padded(embedding vector) returns vector
language sql immutable parallel safe
begin atomic
  select (embedding::real[] || array_fill(0::real, array[1536 - vector_dims(embedding)]))::vector(1536);
end;

-- The model that answers searches.
create function private.active_embedding_model() returns text
language sql stable security definer set search_path = ''
begin atomic
  select m.model from mindloom.embedding_models m where m.state = 'active';
end;

-- Notes which texts need vectors, and calls for the work.
create function private.call_for_embeddings() returns trigger
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

create trigger call_for_embeddings_of_inserted after insert on public.search_index
  referencing new table as new_rows
  for each statement execute function private.call_for_embeddings();
create trigger call_for_embeddings_of_updated after update on public.search_index
  referencing old table as old_rows new table as new_rows
  for each statement execute function private.call_for_embeddings();

-- Makes a model the one that is wanted, and returns its state: the first one answers at once, a later one when it has
-- vectors of all texts. One that was being built and is no longer wanted is dropped.
create function private.use_embedding_model(p_model text) returns text
language plpgsql set search_path = '' as $$
declare
  reached text;
begin
  perform pg_advisory_xact_lock(hashtextextended('mindloom.embedding_models', 0));
  select m.state into reached from mindloom.embedding_models m where m.model = p_model and m.state <> 'retired';
  if reached is distinct from 'building' then
    update mindloom.embedding_models set state = 'retired' where state = 'building';
  end if;
  if reached is null then
    insert into mindloom.embedding_models as m (model, state, activated_at)
    select p_model, case when is_first then 'active' else 'building' end, case when is_first then now() end
    from (select not exists (select from mindloom.embedding_models a where a.state = 'active') as is_first) known
    on conflict (model) do update set state = excluded.state, activated_at = excluded.activated_at
    returning m.state into reached;
  end if;
  if exists (
    select from public.search_index s where not exists (
      select from public.embeddings e
      where e.entity_id = s.entity_id and e.entity_type = s.entity_type and e.model = p_model)
  ) or exists (
    select from public.embeddings e where e.model = p_model and e.is_stale and e.error is null
  ) or reached = 'building' or exists (select from mindloom.embedding_models m where m.state = 'retired' and exists (
      select from public.embeddings e where e.model = m.model)) then
    perform private.enqueue_job('embeddings.embed_all',
      jsonb_build_object('model', p_model, 'provider', split_part(p_model, ':', 1)),
      null, 'embeddings.embed_all:' || p_model);
  end if;
  return reached;
end $$;

-- Lists texts that a model has no row for, a step at a time in the order of the index's keys; returns the last key that
-- was looked at, null after the last.
create function private.list_texts_to_embed(p_model text, p_after uuid, p_count integer) returns uuid
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

-- Vectors of a model that was in use before may be of older texts.
create function private.doubt_embeddings(p_model text) returns void
language sql volatile set search_path = ''
begin atomic
  update public.embeddings e set is_stale = true
  from public.search_index s
  where e.model = p_model and not e.is_stale and s.entity_id = e.entity_id and s.entity_type = e.entity_type
    and e.text_hash is distinct from private.text_hash(private.embedding_text(s.title, s.content));
end;

-- Texts that wait for a vector of a model, of one person or of everybody, with the vector where it is known already.
create function private.texts_to_embed(p_model text, p_owner uuid, p_count integer)
  returns table (entity_type public.search_entity_type, entity_id uuid, content text, text_hash text, known vector)
language sql stable set search_path = ''
begin atomic
  select w.entity_type, w.entity_id, w.content, w.hash, subvector(c.embedding, 1, m.dimensions)
  from (
    select e.entity_type, e.entity_id, t.content, private.text_hash(t.content) as hash
    from public.embeddings e
    join public.search_index s on s.entity_id = e.entity_id and s.entity_type = e.entity_type
    cross join lateral (select private.embedding_text(s.title, s.content) as content) t
    where e.model = p_model and e.is_stale and e.error is null and (p_owner is null or e.user_id = p_owner)
    -- A line does not wait for a book.
    order by octet_length(s.content) limit p_count
  ) w
  join mindloom.embedding_models m on m.model = p_model and m.state <> 'retired'
  left join public.embedding_cache c on c.content_hash = private.embedding_key(p_model, w.hash)
    and m.dimensions is not null and (c.expires_at is null or c.expires_at > now());
end;

-- Stores vectors with the hashes of the texts that they were made from; one of a text that is no longer there stays
-- stale. Notes, then their texts, then vectors: in the order in which whoever writes a note takes them.
create function private.store_embeddings(
  p_model text, p_types public.search_entity_type[], p_ids uuid[], p_hashes text[], p_vectors vector[], p_keep boolean)
  returns bigint
language sql volatile set search_path = '' set mindloom.embedding = 'on'
begin atomic
  update mindloom.embedding_models m set dimensions = vector_dims(p_vectors[1])
  where m.model = p_model and m.dimensions is null;
  insert into public.embedding_cache (content_hash, model, embedding, expires_at)
  select distinct on (v.hash) private.embedding_key(p_model, v.hash), p_model, private.padded(v.embedding),
    now() + interval '30 days'
  from unnest(p_hashes, p_vectors) v (hash, embedding) where p_keep
  on conflict (content_hash) do update set expires_at = excluded.expires_at;
  update public.notes n
  set embedding = private.padded(v.embedding), embedding_hash = v.hash, embedding_model = p_model
  from unnest(p_types, p_ids, p_hashes, p_vectors) v (entity_type, id, hash, embedding)
  where v.entity_type = 'note' and n.id = v.id and n.deleted_at is null
    and p_model = (select private.active_embedding_model())
    and (n.embedding is null or n.embedding_model in (select m.model from mindloom.embedding_models m));
  with texts as (
    select s.entity_type, s.entity_id, private.text_hash(private.embedding_text(s.title, s.content)) as hash
    from public.search_index s
    where (s.entity_type, s.entity_id) in (select * from unnest(p_types, p_ids)) order by s.id for share
  ), stored as (
    update public.embeddings e
    set embedding = v.embedding, text_hash = v.hash, is_stale = v.hash is distinct from t.hash, error = null
    from unnest(p_types, p_ids, p_hashes, p_vectors) v (entity_type, id, hash, embedding)
    join texts t on t.entity_type = v.entity_type and t.entity_id = v.id
    where e.model = p_model and e.entity_type = v.entity_type and e.entity_id = v.id
    returning e.is_stale
  )
  select count(*) from stored where not stored.is_stale;
end;

-- Says why a text has no vector. It is tried again when the text changes.
create function private.refuse_embedding(p_model text, p_type public.search_entity_type, p_id uuid, p_error text)
  returns void
language sql volatile set search_path = ''
begin atomic
  update public.embeddings e set error = left(p_error, 1000), is_stale = true
  where e.model = p_model and e.entity_type = p_type and e.entity_id = p_id;
end;

-- Lets a model answer that has a vector of every text, in the former one's place.
create function private.activate_embedding_model(p_model text) returns boolean
language plpgsql set search_path = '' as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('mindloom.embedding_models', 0));
  if not exists (select from mindloom.embedding_models m where m.model = p_model and m.state = 'building')
    or exists (select from public.embeddings e where e.model = p_model and e.is_stale and e.error is null) then
    return false;
  end if;
  update mindloom.embedding_models set state = 'retired' where state = 'active';
  update mindloom.embedding_models set state = 'active', activated_at = now() where model = p_model;
  return true;
end $$;

-- Gives notes the vectors of the model that answers, a step at a time in the order of their keys; returns the last key
-- that was looked at, null after the last.
create function private.copy_embeddings_to_notes(p_after uuid, p_count integer) returns uuid
language sql volatile set search_path = '' set mindloom.embedding = 'on'
begin atomic
  with next as (
    select n.id from public.notes n
    where n.id > coalesce(p_after, '00000000-0000-0000-0000-000000000000') and n.deleted_at is null
      and n.embedding_model is distinct from (select private.active_embedding_model())
      and (n.embedding is null or n.embedding_model in (select m.model from mindloom.embedding_models m))
    order by n.id limit p_count for update
  )
  update public.notes n
  set embedding = private.padded(e.embedding), embedding_hash = e.text_hash, embedding_model = e.model
  from next join public.embeddings e on e.entity_id = next.id and e.entity_type = 'note' and not e.is_stale
    and e.model = (select private.active_embedding_model())
  where n.id = next.id;
  select s.id from (
    select n.id from public.notes n where n.id > coalesce(p_after, '00000000-0000-0000-0000-000000000000')
    order by n.id limit p_count
  ) s order by s.id desc limit 1;
end;

-- Removes vectors of models that are no longer in use, so many at most; returns how many. Servers learn of a change
-- some seconds late, and search with the former model until then.
create function private.remove_retired_embeddings(p_count integer) returns bigint
language sql volatile set search_path = ''
begin atomic
  with gone as (
    delete from public.embeddings e where e.ctid = any (array(
      select old.ctid from public.embeddings old
      join mindloom.embedding_models m on m.model = old.model and m.state = 'retired'
      where not exists (select from mindloom.embedding_models a
        where a.state = 'active' and a.activated_at > now() - interval '1 minute')
      limit p_count))
    returning 1
  )
  select count(*) from gone;
end;

-- How far a model has come: texts that it has no vector of, and their characters; texts that it refused; all texts.
create function private.embedding_progress(p_model text)
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

-- As m0114 tells a hash that is named from one that is not: this trigger fires only where a statement names the model,
-- and before the next. Its mark is no answer to whether the vector is stale.
create function private.mark_named_embedding_model() returns trigger
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
create trigger set_note_embedding_model before update of embedding_model on public.notes
  for each row execute function private.mark_named_embedding_model();
drop trigger set_note_embedding_on_update on public.notes;
create trigger set_note_embedding_on_update before update of embedding, embedding_hash on public.notes
  for each row execute function private.set_note_embedding();
drop trigger set_note_embedding_staleness on public.notes;
create trigger set_note_embedding_staleness
  before insert or update of content, embedding, embedding_hash, embedding_model, embedding_is_stale on public.notes
  for each row execute function private.set_note_embedding_staleness();

-- A note is not changed by what the server makes of its text.
drop trigger set_updated_at on public.notes;
create trigger set_updated_at before update on public.notes
  for each row when (current_setting('mindloom.embedding', true) is distinct from 'on')
  execute function private.set_updated_at();

-- Vectors of different models are at random distances: a search is within one.
drop function public.similar_notes(uuid, integer);
drop function public.match_notes(vector, double precision, integer);
create function public.match_notes(
  query_embedding vector(1536), match_threshold double precision default 0, match_count integer default 10,
  query_model text default null
)
returns table (id uuid, content text, similarity double precision)
language sql stable security invoker set search_path = ''
begin atomic
  with owned as materialized (
    select n.id, n.embedding <=> query_embedding as distance
    from public.notes n
    where n.user_id = (select auth.uid()) and n.embedding is not null and not n.embedding_is_stale
      and n.embedding_model is not distinct from query_model and n.deleted_at is null
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
comment on function public.match_notes(vector, double precision, integer, text) is
  'The caller''s notes most similar to an embedding, by cosine similarity (1 is the same direction), best first, at most 200: those whose embedding is of that model, or of none that is named. Notes whose embedding is of an older text are left out.';

create function public.search_by_meaning(
  query_embedding vector, query_model text, kinds public.search_entity_type[] default null,
  max_results integer default 20
)
returns table (
  entity_type public.search_entity_type, entity_id uuid, title text, similarity double precision
)
language sql stable security invoker set search_path = ''
begin atomic
  with owned as materialized (
    select e.entity_type, e.entity_id, e.embedding <=> query_embedding as distance
    from public.embeddings e
    where e.user_id = (select auth.uid()) and e.model = query_model and not e.is_stale
      and (kinds is null or e.entity_type = any (kinds))
  ), nearest as (
    select owned.entity_type, owned.entity_id, owned.distance from owned
    order by owned.distance, owned.entity_id
    limit least(greatest(max_results, 0), 200)
  )
  -- Looked up one by one: the planner does not know how few they are.
  select nearest.entity_type, nearest.entity_id, (
      select s.title from public.search_index s
      where s.entity_id = nearest.entity_id and s.entity_type = nearest.entity_type
    ), 1 - nearest.distance
  from nearest
  order by nearest.distance, nearest.entity_id;
end;
comment on function public.search_by_meaning(vector, text, public.search_entity_type[], integer) is
  'What of the caller''s own means most nearly what an embedding of that model does, best first, at most 200.';

-- A note with a vector of its owner's is compared with those of the same model, any other by the server's.
create function public.similar_notes(note_id uuid, match_count integer default 10)
returns table (id uuid, content text, similarity double precision)
language sql stable security invoker set search_path = ''
begin atomic
  select n.id, n.content, found.similarity
  from (
    select matched.id, matched.similarity
    from public.notes origin
    cross join lateral public.match_notes(
      origin.embedding, -1, least(match_count, 199) + 1, origin.embedding_model) matched
    where origin.id = note_id and origin.user_id = (select auth.uid()) and not origin.embedding_is_stale
      and not exists (select from public.embeddings e
        where e.entity_id = origin.id and e.entity_type = 'note' and e.model = origin.embedding_model)
    union all
    select matched.entity_id, matched.similarity
    from public.embeddings own
    join public.notes origin on origin.id = own.entity_id
    cross join lateral public.search_by_meaning(
      own.embedding, own.model, array['note']::public.search_entity_type[], least(match_count, 199) + 1) matched
    where own.entity_id = note_id and own.entity_type = 'note' and own.user_id = (select auth.uid())
      and not own.is_stale and own.model = private.active_embedding_model()
      and (origin.embedding is null or origin.embedding_is_stale or exists (select from public.embeddings e
        where e.entity_id = origin.id and e.entity_type = 'note' and e.model = origin.embedding_model))
  ) found
  join public.notes n on n.id = found.id
  where found.id <> note_id
  order by found.similarity desc, found.id
  limit least(greatest(match_count, 0), 199);
end;
comment on function public.similar_notes(uuid, integer) is
  'The caller''s notes most similar to one of them, best first; nothing if it has no embedding, or one of an older text.';

revoke execute on function
  public.match_notes(vector, double precision, integer, text), public.similar_notes(uuid, integer),
  public.search_by_meaning(vector, text, public.search_entity_type[], integer)
  from public, anon, authenticated, service_role;
grant execute on function
  public.match_notes(vector, double precision, integer, text), public.similar_notes(uuid, integer),
  public.search_by_meaning(vector, text, public.search_entity_type[], integer)
  to authenticated;
revoke execute on function
  private.embedding_text(text, text), private.text_hash(text), private.embedding_key(text, text),
  private.padded(vector), private.active_embedding_model(), private.call_for_embeddings(),
  private.use_embedding_model(text), private.list_texts_to_embed(text, uuid, integer),
  private.doubt_embeddings(text), private.texts_to_embed(text, uuid, integer),
  private.store_embeddings(text, public.search_entity_type[], uuid[], text[], vector[], boolean),
  private.refuse_embedding(text, public.search_entity_type, uuid, text),
  private.activate_embedding_model(text), private.copy_embeddings_to_notes(uuid, integer),
  private.remove_retired_embeddings(integer), private.embedding_progress(text),
  private.mark_named_embedding_model()
  from public;
grant execute on function private.active_embedding_model() to authenticated;

select realtime.publish('public.notes');
-- Publishing a table again takes a number; the next new table gets the one that would have come.
select setval(pg_get_serial_sequence('realtime.published_tables', 'id'), max(id)) from realtime.published_tables;
