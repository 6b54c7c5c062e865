drop trigger set_note_embedding_on_update on public.notes;
create trigger set_note_embedding_on_update before update of embedding on public.notes
  for each row when (old.embedding is distinct from new.embedding)
  execute function private.set_note_embedding();
