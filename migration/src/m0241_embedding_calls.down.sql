drop function private.record_embedding_call(text, text, text, uuid[], bigint[], boolean, numeric, interval);
delete from public.model_calls where purpose = 'embedding';
alter type public.model_call_purpose rename to model_call_purpose_former;
create type public.model_call_purpose as enum (
  'chat', 'document', 'insight', 'prompt', 'project', 'title', 'transcript');
alter table public.model_calls alter column purpose type public.model_call_purpose using purpose::text::public.model_call_purpose;
drop type public.model_call_purpose_former;
