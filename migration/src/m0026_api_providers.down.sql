drop table public.api_usage_logs, public.api_configurations, public.api_providers;
drop function private.count_api_usage();
