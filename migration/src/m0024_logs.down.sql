drop function public.purge_old_activity_logs();
drop table public.agent_activity_logs, public.user_activity_logs, public.error_logs;
drop function private.record_error_resolution();
drop type public.error_severity;
drop type public.error_type;
