-- What the server does by itself, and when it did it last. The row is how several servers on one
-- database agree on who does it: whoever moves `began_at` on does the work.
create table mindloom.upkeep (
  name text primary key,
  began_at timestamptz not null default '-infinity',
  ended_at timestamptz,
  outcome jsonb,
  error text
);
alter table mindloom.upkeep enable row level security;
revoke all on mindloom.upkeep from public, anon, authenticated, service_role;
insert into mindloom.upkeep (name) values ('daily');
