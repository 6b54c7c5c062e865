-- What a person writes into a document that the server is writing would be gone with its next words: it is refused until
-- the document is whole (ML002: CONFLICT). All else about it may change meanwhile, and it may be deleted. Where the job has
-- ended without saying so in the document, nobody writes it any more.
create function private.refuse_edit_of_unfinished_document() returns trigger
  language plpgsql security definer set search_path = '' as $$
begin
  if exists (
    select from public.job_queue j where j.id = old.generation_job_id and j.status in ('pending', 'processing')) then
    raise exception 'The document is being written: edit it once it is whole, or stop the writing with cancelJob first'
      using errcode = 'ML002', schema = 'public', table = 'documents', column = 'content';
  end if;
  return new;
end $$;
revoke execute on function private.refuse_edit_of_unfinished_document() from public, anon, authenticated, service_role;

-- The job itself writes as the owner of the tables.
create trigger refuse_edit_of_unfinished_document before update of content, generation_metadata on public.documents
  for each row when (old.generation_state in ('waiting', 'writing') and current_user in ('authenticated', 'service_role')
    and (new.content, new.generation_metadata) is distinct from (old.content, old.generation_metadata))
  execute function private.refuse_edit_of_unfinished_document();
