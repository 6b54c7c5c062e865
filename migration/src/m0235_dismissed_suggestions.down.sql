insert into public.note_suggestions (cluster_id, note_id, user_id, similarity, refused_at, created_at)
select d.cluster_id, n.id, d.user_id, s.similarity, s.refused_at, s.created_at
from mindloom.dismissed_groupings d
join public.clusters c on c.id = d.cluster_id
cross join jsonb_to_recordset(d.suggestions)
  s (note_id uuid, similarity numeric, refused_at timestamptz, created_at timestamptz)
join public.notes n on n.id = s.note_id and n.user_id = d.user_id
on conflict (cluster_id, note_id) do nothing;
create or replace function private.follow_cluster_answer() returns trigger
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
create or replace function public.accept_cluster(p_id uuid, p_title text default null, p_note_ids uuid[] default null) returns uuid
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
drop function private.suggestions_of_cluster(uuid);
alter table mindloom.dismissed_groupings drop column suggestions;
