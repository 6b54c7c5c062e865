-- What was repaired stays.
create or replace function private.end_model_call(
  p_id uuid, p_outcome text, p_error_type text, p_status_code integer, p_input bigint, p_output bigint, p_cached bigint,
  p_reasoning bigint, p_estimated boolean, p_response_bytes bigint,
  p_audio_seconds numeric default null)
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
    is_estimated = p_estimated, response_bytes = p_response_bytes, audio_seconds = p_audio_seconds,
    input_cost = case
      -- Sound with a price of its own costs that, whatever it was in tokens.
      when c.audio_minute_price is not null and p_audio_seconds is not null then
        trim_scale(p_audio_seconds * c.audio_minute_price / 60)
      -- What the provider's cache held may cost less.
      when p_input = 0 then 0 else trim_scale(
      ((p_input - least(coalesce(p_cached, 0), p_input)) * c.input_price
      + least(coalesce(p_cached, 0), p_input) * coalesce(c.cached_input_price, c.input_price)) / 1000000) end,
    output_cost = case
      when p_output = 0 or (c.audio_minute_price is not null and p_audio_seconds is not null) then 0
      else trim_scale(p_output * c.output_price / 1000000) end,
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
