drop trigger settle_generation on public.job_queue;
drop function private.settle_generation(), private.enqueue_insights(date, uuid, integer),
  private.keep_insight(uuid, date, text, text, jsonb), private.numbers_of_week(uuid, date),
  public.generate_document(uuid, uuid[], uuid, text, public.document_format, jsonb),
  public.generate_weekly_insight(date, jsonb), public.generate_prompt(text, uuid, text, jsonb),
  public.generate_from_project(uuid, text, jsonb);
-- Jobs of these types are nobody's from here on.
delete from public.job_queue where job_type in (
  'documents.generate', 'insights.weekly', 'insights.write', 'prompts.generate', 'projects.generate');
drop index public.insights_generated_week;
alter table public.insights drop column generation_metadata, drop column generated_at;
select realtime.unpublish('public.document_sources');
drop table public.document_sources;
alter table public.documents drop column generation_job_id, drop column generation_state;
drop type public.generation_state;
select realtime.publish('public.documents');
-- So that the next new table gets the number that would have come.
select setval(pg_get_serial_sequence('realtime.published_tables', 'id'), max(id)) from realtime.published_tables;
