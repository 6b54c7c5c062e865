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
      select id from old_rows except select id from new_rows);
    insert into public.search_index (entity_id, entity_type, user_id, title, content, tags)
    select changed.id, 'document', changed.user_id, changed.title, changed.content, changed.tags from (
      select id, user_id, title, content, tags from new_rows
      except
      select id, user_id, title, content, tags from old_rows) changed
    on conflict (entity_id, entity_type) do update
      set user_id = excluded.user_id, title = excluded.title, content = excluded.content, tags = excluded.tags;
  end if;
  return null;
end $$;
