-- Streams are the server's: people follow and stop them. One that was deleted while an answer was written into it took the
-- answer with it, and one that people made was followed by nobody.
revoke insert (id, chat_id), delete on public.streams from authenticated;
drop policy "Users can access streams in own chats" on public.streams;
create policy "Users can read streams in own chats" on public.streams
  for select to authenticated
  using (chat_id = any (array(select id from public.chats where user_id = (select auth.uid()))));

-- Ends an answer of the caller's that is being written. Returns what the stream was. The job is held before the stream, in
-- the order of whoever writes.
create or replace function public.stop_stream(p_stream uuid) returns text
  language plpgsql security definer set search_path = '' as $$
declare
  stream public.streams;
begin
  select s.* into stream from public.streams s join public.chats c on c.id = s.chat_id
  where s.id = p_stream and c.user_id = auth.uid();
  if stream.status in ('waiting', 'writing') then
    perform public.cancel_job(stream.job_id);
    update public.streams s set stop_requested_at = coalesce(s.stop_requested_at, clock_timestamp())
    where s.id = p_stream and s.status in ('waiting', 'writing');
  end if;
  return stream.status;
end $$;

-- Lifts the pause that a provider asked for, for administrators; whether there was one.
create function public.resume_provider(p_name text) returns boolean
  language plpgsql security definer set search_path = '' as $$
begin
  perform private.require_admin();
  delete from mindloom.job_providers p where p.name = p_name and p.waits_until > now();
  if not found then
    return false;
  end if;
  perform private.record_admin_act('resume_provider');
  perform pg_notify('mindloom_jobs', '');
  return true;
end $$;
comment on function public.resume_provider(text) is
  'Lets jobs and calls of a provider go on that asked to wait; says whether it had. For administrators.';
revoke execute on function public.resume_provider(text) from public, anon, authenticated, service_role;
grant execute on function public.resume_provider(text) to authenticated, service_role;

-- Whose keys are saved for, and prompts written by, a server of one's own that speaks OpenAI's protocol. The address is
-- where Ollama listens; MINDLOOM_COMPATIBLE_BASE_URL comes before it, and it is in the server's own network.
insert into public.api_providers (name, display_name, base_url, max_requests_per_minute, max_requests_per_day) values
  ('compatible', 'OpenAI-compatible server', 'http://127.0.0.1:11434/v1', 100000, 100000000)
on conflict (name) do nothing;
