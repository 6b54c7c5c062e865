-- Measurements that the server takes of itself and that clients report through it.

create type public.performance_metric_type as enum ('query', 'request', 'page_load', 'job', 'storage');

create table public.performance_metrics (
  id uuid primary key default uuidv7(),
  user_id uuid references auth.users (id) on delete set null,
  metric_type public.performance_metric_type not null,
  metric_name text not null,
  metric_value numeric not null,
  unit text not null default 'ms',
  metadata jsonb not null default '{}',
  recorded_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint performance_metrics_metric_name_length check (char_length(metric_name) between 1 and 100),
  constraint performance_metrics_unit_length check (char_length(unit) between 1 and 20),
  constraint performance_metrics_metadata_object check (jsonb_typeof(metadata) = 'object')
);
create index idx_performance_metrics_user_id on public.performance_metrics (user_id, recorded_at desc);
create index idx_performance_metrics_name on public.performance_metrics (metric_type, metric_name, recorded_at desc);
create index idx_performance_metrics_recorded_at on public.performance_metrics (recorded_at);

create trigger set_updated_at before update on public.performance_metrics
  for each row execute function private.set_updated_at();

alter table public.performance_metrics enable row level security;
create policy "Users can view own metrics, admins can view all metrics" on public.performance_metrics
  for select to authenticated
  using ((user_id >= (select private.readable_from()) and user_id <= (select private.readable_to()))
    or (user_id is null and (select public.get_user_role()) = 'admin'));

revoke all on public.performance_metrics from public, anon, authenticated, service_role;
grant select on public.performance_metrics to authenticated;
grant select, insert, update, delete on public.performance_metrics to service_role;
