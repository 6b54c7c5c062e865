select realtime.unpublish('public.note_suggestions');
-- So that it gets the same number when it is published again.
select setval(pg_get_serial_sequence('realtime.published_tables', 'id'), max(id)) from realtime.published_tables;

drop trigger offer_new_note on public.notes;
drop trigger offer_fresh_note on public.notes;
drop trigger settle_note_suggestions on public.notes;
drop trigger follow_cluster_answer on public.clusters;
drop trigger keep_edited_suggestion on public.clusters;
drop function
  public.suggest_clusters(), public.accept_cluster(uuid, text, uuid[]), public.dismiss_cluster(uuid),
  public.accept_note_suggestion(uuid, uuid), public.refuse_note_suggestion(uuid, uuid),
  private.offer_fresh_note(), private.propose_note(uuid, double precision, double precision, bigint),
  private.replace_suggestions(uuid, uuid, jsonb, integer), private.clusterable_notes(uuid),
  private.clustering_model(uuid), private.open_suggestions(uuid), private.own_cluster(uuid), private.settle_note_suggestions(),
  private.keep_edited_suggestion(), private.follow_cluster_answer(), private.notes_of_cluster(uuid);
drop table public.note_suggestions, mindloom.dismissed_groupings;
drop index public.idx_clusters_suggestion_job;
alter table public.clusters drop column suggestion_job_id;
