-- Comments on shared documents count in quotas as other rows do.

create or replace function private.measure_quota(target uuid, out row_count bigint, out size_bytes bigint)
language sql stable security definer set search_path = '' as $$
  select count(*), coalesce(sum(size), 0)
  from (
    select pg_column_size(t) from public.api_configurations t where t.user_id = target
    union all
    select pg_column_size(t) from public.artifacts t where t.user_id = target
    union all
    select pg_column_size(t) from public.audio_recordings t where t.user_id = target
    union all
    select pg_column_size(t) from public.chats t where t.user_id = target
    union all
    select pg_column_size(t) from public.clusters t where t.user_id = target
    union all
    select pg_column_size(t) from public.collaborators t where t.user_id = target
    union all
    select pg_column_size(t) from public.document_comments t where t.user_id = target
    union all
    select pg_column_size(t) from public.documents t where t.user_id = target
    union all
    select pg_column_size(t) from public.feedback t where t.user_id = target
    union all
    select pg_column_size(t) from public.github_repositories t where t.user_id = target
    union all
    select pg_column_size(t) from public.insights t where t.user_id = target
    union all
    select pg_column_size(t) from public.messages t join public.chats p on p.id = t.chat_id where p.user_id = target
    union all
    select pg_column_size(t) from public.notes t where t.user_id = target
    union all
    select pg_column_size(t) from public.project_components t join public.projects p on p.id = t.project_id where p.user_id = target
    union all
    select pg_column_size(t) from public.projects t where t.user_id = target
    union all
    select pg_column_size(t) from public.prompt_generations t where t.user_id = target
    union all
    select pg_column_size(t) from public.prompt_history t where t.user_id = target
    union all
    select pg_column_size(t) from public.prompt_templates t where t.user_id = target
    union all
    select pg_column_size(t) from public.stack_notes t where t.user_id = target
    union all
    select pg_column_size(t) from public.stacks t where t.user_id = target
    union all
    select pg_column_size(t) from public.streams t join public.chats p on p.id = t.chat_id where p.user_id = target
    union all
    select pg_column_size(t) from public.suggestions t where t.user_id = target
    union all
    select pg_column_size(t) from public.user_preferences t where t.user_id = target
    union all
    select pg_column_size(t) from public.vault_notes t where t.user_id = target
    union all
    select pg_column_size(t) from public.votes t join public.chats p on p.id = t.chat_id where p.user_id = target
    union all
    select files.size from private.measure_files(target) files (size)
  ) as owned (size)
$$;

create trigger zz_spend_quota_on_insert after insert on public.document_comments referencing new table as new_rows
  for each statement when (current_setting('request.jwt.claims', true) like '%"mindloom_quota":{%')
  execute function private.spend_quota();
create trigger zz_spend_quota_on_update after update on public.document_comments referencing new table as new_rows
  for each statement when (current_setting('request.jwt.claims', true) like '%"mindloom_quota":{%')
  execute function private.spend_quota();
