-- Whose account goes has no files to count any more: what is taken away of nothing is nothing.

create or replace function private.count_files(p_owner uuid, p_files bigint, p_bytes bigint) returns void
language plpgsql security definer set search_path = '' as $$
declare
  quota bigint := nullif(current_setting('mindloom.file_quota', true), '')::bigint;
  used bigint;
begin
  if p_owner is null or (p_files = 0 and p_bytes = 0) then
    return;
  end if;
  update mindloom.file_usage u set file_count = u.file_count + p_files, size_bytes = u.size_bytes + p_bytes
  where u.owner = p_owner returning u.size_bytes into used;
  if not found and (p_files > 0 or p_bytes > 0) then
    insert into mindloom.file_usage as u (owner, file_count, size_bytes) values (p_owner, p_files, p_bytes)
    on conflict (owner) do update
    set file_count = u.file_count + excluded.file_count, size_bytes = u.size_bytes + excluded.size_bytes
    returning u.size_bytes into used;
  end if;
  if p_bytes > 0 and used > quota then
    raise exception 'The files of this account may have % bytes together; delete some, or ask for more room', quota
      using errcode = 'ML001', constraint = 'fileBytes', column = quota::text;
  end if;
end $$;
