-- A dismissed cluster proposes nothing: what it proposed is remembered beside its grouping, and comes back with it.

alter table mindloom.dismissed_groupings add column suggestions jsonb not null default '[]';

create function private.suggestions_of_cluster(p_cluster uuid) returns jsonb
language sql stable set search_path = ''
return (
  select coalesce(jsonb_agg(jsonb_build_object('note_id', s.note_id, 'similarity', s.similarity,
    'refused_at', s.refused_at, 'created_at', s.created_at)), '[]')
  from public.note_suggestions s where s.cluster_id = p_cluster
);

create or replace function private.follow_cluster_answer() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  remembered_max constant integer := 500;
begin
  if new.status = 'dismissed' then
    insert into mindloom.dismissed_groupings as d (cluster_id, user_id, note_ids, suggestions)
    values (new.id, new.user_id, private.notes_of_cluster(new.id), private.suggestions_of_cluster(new.id))
    on conflict (cluster_id) do update
    set note_ids = excluded.note_ids, suggestions = excluded.suggestions, dismissed_at = now();
    delete from public.note_suggestions s where s.cluster_id = new.id;
    delete from mindloom.dismissed_groupings d where d.user_id = new.user_id and d.cluster_id in (
      select old_one.cluster_id from mindloom.dismissed_groupings old_one where old_one.user_id = new.user_id
      order by old_one.dismissed_at desc, old_one.cluster_id offset remembered_max);
    return null;
  end if;
  -- Its owner thought again: what was proposed is so once more, unless it went elsewhere meanwhile.
  with back as (
    delete from mindloom.dismissed_groupings d where d.cluster_id = new.id returning d.suggestions
  )
  insert into public.note_suggestions (cluster_id, note_id, user_id, similarity, refused_at, created_at)
  select new.id, n.id, new.user_id, s.similarity, s.refused_at, s.created_at
  from back
  cross join jsonb_to_recordset(back.suggestions)
    s (note_id uuid, similarity numeric, refused_at timestamptz, created_at timestamptz)
  join public.notes n on n.id = s.note_id and n.user_id = new.user_id
  where s.refused_at is not null
    or not exists (select from public.clusters held where held.id = n.cluster_id and held.status <> 'dismissed')
  on conflict (cluster_id, note_id) do nothing;
  if new.status = 'accepted' then
    update public.notes n set cluster_id = new.id
    from public.note_suggestions s
    where s.cluster_id = new.id and s.refused_at is null and n.id = s.note_id and n.user_id = new.user_id
      and n.deleted_at is null
      and not exists (select from public.clusters held where held.id = n.cluster_id and held.status <> 'dismissed');
  end if;
  return null;
end $$;

create or replace function public.accept_cluster(p_id uuid, p_title text default null, p_note_ids uuid[] default null) returns uuid
language plpgsql volatile security definer set search_path = '' as $$
declare
  cluster public.clusters := private.own_cluster(p_id);
begin
  if p_note_ids is not null then
    -- What a dismissed one proposed is there again, to be refused or taken.
    update public.clusters c set status = 'suggested' where c.id = cluster.id and c.status = 'dismissed';
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

insert into mindloom.dismissed_groupings as d (cluster_id, user_id, note_ids, suggestions)
select c.id, c.user_id, private.notes_of_cluster(c.id), private.suggestions_of_cluster(c.id)
from public.clusters c
where c.status = 'dismissed' and exists (select from public.note_suggestions s where s.cluster_id = c.id)
on conflict (cluster_id) do update set suggestions = excluded.suggestions;
delete from public.note_suggestions s using public.clusters c where c.id = s.cluster_id and c.status = 'dismissed';

revoke execute on function private.suggestions_of_cluster(uuid) from public, anon, authenticated, service_role;
