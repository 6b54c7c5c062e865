drop table public.suggestions, public.artifacts;
drop function private.index_artifacts();
drop function private.assign_artifact_version();
drop type public.artifact_kind;
delete from public.search_index where entity_type = 'artifact';
