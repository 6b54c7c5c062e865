drop function public.get_current_user_usage_summary(date, date);
drop table public.github_repositories, public.rate_limit_tracking, public.usage_logs;
drop type public.rate_limit_type;
