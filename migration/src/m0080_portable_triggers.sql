-- A dump is restored with an empty search_path, in which a condition on vectors finds no operator: their
-- type's lie in the extension's schema. PostgreSQL writes IS DISTINCT FROM without a schema, so no spelling
-- of it survives. record_image_ne compares what is stored, whatever the type, and is found on every path.
--
-- "If exists", because a database that was restored before lacks the trigger.
drop trigger if exists set_note_embedding_on_update on public.notes;
create trigger set_note_embedding_on_update before update of embedding on public.notes
  for each row when (record_image_ne(row(old.embedding), row(new.embedding)))
  execute function private.set_note_embedding();
