-- `gemini` and `google` are one provider: Google, whose models are called Gemini. The applications
-- that this database serves named it once by the company, once by the models. It is `google` from
-- here on; every row is kept under that name, and `gemini` is understood as the same.

alter type public.prompt_provider rename value 'gemini' to 'google';

-- A person may have a key under either name, and one provider has one key: the one that was changed
-- last stays.
delete from public.api_configurations c using public.api_configurations other
where c.provider in ('gemini', 'google') and other.provider in ('gemini', 'google')
  and other.provider <> c.provider and other.user_id = c.user_id
  and (other.updated_at, other.id) > (c.updated_at, c.id);

do $$
begin
  if exists (select from public.api_providers where name = 'google') then
    update public.api_configurations set provider = 'google' where provider = 'gemini';
    update public.prompt_history set provider = 'google' where provider = 'gemini';
    delete from public.api_providers where name = 'gemini';
  else
    -- Keys and history follow by their foreign keys.
    update public.api_providers set name = 'google' where name = 'gemini';
  end if;
end $$;
update public.api_usage_logs set provider = 'google' where provider = 'gemini';
update public.prompt_generations set provider = 'google' where provider = 'gemini';

update public.admin_config c
set config_data = c.config_data || jsonb_build_object(
  'activeProvider', case c.config_data ->> 'activeProvider'
    when 'gemini' then 'google' else c.config_data ->> 'activeProvider' end,
  'availableProviders', (
    select jsonb_agg(merged.provider order by merged.place)
    from (
      select case listed.provider when 'gemini' then 'google' else listed.provider end as provider,
        min(listed.place) as place
      from jsonb_array_elements_text(c.config_data -> 'availableProviders')
        with ordinality listed (provider, place)
      group by 1
    ) merged))
where c.config_key = 'app_settings' and c.config_data -> 'availableProviders' ? 'gemini';

-- Whoever still writes `gemini`, an older client or a seed that is run again, means the same.
create function private.canonical_provider(name text) returns text
language sql immutable parallel safe set search_path = ''
return case name when 'gemini' then 'google' else name end;
comment on function private.canonical_provider(text) is
  'The name under which a provider is stored.';

-- They repeat the rule, for a trigger runs as whoever writes, who may not look into this schema.
create function private.set_provider_name() returns trigger
language plpgsql set search_path = '' as $$
begin
  new.name := case new.name when 'gemini' then 'google' else new.name end;
  return new;
end $$;
create function private.set_provider() returns trigger
language plpgsql set search_path = '' as $$
begin
  new.provider := case new.provider when 'gemini' then 'google' else new.provider end;
  return new;
end $$;
revoke execute on function private.canonical_provider(text), private.set_provider_name(), private.set_provider()
  from public;

create trigger set_provider_name before insert or update of name on public.api_providers
  for each row execute function private.set_provider_name();
create trigger set_provider before insert or update of provider on public.api_configurations
  for each row execute function private.set_provider();
create trigger set_provider before insert or update of provider on public.api_usage_logs
  for each row execute function private.set_provider();
create trigger set_provider before insert or update of provider on public.prompt_generations
  for each row execute function private.set_provider();
create trigger set_provider before insert or update of provider on public.prompt_history
  for each row execute function private.set_provider();
