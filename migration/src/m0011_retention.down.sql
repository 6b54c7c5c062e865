drop function public.purge_expired_tokens();
drop function public.purge_orphaned_clusters();
drop function public.purge_old_insights();
drop function public.purge_deleted_notes();
