-- Of two numbers `least` gives the other one where one is unknown. So what a provider does not tell (the tokens of a
-- recording, those of thoughts, the bytes of an answer) was written into the logs as the largest number that they hold, and
-- added up as such. It is unknown there now, as in model_calls.

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
  told_input integer;
  told_output integer;
  told_reasoning integer;
  told_bytes integer;
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
  told_input := case when call.input_tokens is not null then least(call.input_tokens, 2147483647) end;
  told_output := case when call.output_tokens is not null then least(call.output_tokens, 2147483647) end;
  told_reasoning := case when call.reasoning_tokens is not null then least(call.reasoning_tokens, 2147483647) end;
  told_bytes := case when call.response_bytes is not null then least(call.response_bytes, 2147483647) end;
  if call.provider <> 'local' then
    is_known := call.cost is not null;
    insert into public.usage_logs (id, user_id, chat_id, agent_type, model_used, provider, input_tokens, output_tokens,
      input_cost, output_cost, request_timestamp, response_timestamp, duration_ms, metadata)
    values (call.id, call.user_id, call.chat_id, call.agent_type, call.model, call.provider::public.model_provider,
      told_input, told_output,
      case when is_known then call.input_cost end, case when is_known then call.output_cost end,
      call.started_at, call.ended_at, least(call.duration_ms, 2147483647),
      jsonb_build_object('purpose', call.purpose, 'outcome', call.outcome, 'estimated', call.is_estimated));
    insert into public.api_usage_logs (id, user_id, provider, model, response_size, response_time_ms,
      status_code, error_message, input_tokens, output_tokens, cost, own_key, created_at)
    values (call.id, call.user_id, call.provider, call.model,
      told_bytes, least(call.duration_ms, 2147483647), call.status_code, call.error_type,
      told_input, told_output, call.cost,
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
      told_input, told_output,
      told_reasoning, case when told_input is not null and told_output is not null then
        least(call.input_tokens + call.output_tokens, 2147483647) end,
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

-- What was written so: the calls know it.
update public.usage_logs l
set input_tokens = case when c.input_tokens is not null then l.input_tokens end,
  output_tokens = case when c.output_tokens is not null then l.output_tokens end
from public.model_calls c
where c.id = l.id and (c.input_tokens is null or c.output_tokens is null);
update public.api_usage_logs l
set input_tokens = case when c.input_tokens is not null then l.input_tokens end,
  output_tokens = case when c.output_tokens is not null then l.output_tokens end,
  response_size = case when c.response_bytes is not null then l.response_size end
from public.model_calls c
where c.id = l.id and (c.input_tokens is null or c.output_tokens is null or c.response_bytes is null);
update public.agent_activity_logs l
set input_tokens = case when c.input_tokens is not null then l.input_tokens end,
  output_tokens = case when c.output_tokens is not null then l.output_tokens end,
  reasoning_tokens = case when c.reasoning_tokens is not null then l.reasoning_tokens end,
  total_tokens = case when c.input_tokens + c.output_tokens is not null then l.total_tokens end
from public.model_calls c
where c.id = l.id and (c.input_tokens is null or c.output_tokens is null or c.reasoning_tokens is null);
