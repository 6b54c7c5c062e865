drop table mindloom.remote_calls;
update public.admin_config set config_data = config_data - 'serverUrl' - 'tokenProvider'
where config_key ~ '^git_mcp_agent_';
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
end $$;
-- Keys that people saved for it stay, and so does what they refer to.
delete from public.api_providers p where p.name = 'github'
  and not exists (select from public.api_configurations c where c.provider = p.name);
