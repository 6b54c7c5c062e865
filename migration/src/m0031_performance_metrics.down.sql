drop table public.performance_metrics;
drop type public.performance_metric_type;
