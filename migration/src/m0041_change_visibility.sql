-- Who may see a change: the policies of its table, asked about the row as the change has it.
--
-- The server decides by itself where a policy is plain ownership or the like (src/realtime/policy.rs).
-- For other tables it calls, as the subscriber, a function that applies the policies' own
-- expressions to records out of the log. That holds for deleted rows and for rows that have changed
-- again since, which a look into the table could not answer.

-- The condition under which the current role may see a row of a table, as SQL text.
create function realtime.select_condition(target regclass) returns text
language sql stable set search_path = '' as $$
  with policies as (
    select p.polpermissive as permissive,
      coalesce(pg_get_expr(p.polqual, p.polrelid), 'true') as condition,
      case when p.polroles = '{0}' then 'true'
        else (
          select string_agg(format('pg_has_role(current_user, %L, ''usage'')', r.rolname), ' or ')
          from pg_roles r where r.oid = any (p.polroles))
      end as applies
    from pg_policy p
    where p.polrelid = target and p.polcmd in ('*', 'r')
  )
  select case
    when not (select relrowsecurity from pg_class where oid = target) then 'true'
    else format('(%s)%s',
      coalesce(
        (select string_agg(format('((%s) and (%s))', applies, condition), ' or ') from policies where permissive),
        'false'),
      (select string_agg(format(' and (not (%s) or (%s))', applies, condition), '')
       from policies where not permissive))
  end
$$;
revoke execute on function realtime.select_condition(regclass) from public;

-- Makes or renews realtime.visible_<id>(records), which returns the positions (from 1) of those
-- records that the current role may see. Its body is parsed here and now, so that it may name
-- functions in schemas that the API roles cannot enter, as policies do; what it reads and calls is
-- checked against the caller. The function rests on the table's row type: unpublish before dropping.
create function realtime.define_visibility(target_id smallint) returns void
language plpgsql set search_path = '' as $$
declare
  published realtime.published_tables;
  target regclass;
  condition text;
begin
  perform pg_advisory_xact_lock(hashtextextended('realtime.refresh', 0));
  select * into strict published from realtime.published_tables where id = target_id;
  target := format('%I.%I', published.table_schema, published.table_name)::regclass;
  condition := realtime.select_condition(target);
  if condition is not distinct from published.visible_condition then
    return;
  end if;
  update realtime.published_tables set visible_condition = condition where id = target_id;
  -- The policies name the table's columns without the table, or with it inside subqueries. So the
  -- record goes by the table's name, and nothing else here has a name that a column could have.
  execute format($function$
    create or replace function realtime.%1$I(jsonb) returns setof bigint
    language sql stable
    begin atomic
      select "0_position"
      from jsonb_array_elements($1) with ordinality "0_records"("0_record", "0_position"),
        jsonb_populate_record(null::%2$s, "0_record") %3$I
      where %4$s;
    end
  $function$, 'visible_' || target_id, target, published.table_name, condition);
  execute format('revoke execute on function realtime.%I(jsonb) from public', 'visible_' || target_id);
  execute format('grant execute on function realtime.%I(jsonb) to anon, authenticated, service_role',
    'visible_' || target_id);
end $$;
revoke execute on function realtime.define_visibility(smallint) from public;

-- Brings every published table's triggers up to date with its columns and grants. The server calls
-- it when it starts and after the schema changed.
create function realtime.refresh() returns void
language plpgsql set search_path = '' as $$
declare
  published realtime.published_tables;
  target regclass;
begin
  perform pg_advisory_xact_lock(hashtextextended('realtime.refresh', 0));
  for published in select * from realtime.published_tables order by id loop
    target := to_regclass(format('%I.%I', published.table_schema, published.table_name));
    if target is null then
      execute format('drop function if exists realtime.%I()', 'log_' || published.id);
      delete from realtime.published_tables where id = published.id;
    else
      perform realtime.publish(target, published.only_columns);
    end if;
  end loop;
end $$;
revoke execute on function realtime.refresh() from public;

-- An entry of the log for every change of policies, grants and columns, so that readers learn of it
-- in its place among the changes. Event triggers need a superuser; where that is missing, the
-- server compares the catalog every few seconds instead.
create function realtime.log_schema_change() returns event_trigger
language plpgsql security definer set search_path = '' as $$
begin
  insert into realtime.changes (seq, xid, at, table_id, operation)
  values (nextval('realtime.changes_seq'), pg_current_xact_id(), clock_timestamp(), 0, 'S');
  notify mindloom_changes;
end $$;
revoke execute on function realtime.log_schema_change() from public;

do $$
begin
  create event trigger mindloom_schema_change on ddl_command_end
    when tag in ('ALTER TABLE', 'CREATE POLICY', 'ALTER POLICY', 'DROP POLICY', 'GRANT', 'REVOKE', 'DROP TABLE')
    execute function realtime.log_schema_change();
exception
  when insufficient_privilege then
    raise notice 'without a superuser, changes of policies reach subscribers some seconds late';
end $$;
