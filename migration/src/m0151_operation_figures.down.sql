drop function public.purge_old_performance_metrics(integer), private.record_operations(jsonb),
  private.bucket_quantile(jsonb, double precision), private.add_buckets(jsonb, jsonb);
drop index public.idx_performance_metrics_minute;
alter table public.performance_metrics
  drop column sample_count, drop column error_count, drop column fault_count, drop column p50_ms, drop column p95_ms,
  drop column max_ms, drop column size_bytes;
