alter policy "Users can view own audio files" on storage.objects
  using (bucket_id = 'audio-recordings' and split_part(name, '/', 1) = (select auth.uid())::text);
drop table public.prompt_generations, public.audio_recordings, public.project_components,
  public.collaborators, public.projects;
drop function private.my_project_ids(public.collaborator_role);
drop function private.shared_project_ids(public.collaborator_role);
drop type public.transcription_status;
drop type public.component_type;
drop type public.collaborator_role;
drop type public.project_status;
