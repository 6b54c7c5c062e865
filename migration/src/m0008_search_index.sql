-- One full-text index over notes, documents and, from their own migration on, artifacts. Triggers
-- keep it; nobody writes it otherwise.

create type public.search_entity_type as enum ('note', 'document', 'artifact');

-- A tsvector ends at 1 MB: of a longer text the first 200,000 characters are searchable.
create function private.to_search_vector(title text, tags text[], content text) returns tsvector
language sql immutable parallel safe set search_path = ''
return
  setweight(to_tsvector('pg_catalog.english', coalesce(title, '')), 'A')
  || setweight(to_tsvector('pg_catalog.english', array_to_string(tags, ' ')), 'B')
  || setweight(to_tsvector('pg_catalog.english', left(content, 200000)), 'C');
revoke execute on function private.to_search_vector(text, text[], text) from public;
grant execute on function private.to_search_vector(text, text[], text) to service_role;

create table public.search_index (
  id uuid primary key default uuidv7(),
  entity_id uuid not null,
  entity_type public.search_entity_type not null,
  user_id uuid not null references auth.users (id) on delete cascade,
  title text,
  content text not null,
  tags text[] not null default '{}',
  search_vector tsvector not null generated always as (private.to_search_vector(title, tags, content)) stored,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (entity_id, entity_type)
);
create index idx_search_index_user on public.search_index (user_id, entity_type);
create index idx_search_vector on public.search_index using gin (search_vector);

alter table public.search_index enable row level security;
create policy "Users can view own search index" on public.search_index
  for select to authenticated using (user_id = (select auth.uid()));

revoke all on public.search_index from public, anon, authenticated, service_role;
grant select on public.search_index to authenticated, service_role;
grant
  insert (id, entity_id, entity_type, user_id, title, content, tags, created_at, updated_at),
  update (id, entity_id, entity_type, user_id, title, content, tags, created_at, updated_at)
  on public.search_index to service_role;
grant delete on public.search_index to service_role;

create trigger set_updated_at before update on public.search_index
  for each row execute function private.set_updated_at();

-- The rows of a statement are indexed together, as its transition tables give them. Deleted notes
-- are not found. A row is left alone when nothing changed that is searched.
create function private.index_notes() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if tg_op = 'INSERT' then
    insert into public.search_index (entity_id, entity_type, user_id, content, tags)
    select id, 'note', user_id, content, tags from new_rows where deleted_at is null;
  elsif tg_op = 'DELETE' then
    delete from public.search_index
    where entity_type = 'note' and entity_id in (select id from old_rows);
  else
    delete from public.search_index
    where entity_type = 'note' and entity_id in (
      select old_rows.id from old_rows left join new_rows on new_rows.id = old_rows.id
      where (old_rows.deleted_at is null and new_rows.deleted_at is not null) or new_rows.id is null
    );
    insert into public.search_index (entity_id, entity_type, user_id, content, tags)
    select new_rows.id, 'note', new_rows.user_id, new_rows.content, new_rows.tags
    from new_rows left join old_rows on old_rows.id = new_rows.id
    where new_rows.deleted_at is null and (
      old_rows.id is null or old_rows.deleted_at is not null
      or (old_rows.user_id, old_rows.content, old_rows.tags)
        is distinct from (new_rows.user_id, new_rows.content, new_rows.tags)
    )
    on conflict (entity_id, entity_type) do update
      set user_id = excluded.user_id, content = excluded.content, tags = excluded.tags;
  end if;
  return null;
end $$;

create function private.index_documents() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if tg_op = 'INSERT' then
    insert into public.search_index (entity_id, entity_type, user_id, title, content, tags)
    select id, 'document', user_id, title, content, tags from new_rows;
  elsif tg_op = 'DELETE' then
    delete from public.search_index
    where entity_type = 'document' and entity_id in (select id from old_rows);
  else
    delete from public.search_index
    where entity_type = 'document' and entity_id in (
      select old_rows.id from old_rows left join new_rows on new_rows.id = old_rows.id where new_rows.id is null
    );
    insert into public.search_index (entity_id, entity_type, user_id, title, content, tags)
    select new_rows.id, 'document', new_rows.user_id, new_rows.title, new_rows.content, new_rows.tags
    from new_rows left join old_rows on old_rows.id = new_rows.id
    where old_rows.id is null or (old_rows.user_id, old_rows.title, old_rows.content, old_rows.tags)
      is distinct from (new_rows.user_id, new_rows.title, new_rows.content, new_rows.tags)
    on conflict (entity_id, entity_type) do update
      set user_id = excluded.user_id, title = excluded.title, content = excluded.content, tags = excluded.tags;
  end if;
  return null;
end $$;

revoke execute on function private.index_notes(), private.index_documents() from public;

create trigger index_inserted_notes after insert on public.notes
  referencing new table as new_rows
  for each statement execute function private.index_notes();
create trigger index_updated_notes after update on public.notes
  referencing old table as old_rows new table as new_rows
  for each statement execute function private.index_notes();
create trigger index_deleted_notes after delete on public.notes
  referencing old table as old_rows
  for each statement execute function private.index_notes();
create trigger index_inserted_documents after insert on public.documents
  referencing new table as new_rows
  for each statement execute function private.index_documents();
create trigger index_updated_documents after update on public.documents
  referencing old table as old_rows new table as new_rows
  for each statement execute function private.index_documents();
create trigger index_deleted_documents after delete on public.documents
  referencing old table as old_rows
  for each statement execute function private.index_documents();

-- What was written before there was an index.
insert into public.search_index (entity_id, entity_type, user_id, content, tags)
select id, 'note', user_id, content, tags from public.notes where deleted_at is null;
insert into public.search_index (entity_id, entity_type, user_id, title, content, tags)
select id, 'document', user_id, title, content, tags from public.documents;

create function public.search_content(
  query text, kinds public.search_entity_type[] default null, max_results integer default 20
)
returns table (
  entity_type public.search_entity_type, entity_id uuid, title text, snippet text, rank real
)
language sql stable security invoker set search_path = ''
begin atomic
  select found.entity_type, found.entity_id, found.title,
    ts_headline('pg_catalog.english', left(found.content, 20000), found.wanted, 'MaxFragments=2, MaxWords=30, MinWords=10'),
    found.rank
  from (
    select si.entity_type, si.entity_id, si.title, si.content, wanted, ts_rank(si.search_vector, wanted) as rank
    from public.search_index si, websearch_to_tsquery('pg_catalog.english', query) wanted
    where si.user_id = (select auth.uid())
      and si.search_vector @@ wanted
      and (kinds is null or si.entity_type = any (kinds))
    order by rank desc, si.entity_id
    limit least(greatest(max_results, 0), 200)
  ) found
  order by found.rank desc, found.entity_id;
end;
comment on function public.search_content(text, public.search_entity_type[], integer) is
  'What of the caller''s own matches a query as typed into a search box, best first, at most 200, with the matching words in context.';
revoke execute on function public.search_content(text, public.search_entity_type[], integer)
  from public, anon, authenticated, service_role;
grant execute on function public.search_content(text, public.search_entity_type[], integer) to authenticated;
