delete from public.api_providers p where p.name = 'compatible' and p.base_url = 'http://127.0.0.1:11434/v1'
  and not exists (select from public.api_configurations c where c.provider = p.name)
  and not exists (select from public.prompt_history h where h.provider = p.name);
drop function public.resume_provider(text);
-- Ends an answer of the caller's that is being written. Returns what the stream was.
create or replace function public.stop_stream(p_stream uuid) returns text
  language plpgsql security definer set search_path = '' as $$
declare
  stream public.streams;
begin
  select s.* into stream from public.streams s join public.chats c on c.id = s.chat_id
  where s.id = p_stream and c.user_id = auth.uid() for update of s;
  if stream.status in ('waiting', 'writing') then
    update public.streams s set stop_requested_at = coalesce(s.stop_requested_at, clock_timestamp()) where s.id = p_stream;
    perform public.cancel_job(stream.job_id);
  end if;
  return stream.status;
end $$;
drop policy "Users can read streams in own chats" on public.streams;
create policy "Users can access streams in own chats" on public.streams
  for all to authenticated
  using (chat_id = any (array(select id from public.chats where user_id = (select auth.uid()))))
  with check (exists (
    select from public.chats c where c.id = chat_id and c.user_id = (select auth.uid())));
grant delete on public.streams to authenticated;
grant insert (id, chat_id) on public.streams to authenticated;
