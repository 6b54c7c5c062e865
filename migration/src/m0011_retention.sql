-- What is not kept for ever. Each function deletes what is past its time and returns how many rows
-- that were. The server calls them daily; the service role may as well.

create function public.purge_deleted_notes() returns bigint
language plpgsql security definer set search_path = '' as $$
declare
  deleted bigint;
begin
  delete from public.notes where deleted_at <= now() - interval '30 days';
  get diagnostics deleted = row_count;
  return deleted;
end $$;
comment on function public.purge_deleted_notes() is
  'Removes notes that were deleted more than 30 days ago; returns how many.';

create function public.purge_old_insights() returns bigint
language plpgsql security definer set search_path = '' as $$
declare
  deleted bigint;
begin
  delete from public.insights where created_at < now() - interval '1 year';
  get diagnostics deleted = row_count;
  return deleted;
end $$;
comment on function public.purge_old_insights() is
  'Removes insights made more than a year ago; returns how many.';

-- A cluster that its owner accepted is theirs to delete, and one made today may still be filled.
create function public.purge_orphaned_clusters() returns bigint
language plpgsql security definer set search_path = '' as $$
declare
  deleted bigint;
begin
  delete from public.clusters c
  where c.status <> 'accepted'
    and c.updated_at < now() - interval '30 days'
    and not exists (select from public.notes n where n.cluster_id = c.id)
    and not exists (select from public.documents d where d.cluster_id = c.id);
  get diagnostics deleted = row_count;
  return deleted;
end $$;
comment on function public.purge_orphaned_clusters() is
  'Removes suggested and dismissed clusters that nothing belongs to and nobody touched for 30 days; returns how many.';

create function public.purge_expired_tokens() returns bigint
language plpgsql security definer set search_path = '' as $$
declare
  deleted bigint;
  total bigint := 0;
begin
  delete from public.rate_limits where reset_time < now();
  get diagnostics deleted = row_count;
  total := total + deleted;
  delete from public.embedding_cache where expires_at < now();
  get diagnostics deleted = row_count;
  total := total + deleted;
  -- Where another service signs people in, sessions and tokens are its own.
  if exists (select from mindloom.created_objects where kind = 'topic' and name = 'auth') then
    delete from auth.verification_tokens where expires < now();
    get diagnostics deleted = row_count;
    total := total + deleted;
    delete from auth.refresh_tokens where expires_at < now();
    get diagnostics deleted = row_count;
    total := total + deleted;
    delete from auth.sessions where expires < now();
    get diagnostics deleted = row_count;
    total := total + deleted;
  end if;
  return total;
end $$;
comment on function public.purge_expired_tokens() is
  'Removes verification and refresh tokens, sessions, rate limit windows and cached embeddings that have expired; returns how many.';

revoke execute on function
  public.purge_deleted_notes(), public.purge_old_insights(), public.purge_orphaned_clusters(),
  public.purge_expired_tokens()
  from public, anon, authenticated, service_role;
grant execute on function
  public.purge_deleted_notes(), public.purge_old_insights(), public.purge_orphaned_clusters(),
  public.purge_expired_tokens()
  to service_role;
