-- The roles stay: they belong to the whole cluster, and other databases may rest on them.
drop function private.set_updated_at();
drop function public.is_current_user_admin();
drop function public.get_user_role();

do $$
declare
  created text;
begin
  for created in
    delete from mindloom.created_objects where kind = 'function' and name like 'auth.%' returning name
  loop
    execute format('drop function %s', created);
  end loop;

  delete from mindloom.created_objects where kind = 'extension' and name = 'vector';
  if found then
    drop extension vector;
  end if;
end $$;

drop function if exists mindloom.uuidv7();
select mindloom.drop_schema('private');
select mindloom.drop_schema('extensions');
select mindloom.drop_schema('auth');
drop function mindloom.drop_schema(text);
drop function mindloom.create_schema(text);
drop table mindloom.created_objects;
