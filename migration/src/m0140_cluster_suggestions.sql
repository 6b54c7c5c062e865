-- Clusters that the server suggests, and notes that it proposes for clusters.
--
-- A suggested cluster holds no notes: what it would hold stands in note_suggestions. Only when its owner accepts it do the
-- notes move. Ten thousand notes that move write every index anew, the one of meanings too, and look as if they had all been
-- edited; a suggestion that nobody answers leaves no trace on them. A new note near an accepted cluster is proposed in the
-- same way.
--
-- Dismissed groupings are remembered for as long as their owner has an account, even where the cluster itself is removed.

alter table public.clusters add column suggestion_job_id uuid;
create index idx_clusters_suggestion_job on public.clusters (suggestion_job_id) where suggestion_job_id is not null;

create table public.note_suggestions (
  cluster_id uuid not null,
  note_id uuid not null,
  user_id uuid not null references auth.users (id) on delete cascade,
  similarity numeric(3, 2) not null,
  refused_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (cluster_id, note_id),
  constraint note_suggestions_cluster_id_user_id_fkey foreign key (cluster_id, user_id)
    references public.clusters (id, user_id) on delete cascade,
  constraint note_suggestions_note_id_user_id_fkey foreign key (note_id, user_id)
    references public.notes (id, user_id) on delete cascade,
  constraint note_suggestions_similarity_range check (similarity between 0 and 1)
);
create index idx_note_suggestions_note on public.note_suggestions (note_id);
create index idx_note_suggestions_user on public.note_suggestions (user_id, created_at desc);

create trigger set_updated_at before update on public.note_suggestions
  for each row execute function private.set_updated_at();

-- Which notes somebody does not want to see together. No reference to the cluster: it may be removed.
create table mindloom.dismissed_groupings (
  cluster_id uuid primary key,
  user_id uuid not null references auth.users (id) on delete cascade,
  note_ids uuid[] not null,
  dismissed_at timestamptz not null default now()
);
create index idx_dismissed_groupings_user on mindloom.dismissed_groupings (user_id, dismissed_at desc);

alter table mindloom.dismissed_groupings enable row level security;
revoke all on mindloom.dismissed_groupings from public, anon, authenticated, service_role;

alter table public.note_suggestions enable row level security;
create policy "Users can view own note suggestions" on public.note_suggestions
  for select to authenticated using (user_id = (select auth.uid()));

-- Written by jobs and by the functions below.
revoke all on public.note_suggestions from public, anon, authenticated, service_role;
grant select on public.note_suggestions to authenticated;
grant select, insert, update, delete on public.note_suggestions to service_role;

-- The notes that a cluster holds or would hold.
create function private.notes_of_cluster(p_cluster uuid) returns uuid[]
language sql stable set search_path = ''
return array(
  select s.note_id from public.note_suggestions s where s.cluster_id = p_cluster and s.refused_at is null
  union
  select n.id from public.notes n where n.cluster_id = p_cluster
  order by 1
);

-- What follows from an answer, however it was given: an accepted cluster takes the notes that were proposed for it, a
-- dismissed one is remembered. Notes that are in another cluster by now, or deleted, stay where they are.
create function private.follow_cluster_answer() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  remembered_max constant integer := 500;
begin
  if new.status = 'dismissed' then
    insert into mindloom.dismissed_groupings as d (cluster_id, user_id, note_ids)
    values (new.id, new.user_id, private.notes_of_cluster(new.id))
    on conflict (cluster_id) do update set note_ids = excluded.note_ids, dismissed_at = now();
    delete from mindloom.dismissed_groupings d where d.user_id = new.user_id and d.cluster_id in (
      select old_one.cluster_id from mindloom.dismissed_groupings old_one where old_one.user_id = new.user_id
      order by old_one.dismissed_at desc, old_one.cluster_id offset remembered_max);
    return null;
  end if;
  delete from mindloom.dismissed_groupings d where d.cluster_id = new.id;
  if new.status = 'accepted' then
    update public.notes n set cluster_id = new.id
    from public.note_suggestions s
    where s.cluster_id = new.id and s.refused_at is null and n.id = s.note_id and n.user_id = new.user_id
      and n.deleted_at is null
      and not exists (select from public.clusters held where held.id = n.cluster_id and held.status <> 'dismissed');
  end if;
  return null;
end $$;
create trigger follow_cluster_answer after update of status on public.clusters
  for each row when (old.status is distinct from new.status) execute function private.follow_cluster_answer();

-- A suggestion that its owner has worked on is theirs: the next run leaves it.
create function private.keep_edited_suggestion() returns trigger
language plpgsql set search_path = '' as $$
begin
  new.suggestion_job_id := null;
  return new;
end $$;
create trigger keep_edited_suggestion
  before update of title, description, theme_keywords, suggested_tags, themes on public.clusters
  for each row when (old.suggestion_job_id is not null and old.status = 'suggested' and new.status = 'suggested')
  execute function private.keep_edited_suggestion();

-- A note that is put into a cluster is proposed for none any more. What was refused stays, so that it does not come back,
-- and so do the notes of dismissed clusters, whose owner may think again.
create function private.settle_note_suggestions() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  delete from public.note_suggestions s
  where s.note_id = new.id and (s.refused_at is null or s.cluster_id = new.cluster_id)
    and not exists (select from public.clusters c where c.id = s.cluster_id and c.status = 'dismissed');
  return null;
end $$;
create trigger settle_note_suggestions after update of cluster_id on public.notes
  for each row when (new.cluster_id is not null and new.cluster_id is distinct from old.cluster_id)
  execute function private.settle_note_suggestions();

-- The caller's cluster, locked.
create function private.own_cluster(p_id uuid) returns public.clusters
language plpgsql volatile set search_path = '' as $$
declare
  cluster public.clusters;
begin
  select c.* into cluster from public.clusters c where c.id = p_id and c.user_id = auth.uid() for no key update;
  if cluster.id is null then
    raise exception 'There is no such cluster' using errcode = 'no_data_found';
  end if;
  return cluster;
end $$;

create function public.suggest_clusters() returns uuid
language plpgsql volatile security definer set search_path = '' as $$
begin
  if auth.uid() is null then
    raise exception 'Sign in to do this' using errcode = 'insufficient_privilege';
  end if;
  return private.enqueue_job('clusters.suggest', '{}', auth.uid(), 'clusters.suggest:' || auth.uid());
end $$;
comment on function public.suggest_clusters() is
  'Begins to look for groups among the caller''s notes that are in no cluster; returns the job.';

create function public.accept_cluster(p_id uuid, p_title text default null, p_note_ids uuid[] default null) returns uuid
language plpgsql volatile security definer set search_path = '' as $$
declare
  cluster public.clusters := private.own_cluster(p_id);
begin
  if p_note_ids is not null then
    if exists (
      select from unnest(p_note_ids) wanted
      where not exists (select from public.notes n
        where n.id = wanted and n.user_id = cluster.user_id and n.deleted_at is null)
    ) then
      raise exception 'noteIds names a note that does not exist, or is deleted' using errcode = 'no_data_found';
    end if;
    update public.note_suggestions s set refused_at = now()
    where s.cluster_id = cluster.id and s.refused_at is null and s.note_id <> all (p_note_ids);
    update public.notes n set cluster_id = cluster.id
    where n.id = any (p_note_ids) and n.cluster_id is distinct from cluster.id;
  end if;
  update public.clusters c set status = 'accepted', title = coalesce(p_title, c.title) where c.id = cluster.id;
  return cluster.id;
end $$;
comment on function public.accept_cluster(uuid, text, uuid[]) is
  'Accepts the caller''s cluster: it takes the notes proposed for it, or those that are named. Returns its id.';

create function public.dismiss_cluster(p_id uuid) returns uuid
language plpgsql volatile security definer set search_path = '' as $$
declare
  cluster public.clusters := private.own_cluster(p_id);
begin
  update public.clusters c set status = 'dismissed' where c.id = cluster.id;
  return cluster.id;
end $$;
comment on function public.dismiss_cluster(uuid) is
  'Dismisses the caller''s cluster; its notes are not suggested together again. Returns its id.';

create function public.accept_note_suggestion(p_cluster_id uuid, p_note_id uuid) returns uuid
language plpgsql volatile security definer set search_path = '' as $$
declare
  cluster public.clusters := private.own_cluster(p_cluster_id);
begin
  if not exists (
    select from public.note_suggestions s join public.notes n on n.id = s.note_id and n.deleted_at is null
    where s.cluster_id = cluster.id and s.note_id = p_note_id
  ) then
    raise exception 'The note is not proposed for this cluster' using errcode = 'no_data_found';
  end if;
  if cluster.status <> 'accepted' then
    raise exception 'Accept the cluster before single notes of it' using errcode = 'raise_exception';
  end if;
  update public.notes n set cluster_id = cluster.id where n.id = p_note_id;
  return p_note_id;
end $$;
comment on function public.accept_note_suggestion(uuid, uuid) is
  'Puts a note that is proposed for one of the caller''s accepted clusters into it. Returns the note''s id.';

create function public.refuse_note_suggestion(p_cluster_id uuid, p_note_id uuid) returns uuid
language plpgsql volatile security definer set search_path = '' as $$
declare
  cluster public.clusters := private.own_cluster(p_cluster_id);
begin
  update public.note_suggestions s set refused_at = coalesce(s.refused_at, now())
  where s.cluster_id = cluster.id and s.note_id = p_note_id;
  if not found then
    raise exception 'The note is not proposed for this cluster' using errcode = 'no_data_found';
  end if;
  update public.clusters c set suggestion_job_id = null
  where c.id = cluster.id and c.status = 'suggested' and c.suggestion_job_id is not null;
  return p_note_id;
end $$;
comment on function public.refuse_note_suggestion(uuid, uuid) is
  'Refuses a note that is proposed for one of the caller''s clusters; it is not proposed for it again. Returns the note''s id.';

-- Suggestions that nobody answered, worked on or made a document of: the next run replaces them.
create function private.open_suggestions(p_owner uuid) returns uuid[]
language sql stable set search_path = ''
return array(
  select c.id from public.clusters c
  where c.user_id = p_owner and c.status = 'suggested' and c.suggestion_job_id is not null
    and not exists (select from public.documents d where d.cluster_id = c.id)
  order by c.id
);

-- The model whose vectors of somebody's notes are compared: the one that answers searches, or else the one of most of them.
-- Vectors of different models are at random distances. Null is what clients bring without saying of which model it is.
create function private.clustering_model(p_owner uuid) returns text
language sql stable set search_path = ''
return (
  select n.embedding_model from public.notes n
  where n.user_id = p_owner and n.embedding is not null and not n.embedding_is_stale and n.deleted_at is null
  group by n.embedding_model
  order by n.embedding_model is not distinct from private.active_embedding_model() desc, count(*) desc, n.embedding_model
  limit 1
);

-- The notes among which groups may be looked for, the newest first: with a vector of their present text, in no cluster but a
-- dismissed one, and proposed for none that stays.
create function private.clusterable_notes(p_owner uuid) returns setof uuid
  language sql stable set search_path = ''
begin atomic
  select n.id
  from public.notes n
  where n.user_id = p_owner and n.embedding is not null and not n.embedding_is_stale and n.deleted_at is null
    and n.embedding_model is not distinct from (select private.clustering_model(p_owner))
    and not exists (select from public.clusters c where c.id = n.cluster_id and c.status <> 'dismissed')
    and not exists (
      select from public.note_suggestions s join public.clusters c on c.id = s.cluster_id
      where s.note_id = n.id and s.refused_at is null and c.status <> 'dismissed'
        and c.id <> all (array(select unnest(private.open_suggestions(p_owner)))))
  order by n.created_at desc, n.id;
end;

-- Replaces the open suggestions by new ones: a list of {title, confidence, keywords, tags, notes: [{id, similarity}]}. A note
-- that was deleted or put into a cluster meanwhile is left out, and so is a cluster of which too few are left.
create function private.replace_suggestions(p_owner uuid, p_job uuid, p_found jsonb, p_smallest integer)
  returns table (clusters integer, notes integer)
  language plpgsql volatile set search_path = '' as $$
#variable_conflict use_column
declare
  one jsonb;
  cluster uuid;
  written integer;
begin
  clusters := 0;
  notes := 0;
  delete from public.clusters c where c.id = any (private.open_suggestions(p_owner));
  for one in select jsonb_array_elements(p_found) loop
    insert into public.clusters (user_id, title, confidence_score, theme_keywords, suggested_tags, suggestion_job_id)
    values (p_owner, one ->> 'title', (one ->> 'confidence')::numeric,
      array(select jsonb_array_elements_text(one -> 'keywords')), array(select jsonb_array_elements_text(one -> 'tags')), p_job)
    returning id into cluster;
    insert into public.note_suggestions (cluster_id, note_id, user_id, similarity)
    select cluster, n.id, p_owner, wanted.similarity
    from jsonb_to_recordset(one -> 'notes') wanted (id uuid, similarity numeric)
    join public.notes n on n.id = wanted.id and n.user_id = p_owner and n.deleted_at is null
    where not exists (select from public.clusters held where held.id = n.cluster_id and held.status <> 'dismissed');
    get diagnostics written = row_count;
    if written < p_smallest then
      delete from public.clusters c where c.id = cluster;
    else
      clusters := clusters + 1;
      notes := notes + written;
    end if;
  end loop;
  return next;
end $$;

-- Proposes a note for the accepted cluster that it is most like, if it is nearly as like that cluster's notes as these are
-- like one another: the rule by which notes join groups when clusters are suggested (src/clustering). Returns the cluster, if
-- there is one.
create function private.propose_note(p_note uuid, p_join_share double precision, p_cohesion_min double precision,
    p_smallest bigint) returns setof uuid
  language sql volatile set search_path = ''
begin atomic
  with note as (
    select n.id, n.user_id, n.embedding, n.embedding_model from public.notes n
    where n.id = p_note and n.embedding is not null and not n.embedding_is_stale and n.deleted_at is null
      and vector_norm(n.embedding) > 0
      and not exists (select from public.clusters c where c.id = n.cluster_id and c.status <> 'dismissed')
  ), bodies as (
    select c.id, c.user_id, count(*) as notes, avg(l2_normalize(m.embedding)) as mean
    from note
    join public.clusters c on c.user_id = note.user_id and c.status = 'accepted'
    join public.notes m on m.cluster_id = c.id and m.deleted_at is null and m.embedding is not null
      and not m.embedding_is_stale and m.embedding_model is not distinct from note.embedding_model
      and vector_norm(m.embedding) > 0
    group by c.id
    having count(*) >= p_smallest
  ), judged as (
    select b.id, b.user_id, inner_product(b.mean, l2_normalize(note.embedding)) as alike,
      (b.notes * vector_norm(b.mean) ^ 2 - 1) / (b.notes - 1) as cohesion
    from bodies b cross join note
  ), nearest as (
    select j.id, j.user_id, j.alike, j.cohesion from judged j order by j.alike desc, j.id limit 1
  )
  insert into public.note_suggestions as s (cluster_id, note_id, user_id, similarity)
  select n.id, p_note, n.user_id, least(greatest(n.alike, 0), 1)
  from nearest n
  where n.cohesion >= p_cohesion_min and n.alike >= p_join_share * n.cohesion
  on conflict (cluster_id, note_id) do nothing
  returning s.cluster_id;
end;

-- A note whose vector has become that of its text is looked at, where there is a cluster that could take it and its owner
-- wants to be told (`clusterSuggestions` of their preferences).
create function private.offer_fresh_note() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if exists (select from public.clusters c where c.user_id = new.user_id and c.status = 'accepted')
    and not exists (select from public.clusters c where c.id = new.cluster_id and c.status <> 'dismissed')
    and not exists (select from public.users u
      where u.id = new.user_id and u.preferences -> 'clusterSuggestions' = 'false') then
    perform private.enqueue_job('clusters.offer', jsonb_build_object('noteId', new.id), new.user_id,
      'clusters.offer:' || new.id);
  end if;
  return null;
end $$;
create trigger offer_new_note after insert on public.notes
  for each row when (new.embedding is not null and not new.embedding_is_stale and new.deleted_at is null)
  execute function private.offer_fresh_note();
create trigger offer_fresh_note after update of embedding, embedding_hash on public.notes
  for each row when (new.embedding is not null and not new.embedding_is_stale and new.deleted_at is null)
  execute function private.offer_fresh_note();

revoke execute on function
  private.notes_of_cluster(uuid), private.follow_cluster_answer(), private.keep_edited_suggestion(),
  private.settle_note_suggestions(), private.own_cluster(uuid), private.open_suggestions(uuid), private.clustering_model(uuid),
  private.clusterable_notes(uuid), private.replace_suggestions(uuid, uuid, jsonb, integer),
  private.propose_note(uuid, double precision, double precision, bigint), private.offer_fresh_note(),
  public.suggest_clusters(), public.accept_cluster(uuid, text, uuid[]), public.dismiss_cluster(uuid),
  public.accept_note_suggestion(uuid, uuid), public.refuse_note_suggestion(uuid, uuid)
  from public, anon, authenticated, service_role;
grant execute on function
  public.suggest_clusters(), public.accept_cluster(uuid, text, uuid[]), public.dismiss_cluster(uuid),
  public.accept_note_suggestion(uuid, uuid), public.refuse_note_suggestion(uuid, uuid)
  to authenticated;

select realtime.publish('public.note_suggestions');
