-- A vector that comes alone and without its hash is of a text that nobody knows: it waits to be made anew.
--
--   a vector with a hash               the hash is stored as given
--   without one, in one statement with the text
--                                      the vector is of that text
--   without one, on its own            nobody knows of which text: it is stale
--
-- Before, such a vector was taken to be of the text that its predecessor was made from. Whoever asked a model about a
-- text of yesterday and was slow would have it counted as one of today's.

-- Whether a statement names the hash is seen by which triggers fire: this one only then, and before the next. Its mark is
-- a time at which no vector was made.
create function private.mark_named_embedding_hash() returns trigger
language plpgsql set search_path = '' as $$
begin
  new.embedding_updated_at := '-infinity';
  return new;
end $$;
revoke execute on function private.mark_named_embedding_hash() from public;

create trigger set_note_embedding_hash before update of embedding_hash on public.notes
  for each row execute function private.mark_named_embedding_hash();

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
