-- The rows stay as they are, but for the name that the seed of before goes by.
drop trigger set_provider on public.prompt_history;
drop trigger set_provider on public.prompt_generations;
drop trigger set_provider on public.api_usage_logs;
drop trigger set_provider on public.api_configurations;
drop trigger set_provider_name on public.api_providers;
drop function private.set_provider();
drop function private.set_provider_name();
drop function private.canonical_provider(text);
update public.api_providers set name = 'gemini' where name = 'google';
alter type public.prompt_provider rename value 'google' to 'gemini';
