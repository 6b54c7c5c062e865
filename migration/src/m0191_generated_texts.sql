-- Texts that the server writes: documents from notes, the insights of a week, prompts, and prompts made of projects. Jobs
-- write them (src/jobs); here is what they write to, how they begin, and what becomes of a text whose job ended early.

create type public.generation_state as enum ('waiting', 'writing', 'complete', 'stopped', 'failed');

alter table public.documents
  add column generation_state public.generation_state,
  add column generation_job_id uuid,
  add constraint documents_generation_job_with_state check ((generation_state is null) = (generation_job_id is null));
comment on constraint documents_generation_job_with_state on public.documents is
  'generationState and generationJobId must be given together, or not at all';
create index idx_documents_generation_job on public.documents (generation_job_id) where generation_job_id is not null;
grant select (generation_state, generation_job_id), insert (generation_state, generation_job_id),
  update (generation_state, generation_job_id) on public.documents to service_role;
grant select (generation_state, generation_job_id) on public.documents to authenticated;

-- The notes that a document was made from, in the order in which they were given to whoever wrote it. A note that goes
-- leaves its place empty.
create table public.document_sources (
  document_id uuid not null,
  position integer not null,
  user_id uuid not null references auth.users (id) on delete cascade,
  note_id uuid,
  is_used boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (document_id, position),
  constraint document_sources_document_id_user_id_fkey foreign key (document_id, user_id)
    references public.documents (id, user_id) on delete cascade,
  constraint document_sources_note_id_user_id_fkey foreign key (note_id, user_id)
    references public.notes (id, user_id) on delete set null (note_id),
  constraint document_sources_position_range check (position >= 1)
);
create index idx_document_sources_note on public.document_sources (note_id, user_id);
create index idx_document_sources_user on public.document_sources (user_id, created_at desc);
create trigger set_updated_at before update on public.document_sources
  for each row execute function private.set_updated_at();

alter table public.document_sources enable row level security;
create policy "Users can view own document sources" on public.document_sources
  for select to authenticated using (user_id = (select auth.uid()));
-- Written by the functions and jobs that make documents.
revoke all on public.document_sources from public, anon, authenticated, service_role;
grant select on public.document_sources to authenticated;
grant select, insert, update, delete on public.document_sources to service_role;

-- An insight that the server wrote says when, of what numbers, and how. People write others beside it.
alter table public.insights
  add column generated_at timestamptz,
  add column generation_metadata jsonb not null default '{}',
  add constraint insights_generation_metadata_object check (jsonb_typeof(generation_metadata) = 'object'),
  add constraint insights_generation_metadata_size check (pg_column_size(generation_metadata) <= 65536);
create unique index insights_generated_week on public.insights (user_id, week_start) where generated_at is not null;
grant select (generated_at, generation_metadata), insert (generated_at, generation_metadata),
  update (generated_at, generation_metadata) on public.insights to service_role;

-- Begins a document from a cluster of the caller's, or from notes of theirs; it is the version after p_parent, or after the
-- newest that was made of the cluster. Whoever else begins one of the same cluster waits until it is known, so that two at
-- once are two versions.
create function public.generate_document(
    p_cluster uuid, p_notes uuid[], p_parent uuid, p_title text, p_format public.document_format, p_wishes jsonb)
  returns table (document_id uuid, job_id uuid)
  language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
declare
  caller constant uuid := auth.uid();
  cluster public.clusters;
  parent public.documents;
  sources uuid[] := p_notes;
  sources_max constant integer := 20000;
begin
  if caller is null then
    raise exception 'Sign in to do this' using errcode = 'insufficient_privilege';
  end if;
  if p_parent is not null then
    select d.* into parent from public.documents d where d.id = p_parent and d.user_id = caller for no key update;
    if not found then
      raise exception 'There is no such document to make the next version of' using errcode = 'no_data_found';
    end if;
    if p_cluster is null and p_notes is null then
      p_cluster := parent.cluster_id;
      if p_cluster is null then
        sources := array(select s.note_id from public.document_sources s
          where s.document_id = parent.id and s.note_id is not null order by s.position);
      end if;
    end if;
  end if;
  if p_cluster is not null then
    cluster := private.own_cluster(p_cluster);
    if p_parent is null then
      select d.* into parent from public.documents d
      where d.cluster_id = p_cluster and d.user_id = caller and d.generation_state is not null
      order by d.version desc, d.created_at desc limit 1;
    end if;
    if p_notes is null then
      sources := array(
        select n.id from public.notes n
        where n.deleted_at is null and n.user_id = caller
          and n.id = any (private.notes_of_cluster(p_cluster))
        order by n.created_at, n.id);
    end if;
  end if;
  if p_notes is not null and exists (
    select from unnest(p_notes) wanted
    where not exists (select from public.notes n where n.id = wanted and n.user_id = caller and n.deleted_at is null)
  ) then
    raise exception 'noteIds names a note that does not exist, or is deleted' using errcode = 'no_data_found';
  end if;
  if coalesce(cardinality(sources), 0) = 0 then
    raise exception 'There are no notes to make a document of' using errcode = 'check_violation';
  elsif cardinality(sources) > sources_max then
    raise exception 'A document is made of % notes at most', sources_max using errcode = 'check_violation';
  end if;
  job_id := private.enqueue_job('documents.generate', p_wishes, caller);
  insert into public.documents (user_id, cluster_id, parent_document_id, title, content, format, generation_state,
    generation_job_id)
  values (caller, p_cluster, parent.id, coalesce(p_title, parent.title, cluster.title, 'Document'), '', p_format,
    'waiting', job_id)
  returning id into document_id;
  insert into public.document_sources (document_id, position, user_id, note_id)
  select document_id, source.place, caller, source.id
  from (select n.id, row_number() over (order by min(n.place)) as place
    from unnest(sources) with ordinality n (id, place) group by n.id) source;
  return next;
end $$;
comment on function public.generate_document(uuid, uuid[], uuid, text, public.document_format, jsonb) is
  'Begins to make a document of the caller''s notes; returns it and the job that writes it.';

-- Begins to write what the caller's week shows.
create function public.generate_weekly_insight(p_week date, p_wishes jsonb) returns uuid
  language plpgsql volatile security definer set search_path = '' as $$
declare
  week timestamp := date_trunc('week', coalesce(p_week::timestamp, now() at time zone 'UTC'));
begin
  if auth.uid() is null then
    raise exception 'Sign in to do this' using errcode = 'insufficient_privilege';
  elsif week > now() at time zone 'UTC' then
    raise exception 'The week of % has not begun', p_week using errcode = 'check_violation';
  end if;
  return private.enqueue_job('insights.write', p_wishes || jsonb_build_object('week', week::date), auth.uid(),
    format('insights.write:%s:%s', auth.uid(), week::date));
end $$;
comment on function public.generate_weekly_insight(date, jsonb) is
  'Begins to write what a week of the caller''s shows; returns the job.';

-- Whoever wrote a note in a week, for the schedule: their insights are jobs of their own.
create function private.enqueue_insights(p_week date, p_after uuid, p_limit integer)
  returns table (people bigint, last uuid)
  language sql volatile set search_path = ''
begin atomic
  with writers as (
    select u.id from auth.users u
    where (p_after is null or u.id > p_after) and exists (
      select from public.notes n
      where n.user_id = u.id and n.deleted_at is null and n.created_at >= p_week::timestamp at time zone 'UTC'
        and n.created_at < (p_week + 7)::timestamp at time zone 'UTC')
    order by u.id limit p_limit
  ), enqueued as (
    select w.id, private.enqueue_job('insights.write', jsonb_build_object('week', p_week), w.id,
      format('insights.write:%s:%s', w.id, p_week)) as job
    from writers w
  )
  select count(e.job), (select w.id from writers w order by w.id desc limit 1) from enqueued e;
end;

-- Keeps what was found of a week: one row for each person and week.
create function private.keep_insight(p_user uuid, p_week date, p_title text, p_content text, p_metadata jsonb) returns uuid
  language sql volatile set search_path = ''
begin atomic
  insert into public.insights as i (user_id, title, content, week_start, week_end, generated_at, generation_metadata)
  values (p_user, left(p_title, 200), left(p_content, 50000), p_week::timestamp at time zone 'UTC',
    (p_week + 7)::timestamp at time zone 'UTC', now(), p_metadata)
  on conflict (user_id, week_start) where generated_at is not null do update
  set title = excluded.title, content = excluded.content, week_end = excluded.week_end,
    generated_at = excluded.generated_at, generation_metadata = excluded.generation_metadata
  returning i.id;
end;

-- What somebody did in a week, in numbers.
create function private.numbers_of_week(p_user uuid, p_week date) returns jsonb
  language sql stable set search_path = ''
begin atomic
  with week as (
    select p_week::timestamp at time zone 'UTC' as begins, (p_week + 7)::timestamp at time zone 'UTC' as ends
  ), written as (
    select n.created_at, n.content, n.cluster_id from public.notes n, week w
    where n.user_id = p_user and n.deleted_at is null and n.created_at >= w.begins and n.created_at < w.ends
  )
  select jsonb_build_object(
    'notes', (select count(*) from written),
    'words', (select coalesce(sum(regexp_count(w.content, '\S+')), 0) from written w),
    'activeDays', (select count(distinct (w.created_at at time zone 'UTC')::date) from written w),
    'clusteredNotes', (select count(*) from written w where w.cluster_id is not null),
    'editedNotes', (select count(*) from public.notes n, week w where n.user_id = p_user and n.deleted_at is null
      and n.created_at < w.begins and n.updated_at >= w.begins and n.updated_at < w.ends),
    'documents', (select count(*) from public.documents d, week w
      where d.user_id = p_user and d.created_at >= w.begins and d.created_at < w.ends),
    'chats', (select count(*) from public.chats c, week w
      where c.user_id = p_user and c.created_at >= w.begins and c.created_at < w.ends));
end;

-- Begins to write a prompt by a framework.
create function public.generate_prompt(p_framework text, p_template uuid, p_input text, p_wishes jsonb)
  returns table (history_id uuid, job_id uuid)
  language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
declare
  framework public.prompt_frameworks;
  likely record;
begin
  if auth.uid() is null then
    raise exception 'Sign in to do this' using errcode = 'insufficient_privilege';
  end if;
  select f.* into framework from public.prompt_frameworks f where f.name = p_framework and f.is_enabled;
  if not found then
    raise exception 'There is no framework of this name; `promptFrameworks` lists them' using errcode = 'no_data_found';
  end if;
  if p_template is not null and not exists (
    select from public.prompt_templates t
    where t.id = p_template and (t.user_id = auth.uid() or (t.is_public and t.is_active))
  ) then
    raise exception 'There is no such template' using errcode = 'no_data_found';
  end if;
  -- What is likely to answer; the entry names who did once it is written.
  select m.model_id, p.name into likely
  from public.model_config m
  join public.api_providers p on p.name = m.provider::text
  left join public.admin_config c on c.config_key = 'app_settings'
  where case when p_wishes ->> 'model' is not null then m.model_id = p_wishes ->> 'model'
    else m.is_default and m.is_active and (p_wishes ->> 'provider' is null or m.provider::text = p_wishes ->> 'provider') end
  order by m.provider::text = c.config_data ->> 'activeProvider' desc nulls last, m.model_id limit 1;
  if not found then
    raise exception 'There is no such model: `modelConfigs` lists them, and `apiProviders` their providers'
      using errcode = 'no_data_found';
  end if;
  insert into public.prompt_history (user_id, framework_id, framework_name, template_id, model, provider, user_input,
    tone, length, temperature, max_tokens, vibe_coding)
  values (auth.uid(), framework.name, framework.display_name, p_template, left(likely.model_id, 50), likely.name, p_input,
    p_wishes ->> 'tone', p_wishes ->> 'length', (p_wishes ->> 'temperature')::numeric, (p_wishes ->> 'maxTokens')::integer,
    coalesce((p_wishes ->> 'vibeCoding')::boolean, false))
  returning id into history_id;
  job_id := private.enqueue_job('prompts.generate', p_wishes || jsonb_build_object('historyId', history_id), auth.uid());
  return next;
end $$;
comment on function public.generate_prompt(text, uuid, text, jsonb) is
  'Begins to write a prompt of the caller''s by a framework; returns its entry in the history and the job.';

-- Begins to write a prompt of what a project's components say. The caller may edit the project.
create function public.generate_from_project(p_project uuid, p_input text, p_wishes jsonb)
  returns table (generation_id uuid, job_id uuid)
  language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
begin
  if auth.uid() is null then
    raise exception 'Sign in to do this' using errcode = 'insufficient_privilege';
  end if;
  if not exists (
    select from public.projects p
    where p.id = p_project and p.deleted_at is null and p.id in (select private.my_project_ids('editor'))
  ) then
    raise exception 'There is no such project, or you may only read it' using errcode = 'no_data_found';
  end if;
  insert into public.prompt_generations (user_id, project_id, input_text, parameters)
  values (auth.uid(), p_project, p_input, jsonb_strip_nulls(p_wishes))
  returning id into generation_id;
  job_id := private.enqueue_job('projects.generate', p_wishes || jsonb_build_object('generationId', generation_id),
    auth.uid());
  return next;
end $$;
comment on function public.generate_from_project(uuid, text, jsonb) is
  'Begins to write a prompt of what a project of the caller''s says; returns the generation and the job.';

-- What becomes of a text whose job ended without writing its end: cancelled while it waited, given up, or of no server that
-- could do it. A row that somebody holds is left: queues must not wait for people, and whoever reads it sees the job.
create function private.settle_generation() returns trigger
  language plpgsql security definer set search_path = '' as $$
declare
  was_stopped constant boolean := new.status = 'cancelled';
  said constant text := coalesce(new.error, 'It was cancelled');
begin
  case new.job_type
  when 'documents.generate' then
    update public.documents d
    set generation_state = case when was_stopped then 'stopped' else 'failed' end::public.generation_state,
      generation_metadata = d.generation_metadata || jsonb_build_object('error', said)
    where d.id in (select h.id from public.documents h where h.generation_job_id = new.id
      and h.generation_state in ('waiting', 'writing') for update skip locked);
  when 'prompts.generate' then
    update public.prompt_history h
    set status = 'failed', error_message = said, error_code = case when was_stopped then 'CANCELLED' else 'FAILED' end
    where h.id in (select o.id from public.prompt_history o where o.id = (new.payload ->> 'historyId')::uuid
      and o.status = 'pending' for update skip locked);
  when 'projects.generate' then
    update public.prompt_generations g set status = 'failed', error_message = said
    where g.id in (select o.id from public.prompt_generations o where o.id = (new.payload ->> 'generationId')::uuid
      and o.status = 'pending' for update skip locked);
  else
    null;
  end case;
  return null;
end $$;
create trigger settle_generation after update of status on public.job_queue
  for each row when (new.status in ('failed', 'dead', 'cancelled') and old.status is distinct from new.status
    and new.job_type in ('documents.generate', 'prompts.generate', 'projects.generate'))
  execute function private.settle_generation();

revoke execute on function private.settle_generation(), private.enqueue_insights(date, uuid, integer),
  private.keep_insight(uuid, date, text, text, jsonb), private.numbers_of_week(uuid, date),
  public.generate_document(uuid, uuid[], uuid, text, public.document_format, jsonb),
  public.generate_weekly_insight(date, jsonb), public.generate_prompt(text, uuid, text, jsonb),
  public.generate_from_project(uuid, text, jsonb)
  from public, anon, authenticated, service_role;
grant execute on function public.generate_document(uuid, uuid[], uuid, text, public.document_format, jsonb),
  public.generate_weekly_insight(date, jsonb), public.generate_prompt(text, uuid, text, jsonb),
  public.generate_from_project(uuid, text, jsonb)
  to authenticated;

select realtime.publish('public.document_sources');
-- Of documents some columns are hidden, so that new ones are told of by name. Publishing a table again takes a number; the
-- next new table gets the one that would have come.
select realtime.publish('public.documents');
select setval(pg_get_serial_sequence('realtime.published_tables', 'id'), max(id)) from realtime.published_tables;
