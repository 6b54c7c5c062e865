drop trigger settle_transcription on public.job_queue;
drop function private.settle_transcription(), public.transcribe_recording(uuid, jsonb);
drop function private.begin_model_call(uuid, text, text, text, text, uuid, uuid, text, uuid, bigint, jsonb, text, jsonb);
drop function private.end_model_call(uuid, text, text, integer, bigint, bigint, bigint, bigint, boolean, bigint, numeric);
-- Jobs of this type are nobody's from here on.
delete from public.job_queue where job_type = 'projects.transcribe';
alter table public.model_calls drop column audio_seconds, drop column audio_minute_price;
alter table public.audio_recordings drop column transcription_error;

create function private.begin_model_call(
  p_user uuid, p_provider text, p_model text, p_agent text, p_purpose text, p_chat uuid, p_message uuid,
  p_key_owner text, p_configuration uuid, p_input_tokens bigint, p_limits jsonb, p_budget text)
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
    api_configuration_id, input_tokens, input_price, cached_input_price, output_price)
  values (p_user, p_provider, p_model, agent, p_purpose::public.model_call_purpose, p_chat, p_message,
    p_key_owner::public.model_key_owner, p_configuration, p_input_tokens,
    case when p_provider = 'local' then 0 else known.input_pricing_per_million_tokens end,
    known.cached_input_pricing_per_million_tokens,
    case when p_provider = 'local' then 0 else known.output_pricing_per_million_tokens end)
  returning c.id into made;
  return query select made, null::text, null::bigint, null::text;
end $$;

create function private.end_model_call(
  p_id uuid, p_outcome text, p_error_type text, p_status_code integer, p_input bigint, p_output bigint, p_cached bigint,
  p_reasoning bigint, p_estimated boolean, p_response_bytes bigint)
  returns table (cost text, duration_ms bigint, was_running boolean)
language plpgsql set search_path = '' as $$
#variable_conflict use_column
declare
  call public.model_calls;
  is_known boolean;
begin
  update public.model_calls c
  set outcome = p_outcome::public.model_call_outcome, error_type = p_error_type, status_code = p_status_code,
    input_tokens = p_input, output_tokens = p_output, cached_tokens = p_cached, reasoning_tokens = p_reasoning,
    is_estimated = p_estimated, response_bytes = p_response_bytes,
    -- What the provider's cache held may cost less.
    input_cost = case when p_input = 0 then 0 else trim_scale(
      ((p_input - least(coalesce(p_cached, 0), p_input)) * c.input_price
      + least(coalesce(p_cached, 0), p_input) * coalesce(c.cached_input_price, c.input_price)) / 1000000) end,
    output_cost = case when p_output = 0 then 0 else trim_scale(p_output * c.output_price / 1000000) end,
    ended_at = clock_timestamp(), seen_at = clock_timestamp(),
    duration_ms = greatest(0, extract(epoch from clock_timestamp() - c.started_at) * 1000)::bigint
  where c.id = p_id and c.outcome = 'running'
  returning * into call;
  if not found then
    return query select c.cost::text, c.duration_ms, false from public.model_calls c where c.id = p_id;
    return;
  end if;
  if call.provider <> 'local' then
    is_known := call.cost is not null;
    insert into public.usage_logs (id, user_id, chat_id, agent_type, model_used, provider, input_tokens, output_tokens,
      input_cost, output_cost, request_timestamp, response_timestamp, duration_ms, metadata)
    values (call.id, call.user_id, call.chat_id, call.agent_type, call.model, call.provider::public.model_provider,
      least(call.input_tokens, 2147483647), least(call.output_tokens, 2147483647),
      case when is_known then call.input_cost end, case when is_known then call.output_cost end,
      call.started_at, call.ended_at, least(call.duration_ms, 2147483647),
      jsonb_build_object('purpose', call.purpose, 'outcome', call.outcome, 'estimated', call.is_estimated));
    insert into public.api_usage_logs (id, user_id, provider, model, response_size, response_time_ms,
      status_code, error_message, input_tokens, output_tokens, cost, own_key, created_at)
    values (call.id, call.user_id, call.provider, call.model,
      least(call.response_bytes, 2147483647), least(call.duration_ms, 2147483647), call.status_code, call.error_type,
      least(call.input_tokens, 2147483647), least(call.output_tokens, 2147483647), call.cost,
      call.key_owner = 'person', call.started_at);
  end if;
  if call.agent_type is not null then
    insert into public.agent_activity_logs (id, user_id, correlation_id, agent_type, operation_type, operation_category,
      operation_metadata, resource_id, resource_type, duration_ms, start_time, end_time, model_id, provider,
      input_tokens, output_tokens, reasoning_tokens, total_tokens, input_cost, output_cost, total_cost, success,
      error_type, thinking_mode)
    values (call.id, call.user_id, coalesce(call.message_id, call.chat_id, call.id), call.agent_type, 'model_call',
      'agent', jsonb_build_object('purpose', call.purpose, 'outcome', call.outcome, 'estimated', call.is_estimated),
      coalesce(call.message_id, call.chat_id),
      case when call.message_id is not null then 'message' when call.chat_id is not null then 'chat' end,
      least(call.duration_ms, 2147483647), call.started_at, call.ended_at, call.model,
      case when call.provider <> 'local' then call.provider::public.model_provider end,
      least(call.input_tokens, 2147483647), least(call.output_tokens, 2147483647),
      least(call.reasoning_tokens, 2147483647), least(call.input_tokens + call.output_tokens, 2147483647),
      call.input_cost, call.output_cost, call.cost, call.outcome in ('completed', 'stopped'), call.error_type,
      coalesce(call.reasoning_tokens, 0) > 0);
  end if;
  if call.message_id is not null then
    perform private.write_message_usage(call.message_id);
  elsif call.chat_id is not null then
    -- The totals of a chat are those of its messages; what belongs to none of them, as a title, is added here.
    update public.chats c
    set total_input_tokens = c.total_input_tokens + coalesce(call.input_tokens, 0),
      total_output_tokens = c.total_output_tokens + coalesce(call.output_tokens, 0),
      total_cost = c.total_cost + coalesce(call.cost, 0)
    where c.id = call.chat_id;
  end if;
  return query select call.cost::text, call.duration_ms, true;
end $$;

revoke execute on function
  private.begin_model_call(uuid, text, text, text, text, uuid, uuid, text, uuid, bigint, jsonb, text),
  private.end_model_call(uuid, text, text, integer, bigint, bigint, bigint, bigint, boolean, bigint)
  from public, anon, authenticated, service_role;
