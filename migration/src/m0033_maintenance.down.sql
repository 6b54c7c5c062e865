drop function public.health_check();
drop function public.get_database_stats();
drop function public.daily_maintenance();
drop function public.analyze_all_tables();
