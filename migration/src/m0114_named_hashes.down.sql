drop trigger set_note_embedding_hash on public.notes;
drop function private.mark_named_embedding_hash();

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
