select realtime.unpublish('public.project_invitations');
-- So that it gets the same number when it is published again.
select setval(pg_get_serial_sequence('realtime.published_tables', 'id'), max(id)) from realtime.published_tables;
grant insert (id, project_id, user_id, role) on public.collaborators to authenticated;
create policy "Owners can add collaborators" on public.collaborators
  for insert to authenticated
  with check (project_id = any (array(select private.my_project_ids('owner'))));
drop function public.transfer_project(uuid, uuid), public.get_people(uuid), public.get_my_invitations(),
  public.cancel_invitation(uuid), public.decline_invitation(uuid, text), public.accept_invitation(uuid, text),
  private.open_invitation(uuid, text);
drop table public.project_invitations;
drop function private.proved_email();
drop type public.invitation_state;
