-- How often each operation was asked for, how long it took and how often it failed: one row for an operation and a
-- minute, to which every server adds what it saw.
--
-- Durations are counted in buckets, whose bounds each are a quarter more than the one before (metadata.buckets: the
-- upper bound in milliseconds, and how many). Counts of several servers, or of several minutes, are added; the middle
-- and the 95 hundredths are read from the sum, and are right to within a bucket.

alter table public.performance_metrics
  add column sample_count bigint,
  add column error_count bigint,
  add column fault_count bigint,
  add column p50_ms double precision,
  add column p95_ms double precision,
  add column max_ms double precision,
  add column size_bytes bigint,
  add constraint performance_metrics_counts_not_negative
    check (sample_count >= 0 and error_count >= 0 and fault_count >= 0 and size_bytes >= 0),
  add constraint performance_metrics_durations_not_negative
    check (p50_ms >= 0 and p95_ms >= 0 and max_ms >= 0);
comment on constraint performance_metrics_counts_not_negative on public.performance_metrics is
  'sample_count, error_count, fault_count and size_bytes must not be negative';
comment on constraint performance_metrics_durations_not_negative on public.performance_metrics is
  'p50_ms, p95_ms and max_ms must not be negative';
create unique index idx_performance_metrics_minute
  on public.performance_metrics (metric_type, metric_name, recorded_at) where sample_count is not null;

create function private.add_buckets(one jsonb, other jsonb) returns jsonb
language sql immutable set search_path = '' return (
  select coalesce(jsonb_object_agg(s.bound, s.count), '{}')
  from (
    select b.key as bound, sum(b.value::bigint) as count
    from (select * from jsonb_each_text(coalesce(one, '{}')) union all
      select * from jsonb_each_text(coalesce(other, '{}'))) b
    group by b.key) s);

-- The bound of the bucket in which the given part of all durations is reached.
create function private.bucket_quantile(buckets jsonb, part double precision) returns double precision
language sql immutable set search_path = '' return (
  select min(s.bound)
  from (
    select b.key::double precision as bound,
      sum(b.value::bigint) over (order by b.key::double precision) as reached,
      sum(b.value::bigint) over () as total
    from jsonb_each_text(coalesce(buckets, '{}')) b) s
  where s.reached >= s.total * part);

-- Adds what a server counted, an array of objects: one for each operation and minute.
create function private.record_operations(p_operations jsonb) returns void
  language sql security definer set search_path = '' as $$
  insert into public.performance_metrics as m
    (metric_type, metric_name, metric_value, unit, metadata, recorded_at, sample_count, error_count, fault_count,
     p50_ms, p95_ms, max_ms, size_bytes)
  select 'request', left(o.name, 100), round((o.total_ms / o.count)::numeric, 3), 'ms',
    jsonb_build_object('buckets', o.buckets), o.minute, o.count, o.errors, o.faults,
    least(private.bucket_quantile(o.buckets, 0.5), o.max_ms), least(private.bucket_quantile(o.buckets, 0.95), o.max_ms),
    o.max_ms, o.bytes
  from jsonb_to_recordset(p_operations) o
    (name text, minute timestamptz, count bigint, errors bigint, faults bigint, total_ms double precision,
     max_ms double precision, bytes bigint, buckets jsonb)
  where o.count > 0
  order by o.name, o.minute
  on conflict (metric_type, metric_name, recorded_at) where sample_count is not null do update
  set metric_value = round(
      (m.metric_value * m.sample_count + excluded.metric_value * excluded.sample_count)
        / (m.sample_count + excluded.sample_count), 3),
    metadata = jsonb_build_object('buckets',
      private.add_buckets(m.metadata -> 'buckets', excluded.metadata -> 'buckets')),
    sample_count = m.sample_count + excluded.sample_count,
    error_count = m.error_count + excluded.error_count,
    fault_count = m.fault_count + excluded.fault_count,
    p50_ms = least(private.bucket_quantile(
        private.add_buckets(m.metadata -> 'buckets', excluded.metadata -> 'buckets'), 0.5),
      greatest(m.max_ms, excluded.max_ms)),
    p95_ms = least(private.bucket_quantile(
        private.add_buckets(m.metadata -> 'buckets', excluded.metadata -> 'buckets'), 0.95),
      greatest(m.max_ms, excluded.max_ms)),
    max_ms = greatest(m.max_ms, excluded.max_ms),
    size_bytes = m.size_bytes + excluded.size_bytes
$$;

-- Measurements are kept for 30 days, unless logging_settings say otherwise (log_retention_days.performance_metrics).
create function public.purge_old_performance_metrics(p_limit integer default null) returns bigint
language plpgsql security definer set search_path = '' as $$
declare
  days constant integer := coalesce(
    (public.get_logging_config() -> 'log_retention_days' ->> 'performance_metrics')::integer, 30);
  deleted bigint;
begin
  delete from public.performance_metrics where id = any (array(
    select m.id from public.performance_metrics m where m.recorded_at < now() - make_interval(days => days)
    order by m.recorded_at limit p_limit for update skip locked));
  get diagnostics deleted = row_count;
  return deleted;
end $$;
comment on function public.purge_old_performance_metrics(integer) is
  'Removes measurements that are older than logging_settings keep them (30 days unless set), so many at most; returns how many.';

revoke execute on function
  private.add_buckets(jsonb, jsonb), private.bucket_quantile(jsonb, double precision),
  private.record_operations(jsonb), public.purge_old_performance_metrics(integer)
  from public, anon, authenticated, service_role;
grant execute on function public.purge_old_performance_metrics(integer) to service_role;
