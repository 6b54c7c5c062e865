drop function public.get_index_stats(), public.get_database_waits(), public.get_slow_statements(text, integer);
drop function private.statement_without_values(text);
