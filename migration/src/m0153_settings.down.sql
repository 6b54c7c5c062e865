drop function public.update_system_settings(jsonb), public.get_system_settings(), public.delete_feature_flag(text),
  public.set_feature_flag(text, jsonb), public.get_feature_flags(), private.flag_role(), private.config(text);
delete from public.admin_config where config_key in ('feature_flags', 'alert_settings');

create or replace function public.validate_admin_config_data() returns trigger
  language plpgsql security definer set search_path = '' as $$
begin
  if jsonb_typeof(new.config_data) is distinct from 'object' then
    perform private.refuse_admin_config('it must be a JSON object');
  end if;
  if new.config_key = 'app_settings' then
    if jsonb_typeof(new.config_data -> 'availableProviders') is distinct from 'array'
      or not coalesce(new.config_data -> 'availableProviders' ? (new.config_data ->> 'activeProvider'), false) then
      perform private.refuse_admin_config(
        'app_settings needs "activeProvider", one of the array "availableProviders"');
    end if;
    if new.config_data ? 'maxProjectsPerUser' and (
      jsonb_typeof(new.config_data -> 'maxProjectsPerUser') <> 'number'
      or (new.config_data ->> 'maxProjectsPerUser')::numeric not between 0 and 1000000
      or (new.config_data ->> 'maxProjectsPerUser')::numeric % 1 <> 0) then
      perform private.refuse_admin_config(
        '"maxProjectsPerUser" is a whole number from 0 to 1,000,000');
    end if;
  elsif new.config_key = 'logging_settings' then
    perform private.validate_logging_settings(new.config_data);
  else
    perform private.validate_agent_config(
      regexp_replace(new.config_key, '_(google|openai|anthropic)$', ''), new.config_data);
  end if;
  return new;
end $$;

drop function private.validate_alert_settings(jsonb), private.default_alert_settings(),
  private.validate_feature_flags(jsonb);
alter table public.admin_config drop constraint admin_config_config_key_format;
alter table public.admin_config add constraint admin_config_config_key_format check (
  config_key in ('app_settings', 'logging_settings')
  or config_key ~ '^(chat_model|provider_tools|document|python|mermaid|git_mcp)_agent_(google|openai|anthropic)$');
comment on constraint admin_config_config_key_format on public.admin_config is
  'config_key must be app_settings, logging_settings, or an agent and its provider, such as python_agent_openai';
