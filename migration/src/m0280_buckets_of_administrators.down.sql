drop function public.empty_bucket(text);

do $$
begin
  if exists (select from mindloom.created_objects where kind = 'topic' and name = 'storage') then
    drop trigger audit_admin_write on storage.buckets;
    revoke insert (id, name, public, file_size_limit, allowed_mime_types),
      update (name, public, file_size_limit, allowed_mime_types), delete on storage.buckets from authenticated;
    drop policy "Admins can delete buckets" on storage.buckets;
    drop policy "Admins can update buckets" on storage.buckets;
    drop policy "Admins can insert buckets" on storage.buckets;
  end if;
end $$;
