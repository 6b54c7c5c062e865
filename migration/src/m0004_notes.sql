-- Clusters and the notes in them: what a person writes, and what they or an AI group it by.

create type public.cluster_status as enum ('suggested', 'accepted', 'dismissed');

-- For check constraints, which may not hold a subquery themselves.
create function private.has_lengths(texts text[], shortest integer, longest integer) returns boolean
language sql immutable parallel safe set search_path = ''
return coalesce(
  (select bool_and(t is not null and char_length(t) between shortest and longest) from unnest(texts) t),
  true
);
comment on function private.has_lengths(text[], integer, integer) is
  'Whether every text has a length in characters within the limits. True of none.';

-- The metadata that the note editor writes: every key is optional, unknown ones go below `custom`.
create function private.is_note_metadata(metadata jsonb) returns boolean
language plpgsql immutable parallel safe set search_path = '' as $$
declare
  uuid_format constant text := '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$';
  entry jsonb;
begin
  if metadata = '{}' then
    return true;
  end if;
  if jsonb_typeof(metadata) <> 'object' then
    return false;
  end if;
  if metadata ? 'source' and (
    jsonb_typeof(metadata -> 'source') <> 'string'
    or char_length(metadata ->> 'source') not between 1 and 100
  ) then
    return false;
  end if;
  if metadata ? 'importance' and metadata -> 'importance' not in ('"low"', '"medium"', '"high"') then
    return false;
  end if;
  if metadata ? 'sentiment' and metadata -> 'sentiment' not in ('"positive"', '"neutral"', '"negative"') then
    return false;
  end if;
  if metadata ? 'custom' and jsonb_typeof(metadata -> 'custom') <> 'object' then
    return false;
  end if;
  if metadata ? 'categories' then
    if jsonb_typeof(metadata -> 'categories') <> 'array' or jsonb_array_length(metadata -> 'categories') > 10 then
      return false;
    end if;
    for entry in select jsonb_array_elements(metadata -> 'categories') loop
      if jsonb_typeof(entry) <> 'string' or char_length(entry #>> '{}') not between 1 and 50 then
        return false;
      end if;
    end loop;
  end if;
  if metadata ? 'linkedNoteIds' then
    if jsonb_typeof(metadata -> 'linkedNoteIds') <> 'array' or jsonb_array_length(metadata -> 'linkedNoteIds') > 50 then
      return false;
    end if;
    for entry in select jsonb_array_elements(metadata -> 'linkedNoteIds') loop
      if jsonb_typeof(entry) <> 'string' or entry #>> '{}' !~ uuid_format then
        return false;
      end if;
    end loop;
  end if;
  return true;
end $$;

-- Check constraints run as the role that writes.
revoke execute on function
  private.has_lengths(text[], integer, integer), private.is_note_metadata(jsonb) from public;
grant execute on function
  private.has_lengths(text[], integer, integer), private.is_note_metadata(jsonb)
  to authenticated, service_role;

create table public.clusters (
  id uuid primary key default uuidv7(),
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  title text not null,
  description text,
  status public.cluster_status not null default 'suggested',
  confidence_score numeric(3, 2) not null default 0,
  theme_keywords text[] not null default '{}',
  suggested_tags text[] not null default '{}',
  themes jsonb not null default '[]',
  note_count integer not null default 0,
  active_note_count integer not null default 0,
  total_words bigint not null default 0,
  suggested_at timestamptz,
  accepted_at timestamptz,
  dismissed_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  -- What notes and documents refer to, so that none can be put into another person's cluster.
  constraint clusters_id_user_id_key unique (id, user_id),
  constraint clusters_title_length check (char_length(title) between 1 and 200),
  constraint clusters_description_length check (char_length(description) <= 5000),
  constraint clusters_confidence_score_range check (confidence_score between 0 and 1),
  constraint clusters_theme_keywords_count check (cardinality(theme_keywords) <= 50),
  constraint clusters_theme_keywords_length check (private.has_lengths(theme_keywords, 1, 100)),
  constraint clusters_suggested_tags_count check (cardinality(suggested_tags) <= 20),
  constraint clusters_suggested_tags_length check (private.has_lengths(suggested_tags, 1, 50)),
  constraint clusters_themes_array check (jsonb_typeof(themes) = 'array'),
  constraint clusters_counts_not_negative
    check (note_count >= 0 and active_note_count >= 0 and total_words >= 0)
);
create index idx_clusters_user_created on public.clusters (user_id, created_at desc, id);
create index idx_clusters_user_status on public.clusters (user_id, status);
create index idx_clusters_user_name on public.clusters (user_id, title);
create index idx_clusters_name_fts on public.clusters using gin (to_tsvector('english', title));

create table public.notes (
  id uuid primary key default uuidv7(),
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  cluster_id uuid,
  content text not null,
  tags text[] not null default '{}',
  metadata jsonb not null default '{}',
  word_count integer not null default 0,
  character_count integer not null default 0,
  embedding vector(1536),
  embedding_hash text,
  embedding_updated_at timestamptz,
  deleted_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint notes_id_user_id_key unique (id, user_id),
  constraint notes_cluster_id_user_id_fkey foreign key (cluster_id, user_id)
    references public.clusters (id, user_id) on delete set null (cluster_id),
  constraint notes_content_length check (char_length(content) between 1 and 50000),
  constraint notes_tags_count check (cardinality(tags) <= 20),
  constraint notes_tags_length check (private.has_lengths(tags, 1, 50)),
  constraint notes_metadata_format check (private.is_note_metadata(metadata)),
  constraint notes_metadata_size check (pg_column_size(metadata) <= 65536)
);
create index idx_notes_user_created on public.notes (user_id, created_at desc, id);
create index idx_notes_user_updated on public.notes (user_id, updated_at desc);
-- The relation's key and the usual order in one: without user_id for a reader whose rows need no
-- owner filter, with it for one under row level security, where the planner multiplies the two.
create index idx_notes_cluster on public.notes (cluster_id, created_at desc);
create index idx_notes_user_cluster on public.notes (user_id, cluster_id, created_at desc);
create index idx_notes_with_embeddings on public.notes (user_id, created_at desc) where embedding is not null;
create index idx_notes_deleted on public.notes (deleted_at) where deleted_at is not null;
-- HNSW, where the seeds say ivfflat: ivfflat finds its lists by clustering the rows that are there
-- when it is built, so on the empty table that a migration sees it would choose them from nothing
-- and lose recall for good. HNSW grows with the rows.
create index idx_notes_embedding on public.notes using hnsw (embedding vector_cosine_ops);

alter table public.clusters enable row level security;
create policy "Users can view own clusters" on public.clusters
  for select to authenticated using (user_id = (select auth.uid()));
create policy "Users can insert own clusters" on public.clusters
  for insert to authenticated with check (user_id = (select auth.uid()));
create policy "Users can update own clusters" on public.clusters
  for update to authenticated using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
create policy "Users can delete own clusters" on public.clusters
  for delete to authenticated using (user_id = (select auth.uid()));

alter table public.notes enable row level security;
create policy "Users can view own notes" on public.notes
  for select to authenticated using (user_id = (select auth.uid()));
create policy "Users can insert own notes" on public.notes
  for insert to authenticated with check (user_id = (select auth.uid()));
create policy "Users can update own notes" on public.notes
  for update to authenticated using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
create policy "Users can delete own notes" on public.notes
  for delete to authenticated using (user_id = (select auth.uid()));

-- Counters, life cycle times, and what is known of an embedding belong to triggers; deleted_at to
-- soft_delete_note and restore_note.
revoke all on public.clusters, public.notes from public, anon, authenticated, service_role;
grant select, delete on public.clusters, public.notes to authenticated;
grant
  insert (id, user_id, title, description, status, confidence_score, theme_keywords, suggested_tags, themes),
  update (title, description, status, confidence_score, theme_keywords, suggested_tags, themes)
  on public.clusters to authenticated;
grant
  insert (id, user_id, cluster_id, content, tags, metadata, embedding),
  update (cluster_id, content, tags, metadata, embedding)
  on public.notes to authenticated;
grant select, insert, update, delete on public.clusters, public.notes to service_role;

-- The times of a cluster's life cycle follow its status.
create function private.set_cluster_times() returns trigger
language plpgsql set search_path = '' as $$
begin
  if tg_op = 'UPDATE' and new.status = old.status then
    return new;
  end if;
  case new.status
    when 'suggested' then
      new.suggested_at := coalesce(new.suggested_at, now());
      new.accepted_at := null;
      new.dismissed_at := null;
    when 'accepted' then
      new.accepted_at := coalesce(new.accepted_at, now());
      new.dismissed_at := null;
    when 'dismissed' then
      new.dismissed_at := coalesce(new.dismissed_at, now());
      new.accepted_at := null;
  end case;
  return new;
end $$;

create trigger set_cluster_times before insert or update of status on public.clusters
  for each row execute function private.set_cluster_times();
create trigger set_updated_at before update on public.clusters
  for each row execute function private.set_updated_at();

-- Counts words and characters, and mirrors them and the tags in the metadata, where the editor
-- looks for them. Tags written only in the metadata are taken from there.
create function private.set_note_counts() returns trigger
language plpgsql set search_path = '' as $$
declare
  written jsonb := new.metadata -> 'tags';
begin
  if jsonb_typeof(new.metadata) <> 'object' then
    return new; -- notes_metadata_format refuses it and says why.
  end if;
  if jsonb_typeof(written) = 'array' and (case tg_op
    when 'INSERT' then new.tags = '{}'
    else new.tags = old.tags and written is distinct from old.metadata -> 'tags'
  end) then
    new.tags := array(select jsonb_array_elements_text(written));
  end if;
  if tg_op = 'INSERT' or new.content is distinct from old.content then
    new.word_count := regexp_count(new.content, '\S+');
    new.character_count := char_length(new.content);
  else
    new.word_count := old.word_count;
    new.character_count := old.character_count;
  end if;
  new.metadata := new.metadata || jsonb_build_object(
    'wordCount', new.word_count, 'characterCount', new.character_count, 'tags', to_jsonb(new.tags)
  );
  return new;
end $$;

-- The hash is of the content that the embedding was made from: where it differs from the content's,
-- the embedding is out of date.
create function private.set_note_embedding() returns trigger
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

create trigger set_note_counts before insert or update of content, tags, metadata, word_count, character_count
  on public.notes for each row execute function private.set_note_counts();
-- Two triggers, because only an update has an old embedding to compare with.
create trigger set_note_embedding_on_insert before insert on public.notes
  for each row execute function private.set_note_embedding();
create trigger set_note_embedding_on_update before update of embedding on public.notes
  for each row when (old.embedding is distinct from new.embedding)
  execute function private.set_note_embedding();
create trigger set_updated_at before update on public.notes
  for each row execute function private.set_updated_at();

-- Cluster counters, once per statement: a bulk load pays for the clusters it touches, not per note.
-- Clusters are locked in the order of their ids, so that two loads cannot wait for one another.
create function private.count_inserted_notes() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  with change as (
    select
      cluster_id,
      count(*) as notes,
      count(*) filter (where deleted_at is null) as active_notes,
      coalesce(sum(word_count) filter (where deleted_at is null), 0) as words
    from new_rows where cluster_id is not null group by cluster_id
  ), locked as (
    select c.id from public.clusters c join change on change.cluster_id = c.id
    order by c.id for no key update of c
  )
  update public.clusters c
  set
    note_count = c.note_count + change.notes,
    active_note_count = c.active_note_count + change.active_notes,
    total_words = c.total_words + change.words
  from change join locked on locked.id = change.cluster_id
  where c.id = change.cluster_id;
  return null;
end $$;

create function private.count_deleted_notes() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  with change as (
    select
      cluster_id,
      count(*) as notes,
      count(*) filter (where deleted_at is null) as active_notes,
      coalesce(sum(word_count) filter (where deleted_at is null), 0) as words
    from old_rows where cluster_id is not null group by cluster_id
  ), locked as (
    select c.id from public.clusters c join change on change.cluster_id = c.id
    order by c.id for no key update of c
  )
  update public.clusters c
  set
    note_count = c.note_count - change.notes,
    active_note_count = c.active_note_count - change.active_notes,
    total_words = c.total_words - change.words
  from change join locked on locked.id = change.cluster_id
  where c.id = change.cluster_id;
  return null;
end $$;

create function private.count_updated_notes() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  with change as (
    select
      cluster_id,
      sum(sign) as notes,
      coalesce(sum(sign) filter (where deleted_at is null), 0) as active_notes,
      coalesce(sum(sign * word_count) filter (where deleted_at is null), 0) as words
    from (
      select cluster_id, deleted_at, word_count, 1 as sign from new_rows
      union all
      select cluster_id, deleted_at, word_count, -1 from old_rows
    ) both_sides
    where cluster_id is not null
    group by cluster_id
    having sum(sign) <> 0
      or coalesce(sum(sign) filter (where deleted_at is null), 0) <> 0
      or coalesce(sum(sign * word_count) filter (where deleted_at is null), 0) <> 0
  ), locked as (
    select c.id from public.clusters c join change on change.cluster_id = c.id
    order by c.id for no key update of c
  )
  update public.clusters c
  set
    note_count = c.note_count + change.notes,
    active_note_count = c.active_note_count + change.active_notes,
    total_words = c.total_words + change.words
  from change join locked on locked.id = change.cluster_id
  where c.id = change.cluster_id;
  return null;
end $$;

create trigger count_inserted_notes after insert on public.notes
  referencing new table as new_rows
  for each statement execute function private.count_inserted_notes();
create trigger count_updated_notes after update on public.notes
  referencing old table as old_rows new table as new_rows
  for each statement execute function private.count_updated_notes();
create trigger count_deleted_notes after delete on public.notes
  referencing old table as old_rows
  for each statement execute function private.count_deleted_notes();

revoke execute on function
  private.set_cluster_times(), private.set_note_counts(), private.set_note_embedding(),
  private.count_inserted_notes(), private.count_updated_notes(), private.count_deleted_notes()
  from public;

-- A soft-deleted note stays for 30 days, in which its owner may have it back.
create function public.soft_delete_note(note_id uuid) returns setof public.notes
language plpgsql volatile security definer set search_path = '' rows 1 as $$
begin
  return query
    update public.notes set deleted_at = now()
    where id = note_id and user_id = (select auth.uid()) and deleted_at is null
    returning *;
end $$;
comment on function public.soft_delete_note(uuid) is
  'Marks the caller''s note as deleted and returns it; nothing if there is no such note, or it is deleted already.';

create function public.restore_note(note_id uuid) returns setof public.notes
language plpgsql volatile security definer set search_path = '' rows 1 as $$
declare
  deleted timestamptz;
begin
  select deleted_at into deleted from public.notes
  where id = note_id and user_id = (select auth.uid()) and deleted_at is not null
  for update;
  if not found then
    return;
  end if;
  if deleted <= now() - interval '30 days' then
    raise exception 'the note was deleted more than 30 days ago'
      using errcode = 'check_violation', constraint = 'notes_recovery_period';
  end if;
  return query update public.notes set deleted_at = null where id = note_id returning *;
end $$;
comment on function public.restore_note(uuid) is
  'Undoes soft_delete_note within 30 days and returns the note; nothing if the caller has no such deleted note.';

-- The caller's clusters with the notes in each counted now, newest first.
create function public.list_clusters(max_results integer default 50, skip integer default 0)
returns table (
  id uuid, title text, description text, status public.cluster_status, confidence_score numeric,
  created_at timestamptz, updated_at timestamptz, note_count bigint
)
language sql stable security invoker set search_path = ''
begin atomic
  select
    c.id, c.title, c.description, c.status, c.confidence_score, c.created_at, c.updated_at,
    (select count(*) from public.notes n where n.cluster_id = c.id and n.deleted_at is null)
  from public.clusters c
  where c.user_id = (select auth.uid())
  order by c.created_at desc, c.id
  limit least(greatest(max_results, 0), 1000) offset greatest(skip, 0);
end;
comment on function public.list_clusters(integer, integer) is
  'The caller''s clusters, newest first, each with the number of its notes that are not deleted.';

-- Exact: the caller's notes are read through the owner's index and each distance is computed. A
-- scan of the HNSW index would visit everybody's notes and stop before finding enough of one person's.
create function public.match_notes(
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

create function public.similar_notes(note_id uuid, match_count integer default 10)
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

revoke execute on function
  public.soft_delete_note(uuid), public.restore_note(uuid), public.list_clusters(integer, integer),
  public.match_notes(vector, double precision, integer), public.similar_notes(uuid, integer)
  from public, anon, service_role;
grant execute on function
  public.soft_delete_note(uuid), public.restore_note(uuid), public.list_clusters(integer, integer),
  public.match_notes(vector, double precision, integer), public.similar_notes(uuid, integer)
  to authenticated;
