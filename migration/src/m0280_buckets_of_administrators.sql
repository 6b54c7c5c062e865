-- Administrators make buckets, change, empty and delete them, with their own tokens, and it is audited. Whose files they
-- may read stays with the policies, but for this: who makes a bucket public publishes its files, whosever they are. On a
-- database of Supabase files are Supabase's.

do $$
begin
  if not exists (select from mindloom.created_objects where kind = 'topic' and name = 'storage') then
    return;
  end if;
  create policy "Admins can insert buckets" on storage.buckets
    for insert to authenticated with check ((select public.is_current_user_admin()));
  create policy "Admins can update buckets" on storage.buckets
    for update to authenticated
    using ((select public.is_current_user_admin())) with check ((select public.is_current_user_admin()));
  create policy "Admins can delete buckets" on storage.buckets
    for delete to authenticated using ((select public.is_current_user_admin()));
  grant insert (id, name, public, file_size_limit, allowed_mime_types),
    update (name, public, file_size_limit, allowed_mime_types), delete on storage.buckets to authenticated;
  create trigger audit_admin_write after insert or update or delete on storage.buckets
    for each row execute function private.audit_admin_write();
end $$;

-- Whoever empties a bucket sees nothing of what was in it.
create function public.empty_bucket(p_bucket text) returns bigint
language plpgsql security definer set search_path = '' as $$
declare
  removed bigint;
begin
  perform private.require_admin();
  if not exists (select from mindloom.created_objects where kind = 'topic' and name = 'storage') then
    raise exception 'The files of this database are Supabase''s: ask its own storage service';
  end if;
  -- No policy is asked here: what MINDLOOM_AAL2_TABLES demands of these tables is demanded all the same.
  if current_setting('role') in ('anon', 'authenticated') and auth.jwt() ->> 'aal' is distinct from 'aal2' and exists (
    select from pg_catalog.pg_policy p
    where p.polname = 'A second factor is required'
      and p.polrelid in ('storage.objects'::regclass, 'storage.buckets'::regclass))
  then
    raise exception 'Show your second factor first: verifyTotp, verifyWebauthn or useRecoveryCode'
      using errcode = 'insufficient_privilege';
  end if;
  if not exists (select from storage.buckets b where b.id = p_bucket) then
    raise exception 'There is no bucket "%"', p_bucket;
  end if;
  delete from storage.objects o where o.bucket_id = p_bucket;
  get diagnostics removed = row_count;
  if current_setting('role') in ('anon', 'authenticated', 'service_role') then
    perform private.record_audit('empty', 'buckets', p_bucket, jsonb_build_object('files', removed)
      || case when current_setting('role') = 'service_role' then '{"by": "service_role"}'::jsonb else '{}'::jsonb end);
  end if;
  return removed;
end $$;
comment on function public.empty_bucket(text) is
  'Removes all files of a bucket, whosever they are; returns how many. For administrators and the server.';
revoke execute on function public.empty_bucket(text) from public, anon;
grant execute on function public.empty_bucket(text) to authenticated, service_role;
