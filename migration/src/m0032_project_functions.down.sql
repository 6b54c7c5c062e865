drop function public.duplicate_project(uuid, uuid, text);
drop function public.restore_project(uuid, uuid);
drop function public.soft_delete_project(uuid, uuid);
drop function public.check_project_quota(uuid, integer);
drop function public.get_monthly_api_costs(uuid, date);
drop function public.get_user_project_stats(uuid);
drop function private.require_self(uuid);
