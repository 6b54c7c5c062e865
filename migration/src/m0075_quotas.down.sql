do $$
declare
  written text;
begin
  foreach written in array array[
    'artifacts', 'audio_recordings', 'chats', 'clusters', 'collaborators', 'documents',
    'feedback', 'github_repositories', 'insights', 'messages', 'notes', 'project_components',
    'projects', 'prompt_generations', 'prompt_history', 'prompt_templates', 'stack_notes', 'stacks',
    'streams', 'suggestions', 'user_preferences', 'vault_notes', 'votes'
  ] loop
    execute format('drop trigger zz_spend_quota_on_insert on public.%I', written);
    execute format('drop trigger zz_spend_quota_on_update on public.%I', written);
  end loop;
end $$;
drop function private.spend_quota();
drop function private.measure_quota(uuid);
drop table private.quota_usage;
