-- The agent of repositories speaks the Model Context Protocol to a server whose address administrators write into its
-- settings (`serverUrl`), with a token of the person's own, which they save for the provider that `tokenProvider` names.

insert into public.api_providers (name, display_name, base_url, api_key_pattern, validation_rules) values
  ('github', 'GitHub', 'https://api.githubcopilot.com/mcp/', '^(gh[opusr]_[A-Za-z0-9_]{20,}|github_pat_[A-Za-z0-9_]{20,})$',
  '{"minLength": 24, "maxLength": 300}')
on conflict (name) do nothing;

create or replace function private.validate_agent_config(agent text, config jsonb) returns void
  language plpgsql set search_path = '' as $$
declare
  period text;
begin
  if jsonb_typeof(config -> 'enabled') is distinct from 'boolean' then
    perform private.refuse_admin_config('an agent needs "enabled": true or false');
  end if;
  if jsonb_typeof(config -> 'rateLimit') is distinct from 'object' then
    perform private.refuse_admin_config('an agent needs "rateLimit" with perMinute, perHour and perDay');
  end if;
  foreach period in array array['perMinute', 'perHour', 'perDay'] loop
    if jsonb_typeof(config -> 'rateLimit' -> period) is distinct from 'number'
      or (config -> 'rateLimit' ->> period)::numeric < 1
      or (config -> 'rateLimit' ->> period)::numeric % 1 <> 0 then
      perform private.refuse_admin_config(
        format('"rateLimit" needs "%s", a whole number of at least 1', period));
    end if;
  end loop;
  if jsonb_typeof(config -> 'tools') is distinct from 'object' or config -> 'tools' = '{}' then
    perform private.refuse_admin_config('this agent needs "tools", an object with at least one tool');
  end if;
  if agent in ('chat_model_agent', 'provider_tools_agent')
    and coalesce(btrim(config ->> 'systemPrompt'), '') = '' then
    perform private.refuse_admin_config('this agent needs a "systemPrompt"');
  end if;
  if agent = 'chat_model_agent' and jsonb_typeof(config -> 'capabilities') is distinct from 'object' then
    perform private.refuse_admin_config('the chat agent needs "capabilities", an object');
  end if;
  -- Without an address it answers nothing, and says so.
  if agent = 'git_mcp_agent' and config ? 'serverUrl' and (jsonb_typeof(config -> 'serverUrl') <> 'string'
    or config ->> 'serverUrl' !~ '^https?://[^/@?#]+(/[^@#]*)?$' or char_length(config ->> 'serverUrl') > 500) then
    perform private.refuse_admin_config(
      '"serverUrl" is the address of a server that speaks the Model Context Protocol, such as https://example.org/mcp');
  end if;
  if agent = 'git_mcp_agent' and config ? 'tokenProvider' and (jsonb_typeof(config -> 'tokenProvider') <> 'string'
    or not exists (select from public.api_providers p where p.name = config ->> 'tokenProvider')) then
    perform private.refuse_admin_config('"tokenProvider" is the name of one of the API providers, such as github');
  end if;
end $$;

update public.admin_config
set config_data = config_data
  || '{"serverUrl": "https://api.githubcopilot.com/mcp/", "tokenProvider": "github"}'
where config_key ~ '^git_mcp_agent_' and not config_data ? 'serverUrl';

-- Tools of other servers that change something are run at most once: whoever takes an answer over after a loss does not
-- run again what was begun.
create table mindloom.remote_calls (
  message_id uuid not null references public.messages (id) on delete cascade,
  call_id text not null,
  begun_at timestamptz not null default now(),
  primary key (message_id, call_id)
);
alter table mindloom.remote_calls enable row level security;
revoke all on mindloom.remote_calls from public, anon, authenticated, service_role;
