-- Counts a call in a window that is known by a key.
create or replace function private.count_keyed_call(p_key text, p_start timestamptz, p_length interval, p_allowed integer)
  returns bigint
language plpgsql set search_path = '' as $$
begin
  insert into public.rate_limits as r (id, count, window_start, reset_time)
  values (p_key, 1, p_start, p_start + p_length)
  on conflict (id) do update
    set count = case when r.window_start = p_start then r.count + 1 else 1 end,
      window_start = p_start, reset_time = p_start + p_length
    where r.window_start < p_start or r.count < p_allowed;
  return case when not found
    then greatest(1, ceil(extract(epoch from p_start + p_length - now()) * 1000))::bigint end;
end $$;

-- Begins a call, unless a limit, the budget or a pause of the provider refuses it. All in one statement, so that limits
-- hold over all servers; the windows are locked in one order, the shared ones last. Refused, nothing is counted.
--   p_limits  {"agent": {"perMinute", "perHour", "perDay"}, "user": {"perMinute", "perDay"}, "provider": {…}}
--   p_prices  {"audioMinute"}: what the server knows beside model_config
-- Returns the call, or what refused it, for how long, and what is allowed.
create or replace function private.begin_model_call(
  p_user uuid, p_provider text, p_model text, p_agent text, p_purpose text, p_chat uuid, p_message uuid,
  p_key_owner text, p_configuration uuid, p_input_tokens bigint, p_limits jsonb, p_budget text,
  p_prices jsonb default null)
  returns table (id uuid, refused text, retry_after_ms bigint, allowed text)
language plpgsql set search_path = '' as $$
#variable_conflict use_column
declare
  this_minute constant timestamptz := date_trunc('minute', now());
  this_hour constant timestamptz := date_trunc('hour', now());
  this_day constant timestamptz := date_trunc('day', now() at time zone 'UTC') at time zone 'UTC';
  this_month constant timestamp := date_trunc('month', now() at time zone 'UTC');
  -- Of a person's own key each has windows of their own, for it is their contract with the provider.
  contract constant text := 'model_provider:' || p_provider || case p_key_owner when 'person' then ':' || p_user else '' end;
  agent constant public.agent_type := p_agent::public.agent_type;
  wait bigint;
  known public.model_config;
  made uuid;
begin
  if p_key_owner = 'server' then
    select ceil(extract(epoch from p.waits_until - now()) * 1000)::bigint into wait
    from mindloom.job_providers p where p.name = p_provider and p.waits_until > now();
    if wait is not null then
      return query select null::uuid, 'provider_pause', wait, null::text;
      return;
    end if;
    if p_budget is not null and p_budget::numeric <= (
      select coalesce(sum(c.cost), 0) from public.model_calls c
      where c.user_id = p_user and c.started_at >= this_month at time zone 'UTC' and c.key_owner = 'server') then
      return query select null::uuid, 'budget', ceil(extract(epoch from
        (this_month + interval '1 month') at time zone 'UTC' - now()) * 1000)::bigint, p_budget;
      return;
    end if;
  end if;
  declare
    counted record;
  begin
    for counted in
      select l.name, l.allowed, l.place from (values
        (1, 'agent_minute', (p_limits #>> '{agent,perMinute}')::integer),
        (2, 'agent_hour', (p_limits #>> '{agent,perHour}')::integer),
        (3, 'agent_day', (p_limits #>> '{agent,perDay}')::integer),
        (4, 'user_minute', (p_limits #>> '{user,perMinute}')::integer),
        (5, 'user_day', (p_limits #>> '{user,perDay}')::integer),
        (6, 'provider_minute', (p_limits #>> '{provider,perMinute}')::integer),
        (7, 'provider_day', (p_limits #>> '{provider,perDay}')::integer)) l (place, name, allowed)
      where l.allowed is not null order by l.place
    loop
      wait := case counted.name
        when 'agent_minute' then private.count_agent_call(p_user, agent, 'minutely', this_minute, '1 minute', counted.allowed)
        when 'agent_hour' then private.count_agent_call(p_user, agent, 'hourly', this_hour, '1 hour', counted.allowed)
        when 'agent_day' then private.count_agent_call(p_user, agent, 'daily', this_day, '1 day', counted.allowed)
        when 'user_minute' then
          private.count_keyed_call('model_user:' || p_user || ':minute', this_minute, '1 minute', counted.allowed)
        when 'user_day' then private.count_keyed_call('model_user:' || p_user || ':day', this_day, '1 day', counted.allowed)
        when 'provider_minute' then private.count_keyed_call(contract || ':minute', this_minute, '1 minute', counted.allowed)
        else private.count_keyed_call(contract || ':day', this_day, '1 day', counted.allowed) end;
      if wait is not null then
        raise exception using errcode = 'MLLIM', message = counted.name, detail = counted.allowed::text;
      end if;
    end loop;
  exception when sqlstate 'MLLIM' then
    return query select null::uuid, counted.name, wait, counted.allowed::text;
    return;
  end;
  select * into known from public.model_config m where m.model_id = p_model;
  insert into public.model_calls as c (user_id, provider, model, agent_type, purpose, chat_id, message_id, key_owner,
    api_configuration_id, input_tokens, input_price, cached_input_price, output_price, audio_minute_price)
  values (p_user, p_provider, p_model, agent, p_purpose::public.model_call_purpose, p_chat, p_message,
    p_key_owner::public.model_key_owner, p_configuration, p_input_tokens,
    case when p_provider = 'local' then 0 else known.input_pricing_per_million_tokens end,
    known.cached_input_pricing_per_million_tokens,
    case when p_provider = 'local' then 0 else known.output_pricing_per_million_tokens end,
    (p_prices ->> 'audioMinute')::numeric)
  returning c.id into made;
  return query select made, null::text, null::bigint, null::text;
end $$;
