create or replace function private.index_notes() returns trigger
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

create or replace function private.index_documents() returns trigger
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
